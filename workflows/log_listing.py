"""All that the jobs of a run wrote in one list: logs that are kept, and excerpts that stand in the jobs themselves.

An excerpt has an id that is made of its job's, so that it can be read at an address like a log's. Where a log of the
same name is kept, the job's excerpt is part of it and is not listed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db.models import (
    BigIntegerField,
    CharField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    UUIDField,
    Value,
)
from django.db.models.functions import Coalesce

from common.api.paging import COUNT_LIMIT, Cut
from workflows.models import RunLog, WorkflowRun, WorkflowRunJob

EXCERPTS = {"stdout": "8", "stderr": "9"}  # the digit of the version, which is 7 in the ids of jobs
_VERSION_AT = 12  # of the 32 digits of an id
COLUMNS = (
    "log_id", "job_id_", "job_name", "job_attempt", "log_name", "log_kind", "log_size", "log_full_size",
    "log_lines", "log_cut", "log_modified",
)  # fmt: skip


class _OtherVersion(Func):
    """An id with another digit for its version."""

    output_field = UUIDField()

    def __init__(self, column: str, digit: str) -> None:
        super().__init__(F(column))
        self._digit = digit

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Of a text of 32 digits."""
        template = f"SUBSTR(%(expressions)s, 1, 12) || '{self._digit}' || SUBSTR(%(expressions)s, 14)"
        sql, params = super().as_sql(compiler, connection, template=template, **more)
        return f"({sql})", (*params, *params)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Of a UUID."""
        template = f"OVERLAY(%(expressions)s::text PLACING '{self._digit}' FROM 15 FOR 1)::uuid"
        return super().as_sql(compiler, connection, template=template, **more)


class _Bytes(Func):
    """How many bytes of UTF-8 a text has."""

    function = "OCTET_LENGTH"
    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """SQLite measures what is no text in bytes."""
        return super().as_sql(compiler, connection, template="LENGTH(CAST(%(expressions)s AS BLOB))", **more)


def excerpt_id(job: UUID, stream: str) -> UUID:
    """The id under which a stream of a job is listed."""
    return _with_version(job, EXCERPTS[stream])


def job_and_stream(key: UUID) -> tuple[UUID, str] | None:
    """The job and the stream that the id of an excerpt speaks of; None for any other id."""
    streams = {digit: stream for stream, digit in EXCERPTS.items()}
    stream = streams.get(key.hex[_VERSION_AT])
    return (_with_version(key, "7"), stream) if stream else None


def _with_version(key: UUID, digit: str) -> UUID:
    return UUID(f"{key.hex[:_VERSION_AT]}{digit}{key.hex[_VERSION_AT + 1 :]}")


@dataclass(frozen=True, slots=True)
class Together:
    """Several querysets of the same columns that are asked as if they were one: a union, which Django cannot filter."""

    parts: tuple[QuerySet, ...]
    order: tuple[str, ...] = ()
    model: ClassVar[Any] = RunLog

    def filter(self, wanted: Q) -> Self:
        """With a condition of a page, in which ``id`` is the id in the list."""
        inner = _in_list(wanted)
        return replace(self, parts=tuple(part.filter(inner) for part in self.parts))

    def of_job(self, job: UUID) -> Self:
        """Those of one job."""
        return replace(self, parts=tuple(part.filter(job_id_=job) for part in self.parts))

    def order_by(self, *names: str) -> Self:
        """In this order."""
        return replace(self, order=tuple(map(_name_in_list, names)))

    def __getitem__(self, wanted: slice) -> list[dict[str, Any]]:
        first, *others = self.parts
        rows = first.union(*others, all=True)
        return list(rows.order_by(*self.order)[wanted])

    def count(self) -> tuple[int, bool]:
        """How many rows there are, up to COUNT_LIMIT, and whether there are more."""
        found = sum(part.order_by()[: COUNT_LIMIT + 1].count() for part in self.parts)
        return min(found, COUNT_LIMIT), found > COUNT_LIMIT


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries of the list are wanted: conditions on logs and the same on jobs; kinds and streams of excerpts."""

    job: UUID | None = None
    kind: str = ""
    name: str = ""
    search: str = ""
    status: tuple[str, ...] = ()
    of_run: bool | None = None
    sizes: Mapping[str, int] = field(default_factory=dict)


def entries(run: WorkflowRun, asked: Asked) -> Together:
    """The list, as far as it is asked for."""
    logs = _logs(run, asked) if asked.kind in ("", "log") else RunLog.objects.none()
    parts = [_as_rows(logs, _LOG)]
    if asked.kind in ("", "excerpt") and asked.of_run is not True:
        wanted = [stream for stream in EXCERPTS if asked.name in ("", stream)]
        parts += [_as_rows(_excerpts(run, stream, asked), _excerpt_columns(stream)) for stream in wanted]
    return Together(tuple(_sized(part, asked) for part in parts))


