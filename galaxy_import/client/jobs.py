"""The details of many jobs: no bulk call exists, so a few are asked for at a time, in order."""

from collections.abc import Iterable, Iterator

from galaxy_import.answers import Json
from galaxy_import.client.reading import as_object, as_objects, path_to
from galaxy_import.client.session import Answer, Session
from run_sources.errors import AnswerNotUnderstood, NotFound, NotReadable, SourceUnavailable
from run_sources.http.parallel import Asked, ask_once, in_order, settle

MOST_BROKEN = 3  # jobs that the server fails over, before it is the server that is broken


def read_jobs(session: Session, references: Iterable[str]) -> Iterator[tuple[Json, list[Json]]]:
    """The detail and the metrics of each job, in order; ``{}`` and ``[]`` of one that cannot be read.

    The metrics of a whole invocation are no substitute: without an administrator's key Galaxy attributes them to the
    wrong jobs, and with one they come with each job anyway.
    """
    broken = 0
    for reference, asked in in_order(lambda each: _ask(session, each), references, session):
        try:
            yield _told(session, reference, *asked)
        except (NotReadable, NotFound, AnswerNotUnderstood):
            yield {}, []
        except SourceUnavailable as problem:
            broken += 1
            if problem.status != 500 or broken > MOST_BROKEN:
                raise
            yield {}, []


def _ask(session: Session, reference: str) -> tuple[Asked, Asked | None]:
    detail = ask_once(session, _detail(reference))
    if isinstance(detail, Answer) and (detail.status >= 400 or _has_metrics(detail)):
        return detail, None
    return detail, ask_once(session, _metrics(reference))


def _has_metrics(detail: Answer) -> bool:
    """An administrator is told them with the job; for others the field is null, and there is another call."""
    return isinstance(detail.body, dict) and isinstance(detail.body.get("job_metrics"), list)


def _told(session: Session, reference: str, detail: Asked, metrics: Asked | None) -> tuple[Json, list[Json]]:
    path = _detail(reference)
    job = as_object(settle(session, detail, path).body, session, path)
    if metrics is None:
        return job, as_objects(job.get("job_metrics") or [], session, path)
    return job, _told_metrics(session, metrics, _metrics(reference))


def _told_metrics(session: Session, metrics: Asked, path: str) -> list[Json]:
    try:
        return as_objects(settle(session, metrics, path).body, session, path)
    except (NotReadable, NotFound, AnswerNotUnderstood):
        return []


def _detail(reference: str) -> str:
    return path_to("jobs", reference, full="true")


def _metrics(reference: str) -> str:
    return path_to("jobs", reference, "metrics")
