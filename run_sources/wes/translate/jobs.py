"""The tasks of a run, as WES 1.1 pages them or as a run log of 1.0 holds them."""

import re
import shlex
from typing import Any

from run_directories.secrets import command_without_secrets
from run_sources.wes.translate.references import Said, read_said
from run_sources.wes.translate.statuses import status_of_task, system_words
from run_sources.wes.translate.values import (
    EXCERPT,
    MESSAGE,
    NAME,
    Json,
    Remarks,
    clean,
    cut,
    listed,
    text,
    time_of,
    whole_number,
    without_secrets,
)
from workflows.records import JobRecord

# What Toil runs to keep its own books: the classes of toil.cwl that are no tool, and the resolving of results.
_OF_TOIL = re.compile(
    r"CWL(?:Gather|Scatter|Workflow|InstallImportsJob|ImportWrapper|ImportJob|StartJob)|SelfJob|ResolveIndirect|"
    r"(?:Worker)?ImportsJob|.*\._resolve"
)
TOIL = "Toil's own work between the steps."
_WHOLE = "Stands for the workflow as a whole."
_HIGHEST = 2**31 - 1
SHORT = 200  # characters of a log of a task that went well; there may be a hundred thousand of them


def job_of(
    task: Json,
    position: int,
    run_url: str,
    remarks: Remarks,
    *,
    run_ended: bool = False,
    toil: bool = False,
    main: str = "",
) -> JobRecord:
    """One task as a job; ``position`` counts from 1 and names it where the server does not.

    ``main`` is the name of the workflow's own file, by which Toil calls the job that stands for all of it.
    """
    started, ended = (time_of(task.get(key), remarks) for key in ("start_time", "end_time"))
    code = whole_number(task.get("exit_code"), -(2**31), _HIGHEST)
    most = SHORT if code == 0 else EXCERPT
    name = text(task.get("name")) or text(task.get("id")) or f"Task {position}"
    return JobRecord(
        name=name,
        status=status_of_task(code, started is not None, ended is not None or run_ended),
        started_at=started,
        completed_at=ended,
        command_line=command_of(task.get("cmd")),
        exit_code=code,
        stdout=_excerpt(read_said(task.get("stdout"), run_url), most),
        stderr=_excerpt(read_said(task.get("stderr"), run_url), most),
        external_id=job_id(task, position),
        scheduler=_scheduler(task),
        message=_message(task, name, main) if toil else cut(system_words(task.get("system_logs")), MESSAGE),
    )


def job_id(task: Json, position: int) -> str:
    """The server's identifier of a task, else its place in the list."""
    return text(task.get("id"), NAME) or str(position)


def is_of_toil(name: str) -> bool:
    """Whether a job of a Toil server is its own work, and no step."""
    return _OF_TOIL.fullmatch(name) is not None


def command_of(told: Any) -> str:
    """The command as one line: servers tell a list of its words, or the line as the only entry of a list."""
    words = [clean(one) for one in listed(told) if isinstance(one, str)]
    line = words[0] if len(words) == 1 else shlex.join(words)
    return command_without_secrets(told.strip() if isinstance(told, str) else line)


def _message(task: Json, name: str, main: str) -> str:
    said = TOIL if is_of_toil(name) else _WHOLE if name == main else ""
    return cut(" ".join(filter(None, (said, system_words(task.get("system_logs"))))), MESSAGE)


def _excerpt(said: Said, most: int) -> str:
    """The end of a text, which is where errors stand; where it lies elsewhere, that is said."""
    if said.address:
        return f"Lies at {said.address}"[:EXCERPT]
    return said.text if len(said.text) <= most else "…" + said.text[1 - most :]


def _scheduler(task: Json) -> dict[str, Any]:
    """WES 1.1: where the task is at a server of GA4GH TES."""
    at = text(task.get("tes_uri"), 1000)
    return {"kind": "tes", "job_id": without_secrets(at)} if at else {}