def entry(run: WorkflowRun, key: UUID) -> dict[str, Any] | None:
    """One entry by its id in the list."""
    excerpt = job_and_stream(key)
    if excerpt is None:
        return _as_rows(RunLog.objects.filter(workflowrun=run, pk=key), _LOG).first()
    job, stream = excerpt
    rows = _excerpts(run, stream, Asked(job=job))
    return _as_rows(rows, _excerpt_columns(stream)).first()


@dataclass(frozen=True, slots=True)
class EntrySource:
    """Where the pages of the list are cut from."""

    rows: Together

    def window(self, name: str | None, cut: Cut, after: UUID | None) -> list[Any]:
        """Asked of the database each time."""
        rows: Any = self.rows
        found: list[dict[str, Any]] = cut(rows)  # type: ignore[assignment]
        return [as_told(row) for row in found]

    def count(self) -> tuple[int, bool]:
        """Of all parts."""
        return self.rows.count()


def in_portions(rows: Together, after: UUID | None, size: int) -> Iterator[list[dict[str, Any]]]:
    """The entries in the order of their ids, behind one of them, so many at a time."""
    last = after
    while True:
        behind = rows.filter(Q(id__gt=last)) if last else rows
        portion = behind.order_by("id")[0:size]
        if not portion:
            return
        yield [as_told(row) for row in portion]
        last = portion[-1]["log_id"]


def as_told(row: dict[str, Any]) -> dict[str, Any]:
    """An entry as it stands on the wire."""
    job = row["job_id_"]
    return {
        "id": row["log_id"],
        "job": job and {"id": job, "name": row["job_name"], "attempt": row["job_attempt"]},
        "name": row["log_name"],
        "kind": row["log_kind"],
        "size": row["log_size"],
        "full_size": row["log_full_size"],
        "line_count": row["log_lines"],
        "is_cut": bool(row["log_cut"]),
        "modified": row["log_modified"],
    }


def _as_rows(rows: QuerySet, columns: Mapping[str, Any]) -> QuerySet:
    return rows.annotate(**columns).order_by().values(*COLUMNS)


_LOG: dict[str, Any] = {
    "log_id": F("id"),
    "job_id_": F("job_id"),
    "job_name": Coalesce(F("job__name"), Value("")),
    "job_attempt": F("job__attempt"),
    "log_name": F("name"),
    "log_kind": Value("log", output_field=CharField()),
    "log_size": F("size"),
    "log_full_size": F("full_size"),
    "log_lines": F("line_count"),
    "log_cut": F("is_cut"),
    "log_modified": F("modified"),
}


def _excerpt_columns(stream: str) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        name: RunLog._meta.get_field(name) for name in ("line_count", "is_cut", "modified")
    }
    return {
        "log_id": _OtherVersion("id", EXCERPTS[stream]),
        "job_id_": F("id"),
        "job_name": F("name"),
        "job_attempt": F("attempt"),
        "log_name": Value(stream, output_field=CharField()),
        "log_kind": Value("excerpt", output_field=CharField()),
        "log_size": _Bytes(stream),
        "log_full_size": _Bytes(stream),
        "log_lines": Value(None, output_field=nothing["line_count"]),
        "log_cut": Value(None, output_field=nothing["is_cut"]),
        "log_modified": Value(None, output_field=nothing["modified"]),
    }


def _logs(run: WorkflowRun, asked: Asked) -> QuerySet:
    rows = RunLog.objects.filter(workflowrun=run)
    if asked.job is not None:
        rows = rows.filter(job=asked.job)
    if asked.of_run is not None:
        rows = rows.filter(job__isnull=asked.of_run)
    if asked.name:
        rows = rows.filter(name=asked.name)
    if asked.status:
        rows = rows.filter(job__status__in=asked.status)
    is_named_so = Q(name__icontains=asked.search) | Q(job__name__icontains=asked.search)
    return rows.filter(is_named_so) if asked.search else rows


def _excerpts(run: WorkflowRun, stream: str, asked: Asked) -> QuerySet:
    """The jobs that have a text in this stream and no log of that name."""
    kept = RunLog.objects.filter(job=OuterRef("pk"), name=stream)
    rows = WorkflowRunJob.objects.filter(~Exists(kept), workflowrun=run).exclude(**{stream: ""})
    if asked.job is not None:
        rows = rows.filter(pk=asked.job)
    if asked.status:
        rows = rows.filter(status__in=asked.status)
    is_named_so = asked.search.lower() in stream
    return rows if is_named_so else rows.filter(name__icontains=asked.search)


def _sized(rows: QuerySet, asked: Asked) -> QuerySet:
    return rows.filter(**{f"log_size__{side}": size for side, size in asked.sizes.items()})


def _name_in_list(name: str) -> str:
    sign = "-" if name.startswith("-") else ""
    return f"{sign}log_id" if name.lstrip("-") == "id" else name


def _in_list(wanted: Q) -> Q:
    """The condition with the list's own name for the id."""
    children = [_in_list(one) if isinstance(one, Q) else _condition(*one) for one in wanted.children]  # type: ignore[misc]
    return Q(*children, _connector=wanted.connector, _negated=wanted.negated)


def _condition(name: str, value: Any) -> tuple[str, Any]:
    return (f"log_{name}" if name.startswith("id__") else name), value
