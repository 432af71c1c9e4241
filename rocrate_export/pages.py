"""The two pages that people read first when they open a crate: README.md and a preview in HTML."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from html import escape

from rocrate_export.choice import EVERYTHING, Choice
from rocrate_export.confidential import without_secrets
from rocrate_export.logs import NO_LOGS, RunLogs
from rocrate_export.vocabulary import (
    DATA_TYPE_FOLDERS,
    JOB_LOG_FOLDER,
    METADATA,
    PREVIEW,
    README,
    RUN_LOG_FOLDER,
)
from rocrate_export.wording import WHEREABOUTS
from workflows.records import DataType, RunRecord, WorkflowRecord

Fact = tuple[str, str]

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;"
    "border-bottom:1px solid #ddd;overflow-wrap:anywhere}th{white-space:nowrap}code{white-space:pre-wrap}"
)
RUN_STANDARD = "a Workflow Run RO-Crate"
WORKFLOW_STANDARD = "a Workflow RO-Crate"


def pages_of(
    record: RunRecord, choice: Choice = EVERYTHING, logs: RunLogs = NO_LOGS
) -> list[tuple[str, bytes]]:
    """README and preview of a run's crate, by their names in the archive."""
    folders = _folders(record, choice, logs)
    about = (record.name, record.description, _facts(record), folders, RUN_STANDARD)
    return [(README, markdown(*about)), (PREVIEW, page(*about))]


def markdown(
    name: str, description: str, facts: Sequence[Fact], folders: Sequence[Fact], standard: str
) -> bytes:
    """A README: what it is, what is known of it, and what lies in each folder."""
    lines = [f"# {_cell(name)}", ""]
    if description:
        lines += [_plain(description), ""]
    lines += ["| | |", "|---|---|", *(f"| {name} | {_cell(value)} |" for name, value in facts), ""]
    lines += [f"- {_place(folder)}: {text}" for folder, text in folders]
    lines += ["", f"All of this is described for programs in `{METADATA}`, {standard}.", ""]
    return "\n".join(lines).encode()


def page(name: str, description: str, facts: Sequence[Fact], folders: Sequence[Fact], standard: str) -> bytes:
    """A page that shows the same in a browser, without scripts and without anything from elsewhere."""
    rows = "".join(f"<tr><th>{escape(one)}</th><td>{escape(value)}</td></tr>\n" for one, value in facts)
    places = "".join(f"<li>{escape(folder)}: {escape(text)}</li>\n" for folder, text in folders)
    text = (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{escape(name)}</title><style>{_STYLE}</style></head>\n<body>\n"
        f"<h1>{escape(name)}</h1>\n<p>{escape(description)}</p>\n<table>\n{rows}</table>\n"
        f'<h2>In this archive</h2>\n<ul>\n{places}<li><a href="{METADATA}">{METADATA}</a>: all of this '
        f"for programs, {escape(standard)}</li>\n</ul>\n</body>\n</html>\n"
    )
    return text.encode()


def _facts(record: RunRecord) -> list[Fact]:
    workflow, origin = record.workflow, record.origin
    facts = {
        "Status": record.status.value,
        "Why": without_secrets(record.message),
        **(workflow_facts(workflow) if workflow else {}),
        "Started": _time(record.started_at),
        "Completed": _time(record.completed_at),
        "Command": without_secrets(record.run_command),
        "People": ", ".join(dict.fromkeys(one.name for one in record.people)),
        "Licence of the data": record.license,
        "Registered by": record.agent.name if record.agent else "",
        "Group": record.group,
        "Comes from": without_secrets(
            " ".join(filter(None, (origin.source, origin.external_id, origin.source_url)))
        ),
        "Steps": str(len(record.steps) or ""),
        "Jobs": str(len(record.jobs) or ""),
        "Identifier": str(record.id or ""),
    }
    return known(facts)


def workflow_facts(workflow: WorkflowRecord) -> dict[str, str]:
    """What is said of a workflow, whether it ran or not."""
    return {
        "Workflow": f"{workflow.name} {workflow.version}",
        "Engine": f"{workflow.engine.value.title()} {workflow.engine_version}",
    }


def known(facts: dict[str, str]) -> list[Fact]:
    """The facts that say something."""
    return [(name, value.strip()) for name, value in facts.items() if value.strip()]


def _folders(record: RunRecord, choice: Choice, logs: RunLogs) -> list[Fact]:
    """The folders of the archive with what lies in them; files that are elsewhere are counted apart."""
    found = workflow_folder(record.workflow) if record.workflow else []
    reasons: Counter[str] = Counter()
    total = 0
    for data_type, folder in DATA_TYPE_FOLDERS.items():
        files = record.files_of(DataType(data_type))
        absent = [file for file in files if not choice.packs(file)]
        reasons.update(choice.reason(file) or WHEREABOUTS[file.status] for file in absent)
        total += len(files)
        here = len(files) - len(absent)
        away = f", {len(absent)} named only by their address" if absent else ""
        if files:
            found.append((f"{folder}/", f"{here} file{'' if here == 1 else 's'}{away}"))
    missing = [f"{count} of {total} files: {why}" for why, count in reasons.items()]
    if logs.left_out:
        missing.append(f"{logs.left_out} of {logs.left_out + len(logs.files)} logs: left out by choice")
    return [*found, *_log_folders(record, logs), *(("Not in this archive", text) for text in missing)]


def _log_folders(record: RunRecord, logs: RunLogs) -> list[Fact]:
    found = []
    if any(not log.job for log in logs.files):
        found.append((f"{RUN_LOG_FOLDER}/", "what the run said"))
    if any(log.job for log in logs.files):
        found.append((f"{JOB_LOG_FOLDER}/", "what the jobs said"))
    elif any(job.stdout or job.stderr for job in record.jobs):
        found.append((f"{JOB_LOG_FOLDER}/", "what the jobs said, in excerpts"))
    return found


def workflow_folder(workflow: WorkflowRecord) -> list[Fact]:
    """The folder of the workflow, if the archive has it, and how much of it is missing."""
    here = sum(bool(file.storage_key) for file in workflow.files)
    missing = len(workflow.files) - here
    away = f", but {missing} of its files are missing" if missing else ""
    return [("workflow/", f"the workflow{away}")] if workflow.files else []


def _time(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S %Z}" if time else ""


def _place(folder: str) -> str:
    return f"`{folder}`" if folder.endswith("/") else folder


def _plain(text: str) -> str:
    """A text without Markdown's power to make HTML of it."""
    return text.replace("<", "&lt;")


def _cell(text: str) -> str:
    return _plain(" ".join(text.split())).replace("|", "\\|")
