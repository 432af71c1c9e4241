"""An invocation with its workflow, its list of jobs, and the invocations of its subworkflows."""

from typing import Any

import orjson

from galaxy_import.answers import InvocationAnswer, Json
from galaxy_import.client.reading import get_if_allowed, get_object, path_to, rows
from galaxy_import.client.session import Session
from run_sources.errors import AnswerNotUnderstood, NotFound, NotReadable

DEEPEST = 10  # subworkflows in subworkflows
MOST_NESTED = 1_000  # invocations of subworkflows in one run
MOST_STEPS = 100_000
JOBS_PAGE = 200


def read_invocation(session: Session, invocation_id: str) -> InvocationAnswer:
    """The invocation and all below it."""
    return _Reader(session).read(invocation_id, 0)


class _Reader:
    """Reads a tree of invocations, each one once, and each version of a workflow once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.seen: set[str] = set()
        self.workflows: dict[str, tuple[Json | None, bytes | None]] = {}

    def read(self, invocation_id: str, depth: int) -> InvocationAnswer:
        self._guard(invocation_id, depth)
        found = get_object(self.session, path_to("invocations", invocation_id, step_details="true"))
        self._require(found)
        workflow, definition = self._workflow(str(found.get("workflow_id") or ""))
        nested = {each: self.read(each, depth + 1) for each in _nested(found)}
        return InvocationAnswer(found, workflow, definition, self._job_rows(invocation_id), nested)

    def _guard(self, invocation_id: str, depth: int) -> None:
        if invocation_id in self.seen or depth > DEEPEST or len(self.seen) > MOST_NESTED:
            raise AnswerNotUnderstood(
                f"{self.session.base}: the subworkflows of this invocation lead back to themselves, or are more than "
                f"{MOST_NESTED} or deeper than {DEEPEST}. Such an invocation cannot be imported."
            )
        self.seen.add(invocation_id)

    def _require(self, found: Json) -> None:
        steps = found.get("steps")
        if not found.get("id") or not isinstance(steps, list) or not all(isinstance(s, dict) for s in steps):
            raise AnswerNotUnderstood(
                f"{self.session.base} answered with something other than an invocation: either it is no Galaxy server, "
                "or of a version that is not known here."
            )
        if len(steps) > MOST_STEPS:
            raise AnswerNotUnderstood(
                f"{self.session.base}: the invocation has {len(steps)} steps, and at most {MOST_STEPS} can be imported."
            )

    def _workflow(self, workflow_id: str) -> tuple[Json | None, bytes | None]:
        """What the version that ran is called, and its definition. Who may see a run need not see its workflow.

        An invocation names a version: without ``instance`` the server would take the id for a stored workflow's, and
        answer with another one.
        """
        if workflow_id and workflow_id not in self.workflows:
            shown = get_if_allowed(self.session, path_to("workflows", workflow_id, instance="true"))
            self.workflows[workflow_id] = shown, self._definition(workflow_id, shown)
        return self.workflows.get(workflow_id, (None, None))

    def _definition(self, workflow_id: str, shown: Json | None) -> bytes | None:
        """The file of the version that ran, by its number where Galaxy (24.2 does) answers with the newest one."""
        definition = self._download(workflow_id, instance="true")
        stored, ran = (shown or {}).get("id"), (shown or {}).get("version")
        if definition is None or not stored or ran is None or _version_in(definition) in (ran, None):
            return definition
        return self._download(str(stored), version=ran)

    def _download(self, workflow_id: str, **query: Any) -> bytes | None:
        try:
            return self.session.get_bytes(path_to("workflows", workflow_id, "download", **query))
        except (NotReadable, NotFound):
            return None

    def _job_rows(self, invocation_id: str) -> tuple[Json, ...]:
        query: dict[str, Any] = {"invocation_id": invocation_id, "order_by": "create_time"}
        try:
            return tuple(rows(self.session, "jobs", size=JOBS_PAGE, **query))
        except (NotReadable, NotFound):
            return ()


def _version_in(definition: bytes) -> Any:
    """The number of the version in a workflow's file; None where it holds none."""
    try:
        whole = orjson.loads(definition)
    except orjson.JSONDecodeError:
        return None
    return whole.get("version") if isinstance(whole, dict) else None


def _nested(invocation: Json) -> list[str]:
    found = [step.get("subworkflow_invocation_id") for step in invocation["steps"]]
    return [str(each) for each in dict.fromkeys(found) if each]
