"""A found run in the shape that the register endpoint reads: what is too long is cut, what cannot be is left out.

Each cut is a remark. The endpoint would refuse the whole run for one name that is too long.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from run_directories.findings import FoundJob, FoundRun, FoundStep
from run_directories.grouping import cut, unique
from run_directories.remarks import Remarks

NAME, TOOL, SOURCE, ADDRESS, VERSION, PATH = 255, 500, 60, 2000, 100, 1024
STATUSES = {"PENDING", "RUNNING", "PAUSED", "SUCCESS", "FAILED", "CANCELLED", "SKIPPED", "UNKNOWN"}
BASES = {"REPORTED", "INFERRED", "ASSUMED"}
# What jobs say is kept as excerpts, so that thousands of chatty jobs still make a request that is taken.
MOST_SAID, MOST_SAID_BY_ONE = 32 * 2**20, 64 * 2**10
DEEPEST = 40
LARGEST_BITS = 1000
INT32 = 2**31

CUT = "Too long for the registry and cut"

# What a path that a job names is called in the request; several for a directory.
Naming = Callable[[str], Iterable[dict[str, str]]]


class Wire:
    """Writes the parts of a run; what had to be changed is said in ``remarks``."""

    def __init__(self, remarks: Remarks) -> None:
        self.remarks = remarks

    # --- the run --------------------------------------------------------------------------------------------

    def run(self, run: FoundRun, named_files: Naming) -> dict[str, Any]:
        """The ``workflowrun`` of the body, without its id and version."""
        keys = self._keys(run.steps)
        said: dict[str, Any] = {
            "name": self.text(run.name, "name of the run", NAME) or "Workflow run",
            "description": self.text(run.description, "description"),
            "message": self.text(run.message, "message"),
            "status": self.status(run.status, "the run"),
            "status_basis": run.status_basis if run.status_basis in BASES else "ASSUMED",
            **self.times(run.started_at, run.completed_at, "the run"),
            "run_command": self.text(run.run_command, "run command"),
            "run_environment": plain(run.run_environment) if run.run_environment else None,
            "source": self.text(run.source, "source", SOURCE),
            "source_url": self.text(run.source_url, "source's address", ADDRESS),
            "external_id": self.identity(run.external_id),
            "parameters": self.parameters(run.parameters),
            "steps": [self.step(step, keys) for step in _once(run.steps)],
        }
        room = min(MOST_SAID_BY_ONE, MOST_SAID // (2 * len(run.jobs) or 1))
        said["jobs"] = [self.job(job, keys, named_files, room) for job in run.jobs]
        return {name: value for name, value in said.items() if value not in ("", None, [])}

    def identity(self, external_id: str) -> str:
        """An id is never cut, as two might become one: a long one is told by its checksum."""
        text = cleaned(external_id)
        return text if len(text) <= NAME else "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def parameters(self, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Names with their values, each name once."""
        names = unique((self.text(str(name), "name of a parameter", NAME) for name in parameters), NAME)
        return [
            {"name": name, "value": plain(value)}
            for name, value in zip(names, parameters.values(), strict=True)
        ]

    # --- steps and jobs -------------------------------------------------------------------------------------

    def _keys(self, steps: Iterable[FoundStep]) -> dict[str, str]:
        """What each step's key is on the wire: cut, but still told from all others."""
        given = [step.key or step.name for step in _once(steps)]
        return dict(zip(given, unique(map(cleaned, given), NAME), strict=True))

    def step(self, step: FoundStep, keys: Mapping[str, str]) -> dict[str, Any]:
        key = keys[step.key or step.name]
        said = {
            "key": key,
            "name": self.text(step.name, "name of a step", NAME) or key,
            "position": max(0, min(step.position, INT32 - 1)),
            "parent": self._reference(step.parent, keys, f"the parent of step {key}"),
            "tool_id": self.text(step.tool_id, "tool's id", TOOL),
            "tool_name": self.text(step.tool_name, "tool's name", NAME),
            "tool_version": self.text(step.tool_version, "tool's version", VERSION),
            "container_image": self.text(step.container_image, "container image", TOOL),
            "status": self.status(step.status, f"step {key}"),
            "message": self.text(step.message, "message of a step"),
        }
        return {name: value for name, value in said.items() if value != ""}

    def job(self, job: FoundJob, keys: Mapping[str, str], named_files: Naming, room: int) -> dict[str, Any]:
        name = self.text(job.name, "name of a job", NAME) or "job"
        said: dict[str, Any] = {
            "name": name,
            "step": self._reference(job.step, keys, f"the step of job {name}"),
            "attempt": max(1, min(job.attempt, INT32 - 1)),
            "status": self.status(job.status, f"job {name}"),
            **self.times(job.started_at, job.completed_at, f"job {name}"),
            "command_line": self.text(job.command_line, "command line"),
            "exit_code": self._exit_code(job.exit_code),
            "host": self.text(job.host, "name of a host", NAME),
            "stdout": _end(cleaned(job.stdout), room),
            "stderr": _end(cleaned(job.stderr), room),
            "container_image": self.text(job.container_image, "container image", TOOL),
            "external_id": self.identity(job.external_id),
            "resources": plain(job.resources),
            "parameters": plain(job.parameters),
            "environment": plain(job.environment),
            "files": _files(job, named_files),
            "message": self.text(job.message, "message of a job"),
            "after": [self.identity(one) for one in job.after],
        }
        return {key: value for key, value in said.items() if value not in ("", None, [], {})}

    def _reference(self, key: str, keys: Mapping[str, str], what: str) -> str:
        if key and key not in keys:
            self.remarks.note("Names a step that there is none of, left empty", what)
        return keys.get(key, "")

    def _exit_code(self, code: int | None) -> int | None:
        return code if code is not None and -INT32 <= code < INT32 else None

    # --- single values --------------------------------------------------------------------------------------

    def text(self, value: str, what: str, length: int | None = None) -> str:
        """A text that the registry takes."""
        text = cleaned(value)
        if length is not None and len(text) > length:
            self.remarks.note(CUT, f"{what} {text[:40]}…")
            return cut(text, length)
        return text

    def status(self, status: str, what: str) -> str:
        """A status in the API's words."""
        if status in STATUSES:
            return status
        if status:
            self.remarks.note("Not a status of the registry, told as UNKNOWN", f"{status} of {what}")
        return "UNKNOWN"

    def times(self, start: datetime | None, end: datetime | None, what: str) -> dict[str, str]:
        """Both times in UTC; an end before its start is left out."""
        started, completed = _utc(start), _utc(end)
        if started and completed and completed < started:
            self.remarks.note("Ends before it starts, so its end is left out", what)
            completed = None
        both = {"started_at": started, "completed_at": completed}
        return {name: time.isoformat() for name, time in both.items() if time}


