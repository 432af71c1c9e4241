"""The execution report, an HTML page: the only file of ``pipeline_info`` that says how a run ended, and its ids."""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from run_directories.reading import MEGABYTE, text_of

_TAGS = re.compile(r"<[^>]+>")
_REVISION = re.compile(r"^(\S+?),? revision (\S+)\s+\(commit hash (\w+)\)")


@dataclass(frozen=True, slots=True)
class Report:
    """What the page says; what it does not say is empty. Times are local."""

    run_name: str = ""
    session: str = ""
    status: str = ""
    message: str = ""
    command: str = ""
    version: str = ""
    workflow: str = ""
    workflow_version: str = ""
    repository: str = ""
    revision: str = ""
    commit: str = ""
    profile: str = ""
    started_at: datetime | None = None
    completed_at: datetime | None = None


def read_report(path: Path, directory: Path) -> Report:
    """Reads the summary at the page's head; the data of the tasks stand in the trace."""
    page = text_of(path, directory, 8 * MEGABYTE).partition("window.data")[0]
    repository = _REVISION.match(_said(page, "Workflow repository"))
    version = re.search(r"version (\S+?),? ", _said(page, "Nextflow version") + " ")
    return Report(
        run_name=_plain(re.search(r"<title>\[?([\w-]+)\]? Nextflow", page))
        or _plain(re.search(r"<code>\[(\w+)\]", page)),
        session=_said(page, "Workflow session"),
        status=_status(page),
        message=_plain(re.search(r'<pre class="nfcommand"[^>]*id="error[^>]*>(.*?)</pre>', page, re.DOTALL)),
        command=_said(page, "Nextflow command"),
        version=version[1] if version else "",
        workflow=_said(page, "Workflow name"),
        workflow_version=_said(page, "Workflow version"),
        repository=repository[1] if repository else "",
        revision=repository[2] if repository else "",
        commit=repository[3] if repository else "",
        profile=_said(page, "Workflow profile"),
        started_at=_time(page, "workflow_start"),
        completed_at=_time(page, "workflow_complete"),
    )


def _status(page: str) -> str:
    if "execution completed unsuccessfully" in page:
        return "FAILED"
    return "SUCCESS" if "execution completed successfully" in page else ""


def _said(page: str, term: str) -> str:
    return _plain(re.search(rf"<dt[^>]*>\s*{term}\s*</dt>\s*<dd[^>]*>(.*?)</dd>", page, re.DOTALL))


def _plain(found: re.Match[str] | None) -> str:
    return html.unescape(_TAGS.sub("", found[1])).strip() if found else ""


def _time(page: str, name: str) -> datetime | None:
    told = _plain(re.search(rf'id="{name}"[^>]*>([^<]+)<', page))
    try:
        return datetime.strptime(told, "%d-%b-%Y %H:%M:%S")
    except ValueError:
        return None
