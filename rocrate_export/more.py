"""What the standards have no terms for, as named values of the run, its jobs and its workflow version."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from rocrate_export.confidential import open_parameter, open_values, without_secrets
from rocrate_export.draft import Draft, moment
from rocrate_export.graph import Reference
from rocrate_export.wording import JOB_FACTS, RUN_FACTS, VERSION_FACTS
from workflows.records import JobRecord, RunRecord, WorkflowRecord


def more_of_run(draft: Draft, run: RunRecord) -> list[Reference]:
    """Of a run: how its source calls its status, what it repeats, its nodes, declared files, tags and the like."""
    return _facts(draft, run, RUN_FACTS)


def more_of_job(draft: Draft, job: JobRecord) -> list[Reference]:
    """Of a job: what it asked for, where it ran, and how its source calls its status."""
    return _facts(draft, job, JOB_FACTS)


def more_of_version(draft: Draft, workflow: WorkflowRecord) -> list[Reference]:
    """Of a workflow version: its parameter template, what it requires, and where it comes from."""
    return _facts(draft, workflow, VERSION_FACTS)


def keywords_of(run: RunRecord) -> list[str]:
    """The run's tags as words to find the crate by: ``name`` or ``name: value``."""
    return [f"{name}: {value}" if value else name for name, value in open_values(run.tags).items()]


def _facts(draft: Draft, record: Any, names: Mapping[str, str]) -> list[Reference]:
    told = {name: _open(field, plain(getattr(record, field))) for field, name in names.items()}
    return [draft.add_value("detail", name, value) for name, value in told.items() if value]


def _open(field: str, value: Any) -> Any:
    """Without what may be secret; names of parameters, files and machines are no names of secrets."""
    if isinstance(value, str):
        return without_secrets(value)
    return open_values(value) if field in ("tags", "metadata") else open_parameter(value)


def plain(value: Any) -> Any:
    """A record, or a tuple of them, as JSON can hold it; what a record does not say is left out."""
    if isinstance(value, tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return moment(value)
    if hasattr(value, "__dataclass_fields__"):
        told = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return {name: one for name, one in told.items() if one is not False and one not in (None, "", {})}
    return value