def cleaned(value: str) -> str:
    """A text without what no database keeps: NUL, and bytes that are no UTF-8."""
    text = value.replace("\0", "\N{REPLACEMENT CHARACTER}") if "\0" in value else value
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def plain(value: Any, depth: int = 0) -> Any:
    """Anything in the words of JSON: times and paths as texts, names as texts, no NaN, no bottomless nesting."""
    if depth > DEEPEST:
        return cut(cleaned(repr(value)), NAME)
    if isinstance(value, Mapping):
        return {cleaned(str(name)): plain(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one, depth + 1) for one in value]
    if isinstance(value, set | frozenset):
        return sorted((plain(one, depth + 1) for one in value), key=str)
    return _scalar(value)


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if value.bit_length() <= LARGEST_BITS else hex(value)
    if isinstance(value, float):
        # JSON knows no NaN and no infinity.
        return value if float("-inf") < value < float("inf") else str(value)
    if isinstance(value, bytes):
        return cleaned(value.decode("utf-8", "replace"))
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return cleaned(value if isinstance(value, str) else str(value))


def _utc(time: datetime | None) -> datetime | None:
    """The time in UTC, None where there it would have no date. Without a zone it is of this machine."""
    try:
        return time.astimezone(UTC) if time else None
    except (OverflowError, ValueError):
        return None


def _end(text: str, room: int) -> str:
    """The end of what was said, where the error stands."""
    return text if len(text) <= room else "…" + text[len(text) - room + 1 :]


def _once(steps: Iterable[FoundStep]) -> list[FoundStep]:
    """Each key once, and none without a key or name."""
    return list({step.key or step.name: step for step in steps if step.key or step.name}.values())


def _files(job: FoundJob, named_files: Naming) -> list[dict[str, str]]:
    roles = (("USED", job.used), ("MADE", job.made))
    found = {
        (named["path"], role): {**named, "path": cleaned(named["path"]), "role": role}
        for role, paths in roles
        for path in paths
        for named in named_files(path)
        if 0 < len(named["path"]) <= PATH
    }
    return list(found.values())


def as_posix(path: str) -> str:
    """A path as jobs and files spell it alike: without ``./`` and doubled slashes."""
    is_tidy = not path.startswith("./") and "//" not in path and "/./" not in path and path[-1:] not in "/."
    return path if path and is_tidy else PurePath(path).as_posix()
