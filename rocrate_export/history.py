"""The run's history in the registry: which status it took, when, and by whom that was said."""

from rocrate_export.actions import add_status
from rocrate_export.confidential import without_secrets
from rocrate_export.draft import Draft, moment
from rocrate_export.graph import Reference
from rocrate_export.people import add_person
from rocrate_export.vocabulary import ACTION_STATUS
from workflows.records import PersonRecord, RunStatus


def add_history(draft: Draft, run: Reference) -> None:
    """One action for each change: what was changed is the run, what came of it the status.

    They are plain actions, since the run profiles' own are executions of software.
    """
    for number, change in enumerate(draft.record.history, start=1):
        draft.add_mention(
            f"#history-{number}",
            "Action",
            name=f"The registry heard of the status {change.status.value}",
            description=without_secrets(change.reason) or None,
            endTime=moment(change.at),
            actionStatus=ACTION_STATUS[RunStatus.SUCCESS],
            agent=_add_author(draft, change.by),
            object=run,
            result=add_status(draft, change.status),
        )


def _add_author(draft: Draft, name: str) -> Reference | None:
    agent = draft.record.agent
    if agent and name == agent.name:
        return draft.registrar
    return add_person(draft, PersonRecord(name)) if name else None
