"""The jobs of a run, with what each used and made."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from run_directories.findings import FoundJob
from run_directories.galaxy.data import Data, ids_in
from run_directories.galaxy.statuses import ACTIVE, status_of_job
from run_directories.galaxy.steps import Step
from run_directories.galaxy.store import Store
from run_directories.galaxy.values import decoded, mapping, objects, text, time_of, whole

# What Galaxy adds for itself: the genome's table of lengths (a path on the server), and what describes the inputs.
_NOISE = frozenset({"chromInfo", "dbkey"})
_LONGEST_STREAM, _LONGEST_COMMAND = 256 * 2**10, 100_000
_RAN = frozenset({"ok", "error", "failed", "stopped"})
_MOST_AFTER = 1000
_DEEPEST = 40
_STANDINGS = {
    "failed": "Galaxy could not run it.",
    "paused": "It is paused, until somebody resumes it in Galaxy.",
    "deleted": "It was cancelled.",
    "deleting": "It is being cancelled.",
    "stopped": "A user ended it early and kept what it had made.",
    "skipped": "It was skipped: the step's condition was false.",
}


def jobs_of(store: Store, steps: list[Step], data: Data) -> tuple[FoundJob, ...]:
    """The jobs of all steps, in the order of the steps and of the elements that they worked on."""
    told = [(step, store.jobs[one]) for step in steps for one in step.jobs if one in store.jobs]
    makers = {made: job for _, job in told for made in ids_in(job, "output_dataset_mapping")}
    return tuple(_job(step, job, data, makers) for step, job in told)


def _job(step: Step, told: dict[str, Any], data: Data, makers: dict[str, dict[str, Any]]) -> FoundJob:
    used = tuple(ids_in(told, "input_dataset_mapping"))
    made = tuple(ids_in(told, "output_dataset_mapping"))
    state = text(told, "state")
    started, completed = _times(told, state)
    return FoundJob(
        name=_name(step, data, made, used),
        step=step.key,
        status=status_of_job(state),
        started_at=started,
        completed_at=completed,
        command_line=text(told, "command_line")[:_LONGEST_COMMAND].strip(),
        exit_code=whole(told, "exit_code"),
        stdout=_stream(told, "stdout"),
        stderr=_stream(told, "stderr"),
        external_id=text(told, "encoded_id"),
        parameters=parameters_of(mapping(told, "params")),
        used=tuple(dict.fromkeys(map(data.relative, used))),
        made=tuple(dict.fromkeys(map(data.relative, made))),
        message=_message(told, state),
        after=tuple(_makers_of(used, makers)),
    )


def _makers_of(used: tuple[str, ...], makers: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The jobs that made what a job used: told by themselves, as an export need not hold the files."""
    found = dict.fromkeys(text(makers[one], "encoded_id") for one in used if one in makers)
    return iter(list(found)[:_MOST_AFTER])


def _name(step: Step, data: Data, made: tuple[str, ...], used: tuple[str, ...]) -> str:
    """The step's name, and in parentheses the element that a mapped step's job worked on."""
    if not step.is_mapped:
        return step.name
    place = _place(data, made) or _place(data, used)
    return f"{step.name} ({'/'.join(place)})" if place else step.name


def _place(data: Data, datasets: tuple[str, ...]) -> tuple[str, ...]:
    """The place of all these elements: of one, its own; of several, that of the collection in which all lie."""
    told = {data.places[one] for one in datasets if one in data.places}
    if len(told) == 1:
        return told.pop()
    above = {place[:-1] for place in told}
    return above.pop() if len(above) == 1 else ()


def _times(told: dict[str, Any], state: str) -> tuple[datetime | None, datetime | None]:
    """When it was planned, and when it was changed last, which is when it ended."""
    planned, changed = time_of(told, "create_time"), time_of(told, "update_time")
    if state in ACTIVE:
        return (changed if state == "running" else None), None
    if state in _RAN:
        return planned, changed
    return None, changed if state == "deleted" else None


def _stream(told: dict[str, Any], name: str) -> str:
    """The end of what the tool wrote, and of what Galaxy's own script around it did."""
    parts = (text(told, f"{writer}_{name}") for writer in ("tool", "job"))
    return "\n".join(filter(None, parts))[-_LONGEST_STREAM:]


def _message(told: dict[str, Any], state: str) -> str:
    """Why it stands as it does; empty where there is nothing to be said."""
    if state != "error":
        return _STANDINGS.get(state, "")
    code = whole(told, "exit_code")
    ended = f"It failed with exit code {code}" if code is not None else "It failed"
    why = list(dict.fromkeys(filter(None, map(_reason, objects(told, "job_messages")))))
    reasons = "; ".join(why) or text(told, "info").strip().rstrip(".")
    return f"{ended}: {reasons}." if reasons else f"{ended}."


def _reason(message: dict[str, Any]) -> str:
    """What was wrong, without the exit code, which is told already."""
    told = text(message, "desc") or text(message, "code_desc") or text(message, "type")
    told = told.removesuffix(" ()").rstrip(".")
    is_told = text(message, "type") == "exit_code" and told.startswith("Fatal error: Exit code")
    return "" if is_told and told.split()[-1].lstrip("-").isdecimal() else told


def parameters_of(params: dict[str, Any]) -> dict[str, Any]:
    """A tool's parameters, without what Galaxy adds for itself. A job's datasets are among what it used."""
    told = {key: decoded(value) for key, value in params.items()}
    return {key: _plain(value) for key, value in told.items() if not _is_noise(key) and not _is_data(value)}


def _is_noise(key: str) -> bool:
    return key in _NOISE or key.startswith("__")


def _is_data(value: Any) -> bool:
    """Whether the value names datasets or collections: ``{"values": [{"id": "353a2ba01ccdebc2", "src": "hda"}]}``."""
    told = value.get("values") if isinstance(value, dict) else None
    return isinstance(told, list) and any(isinstance(one, dict) and "src" in one for one in told)


def _plain(value: Any, depth: int = 0) -> Any:
    """Conditionals and repeats without Galaxy's own entries, and without datasets."""
    if depth > _DEEPEST:
        return None
    if isinstance(value, dict):
        return {
            key: _plain(one, depth + 1)
            for key, one in value.items()
            if not key.startswith("__") and not _is_data(one)
        }
    return [_plain(one, depth + 1) for one in value] if isinstance(value, list) else value
