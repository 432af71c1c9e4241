"""The run as a record, from what was told of it, its jobs and its files."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from run_sources.reana.addresses import page_of
from run_sources.reana.reading import (
    MESSAGE,
    NAME,
    WORD,
    Json,
    cut,
    mapping,
    not_before,
    number,
    objects,
    plain,
    text,
    time_of,
    without_empty,
)
from run_sources.reana.translate.statuses import DELETED, status_of_run
from run_sources.reana.translate.steps import planned_steps, step_records
from run_sources.reana.translate.workflow import (
    declared_files,
    given_parameters,
    kind_of,
    parameters_of,
    workflow_record,
)
from run_sources.reana.values import Told
from workflows.records import DatasetLink, JobRecord, PersonRecord, RunOrigin, RunRecord, RunStatus

STOPPED = "Stopped in REANA."
MOST_FAILURES = 5  # jobs whose words stand in the run's message


def run_record(
    told: Told,
    files: dict[str, bytes],
    jobs: tuple[JobRecord, ...],
    datasets: Sequence[DatasetLink],
    last_words: str,
) -> RunRecord:
    """The run, whole. ``last_words`` are the last of its own log."""
    state, progress = told.state, mapping(told.state, "progress")
    word = text(state, "status", WORD)
    status, basis = status_of_run(word, progress)
    start = time_of(progress, "run_started_at")
    end = time_of(progress, "run_finished_at") or time_of(progress, "run_stopped_at")
    return RunRecord(
        name=text(state, "name", NAME) or told.run_id,
        workflow=workflow_record(told, files),
        status=status,
        status_basis=basis,
        source_status=word,
        source_deleted=word == DELETED,
        message=_message(status, jobs, last_words),
        started_at=start,
        completed_at=not_before(end, start),
        run_environment=_environment(told),
        is_imported=True,
        origin=RunOrigin("reana", page_of(told.base, told.run_id), told.run_id),
        rerun_of=told.rerun_of,
        people=_people(told),
        parameters=parameters_of(told),
        steps=step_records(planned_steps(told.specification), jobs, status),
        jobs=jobs,
        datasets=tuple(datasets),
        declared=declared_files(told.specification),
        metadata=_metadata(told),
    )


def _message(status: RunStatus, jobs: Sequence[JobRecord], last_words: str) -> str:
    """Why it did not succeed: in the words of the run's log, then of the jobs that failed."""
    if status == RunStatus.CANCELLED:
        return STOPPED
    if status != RunStatus.FAILED:
        return ""
    failed = [job for job in jobs if job.status == RunStatus.FAILED]
    said = [last_words] + [
        f"Job {job.name}: {job.message or 'it says nothing.'}" for job in failed[:MOST_FAILURES]
    ]
    if len(failed) > MOST_FAILURES:
        said.append(f"{len(failed)} jobs failed.")
    return cut("\n".join(filter(None, said)), MESSAGE)


def _people(told: Told) -> tuple[PersonRecord, ...]:
    """Whose run it is. The list tells an address; of the token's owner the name is known as well."""
    owner, mine = text(told.state, "owner_email", NAME), text(told.account, "email", NAME)
    name = text(told.account, "full_name", NAME) if owner == mine else ""
    return (PersonRecord(name=name or owner, role="agent"),) if owner else ()


def _environment(told: Told) -> Json:
    """Where it ran. The server tells its versions of today, which may be newer than the run."""
    return without_empty(
        {
            "engine": "REANA",
            "server": told.base,
            "server_version_at_import": text(told.account, "reana_server_version", NAME),
            "workflow_type": kind_of(told),
            "cluster_at_import": _cluster(told.cluster),
        }
    )


def _cluster(info: Json) -> Json:
    """What the server says of itself: each thing with a title for people, and a value."""
    told = {name: one.get("value") for name, one in info.items() if isinstance(one, dict)}
    return without_empty(plain(told))


def _metadata(told: Told) -> dict[str, Any]:
    state = told.state
    created = time_of(state, "created")
    said = {
        "name": told.name.name,
        "run_number": told.name.number,
        "created": created.isoformat() if created else "",
        "owner": text(state, "owner_email", NAME),
        "start_parameters": given_parameters(told),
        "progress": _progress(mapping(state, "progress")),
        "workspace_bytes": _room(told),
        "retention_rules": [plain(rule) for rule in objects(told.retention, "retention_rules")],
        "shared_with": list(_shared_with(told)),
        "services": [plain(service) for service in objects(state, "services")],
        "launcher_url": _public_address(text(state, "launcher_url", 2000)),
        "interactive_session": text(state, "session_type", NAME),
    }
    return without_empty(said)


def _progress(progress: Json) -> Json:
    """How many jobs stand how; ``total`` are those that were planned. Which they are is in the jobs themselves."""
    names = ("total", "running", "finished", "failed")
    counts = {name: number(mapping(progress, name), "total") for name in names}
    current = {name: text(progress, name) for name in ("current_step_name", "current_command")}
    return without_empty({**counts, **current})


def _room(told: Told) -> int | None:
    """The room that the workspace takes: as the list tells it, or the sum of the disk usage, the row without a name."""
    of_list = number(mapping(told.state, "size"), "raw")
    if of_list is not None:
        return of_list
    rows = objects(told.usage, "disk_usage_info")
    return next((number(mapping(row, "size"), "raw") for row in rows if row.get("name") in ("", "/")), None)


def _shared_with(told: Told) -> Iterator[Json]:
    rows = [plain(row) for row in objects(told.sharing, "shared_with")]
    known = {row.get("user_email") for row in rows}
    yield from rows
    emails = told.state.get("shared_with")
    for email in emails if isinstance(emails, list) else []:
        if isinstance(email, str) and email not in known:
            yield {"user_email": plain(email)}


def _public_address(address: str) -> str:
    """Where it was launched from, unless there is a name or a password in it."""
    try:
        parts = urlsplit(address)
        is_public = (
            parts.scheme in ("http", "https") and "@" not in parts.netloc and "token" not in parts.query
        )
    except ValueError:
        return ""
    return address if is_public else ""
