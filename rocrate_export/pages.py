"""The two pages that people read first when they open a crate: README.md and a preview in HTML."""

from datetime import datetime
from html import escape

from rocrate_export.confidential import without_secrets
from rocrate_export.vocabulary import DATA_TYPE_FOLDERS, METADATA
from workflows.records import DataType, RunRecord

Fact = tuple[str, str]

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;"
    "border-bottom:1px solid #ddd;overflow-wrap:anywhere}th{white-space:nowrap}code{white-space:pre-wrap}"
)


def readme_of(record: RunRecord) -> bytes:
    """A short README in Markdown."""
    lines = [f"# {_plain(record.name)}", ""]
    if record.description:
        lines += [_plain(record.description), ""]
    lines += ["| | |", "|---|---|", *(f"| {name} | {_cell(value)} |" for name, value in _facts(record)), ""]
    lines += [f"- `{folder}/`: {text}" for folder, text in _folders(record)]
    lines += ["", f"All of this is described for programs in `{METADATA}`, a Workflow Run RO-Crate.", ""]
    return "\n".join(lines).encode()


def preview_of(record: RunRecord) -> bytes:
    """A page that shows the same in a browser, without scripts and without anything from elsewhere."""
    facts = ((escape(name), escape(value)) for name, value in _facts(record))
    rows = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>\n" for name, value in facts)
    folders = "".join(f"<li>{escape(folder)}/: {escape(text)}</li>\n" for folder, text in _folders(record))
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{escape(record.name)}</title><style>{_STYLE}</style></head>\n<body>\n"
        f"<h1>{escape(record.name)}</h1>\n<p>{escape(record.description)}</p>\n<table>\n{rows}</table>\n"
        f'<h2>In this archive</h2>\n<ul>\n{folders}<li><a href="{METADATA}">{METADATA}</a>: all of this '
        "for programs, a Workflow Run RO-Crate</li>\n</ul>\n</body>\n</html>\n"
    )
    return page.encode()


def _facts(record: RunRecord) -> list[Fact]:
    workflow, origin = record.workflow, record.origin
    facts = {
        "Status": record.status.value,
        "Workflow": f"{workflow.name} {workflow.version}" if workflow else "",
        "Engine": f"{workflow.engine.value.title()} {workflow.engine_version}" if workflow else "",
        "Started": _time(record.started_at),
        "Completed": _time(record.completed_at),
        "Command": without_secrets(record.run_command),
        "Registered by": record.agent.name if record.agent else "",
        "Group": record.group,
        "Comes from": " ".join(filter(None, (origin.source, origin.external_id, origin.source_url))),
        "Steps": str(len(record.steps) or ""),
        "Jobs": str(len(record.jobs) or ""),
        "Identifier": str(record.id or ""),
    }
    return [(name, value.strip()) for name, value in facts.items() if value.strip()]


def _folders(record: RunRecord) -> list[Fact]:
    """The folders of the archive with what lies in them; files that are elsewhere are counted apart."""
    found = []
    for data_type, folder in DATA_TYPE_FOLDERS.items():
        files = record.files_of(DataType(data_type))
        here = sum(bool(file.storage_key) for file in files)
        away = f", {len(files) - here} named only by their address" if len(files) > here else ""
        if files:
            found.append((folder, f"{here} file{'' if here == 1 else 's'}{away}"))
    if record.workflow and any(file.storage_key for file in record.workflow.files):
        found.insert(0, ("workflow", "the workflow as it ran"))
    return found


def _time(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S %Z}" if time else ""


def _plain(text: str) -> str:
    """A text without Markdown's power to make HTML of it."""
    return text.replace("<", "&lt;")


def _cell(text: str) -> str:
    return _plain(" ".join(text.split())).replace("|", "\\|")
