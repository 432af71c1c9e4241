"""How complete a run is, as somebody may see it: read in a number of statements that does not grow."""

from typing import Any

from django.db.models import Q

from common.bulk import portions
from common.models.access import view_q
from data_management.models import DataFile, Dataset
from workflows.completeness.judging import (
    Declared,
    Inputs,
    KnownFile,
    Shelf,
    Verdict,
    declared_files,
    file_parameters,
    judge,
)
from workflows.completeness.looking import look_at
from workflows.models import WorkflowRun
from workflows.models.runs import declared_of
from workflows.records import DataType, RunStatus

MOST_FILES = 200_000
MOST_INPUTS = 1_000  # that are compared
MOST_TOLD = 1_000
MOST_RERUNS = 100
GOING_ON = (RunStatus.PENDING, RunStatus.RUNNING, RunStatus.PAUSED)


def completeness_of(run: WorkflowRun, user: Any, *, inputs: str = "recorded") -> dict[str, Any]:
    """All of it, as it stands on the wire. ``inputs`` is ``none``, ``recorded`` or ``disk``."""
    declared, sees_all = read_declared(run, user)
    compared = Inputs() if inputs == "none" else _compare(run, user, on_disk=inputs == "disk")
    verdict = _verdict(run, declared, compared, sees_all)
    missing = [one for one in declared if one.is_missing]
    return {
        "status": str(verdict.status),
        "reasons": verdict.reasons,
        "declared": len(declared),
        "absent": len(missing),
        "files": [
            _as_json(one) for one in [*missing, *(o for o in declared if not o.is_missing)][:MOST_TOLD]
        ],
        "inputs": {
            "checked": compared.checked,
            "unchecked": compared.unchecked,
            "changed": compared.changed,
        },
        **_reruns(run, user),
    }


def verdict_of(run: WorkflowRun, user: Any) -> tuple[Verdict, list[Declared]]:
    """The verdict on what is declared alone, with what is missing, as a page shows it."""
    declared, sees_all = read_declared(run, user)
    return _verdict(run, declared, Inputs(), sees_all), [one for one in declared if one.is_missing]


def _verdict(run: WorkflowRun, declared: list[Declared], inputs: Inputs, sees_all: bool) -> Verdict:
    return judge(declared, inputs, is_over=run.status not in GOING_ON, sees_all=sees_all)


def read_declared(run: WorkflowRun, user: Any) -> tuple[list[Declared], bool]:
    """How everything stands that the run and its version declare, and whether ``user`` sees all datasets."""
    told = declared_of(run.declared)
    template = run.workflowversion.parameter_template if run.workflowversion else {}
    if not told and not template:
        return [], True
    links = run.dataset_links.filter(dataset__deleted=False)
    sees_all = user.is_superuser or not links.exclude(view_q(user, Dataset, "dataset__")).exists()
    rows = _files(run, user).values_list(*KnownFile._fields)[:MOST_FILES]
    shelf = Shelf(KnownFile(*row) for row in rows.iterator())
    values = dict(run.parameters.values_list("name", "value")) if template else {}
    of_files = declared_files(told, shelf, is_over=run.status not in GOING_ON, sees_all=sees_all)
    return [*of_files, *file_parameters(template, values, shelf)], sees_all


def _files(run: WorkflowRun, user: Any, **wanted: Any) -> Any:
    """The files of the run's datasets that ``user`` may see."""
    links = run.dataset_links.filter(dataset__deleted=False, **wanted)
    if not user.is_superuser:
        links = links.filter(view_q(user, Dataset, "dataset__"))
    return DataFile.objects.filter(dataset__in=links.values("dataset")).order_by("id")


def _compare(run: WorkflowRun, user: Any, *, on_disk: bool) -> Inputs:
    """The run's inputs beside what was registered later at the same place; beside the disk where that is asked for."""
    files = _files(run, user, data_type=DataType.INPUT).select_related("transfer")
    found = Inputs()
    known = list(files[: MOST_INPUTS + 1])
    if len(known) > MOST_INPUTS:
        found.reasons.append(f"Only the first {MOST_INPUTS:,} inputs were compared.")
    comparable = [one for one in known[:MOST_INPUTS] if one.uri and (one.sha256 or one.md5sum)]
    found.checked = len(comparable)
    found.unchecked = files.count() - len(comparable) if known else 0
    later = _registered_later(comparable, user)
    found.changed = [_change(one, later[one.pk]) for one in comparable if one.pk in later]
    if on_disk:
        look_at([one for one in comparable if one.pk not in later], found)
    return found


def _registered_later(files: list[DataFile], user: Any) -> dict[Any, DataFile]:
    """For each of the files another content that was registered later at the same place, the newest one."""
    found: dict[Any, DataFile] = {}
    newest: dict[str, DataFile] = {}
    for some in portions({one.uri for one in files}):
        same = DataFile.objects.visible_to(user).filter(uri__in=some).exclude(Q(sha256="") & Q(md5sum=""))
        for row in same.order_by("id"):
            newest[row.uri] = row
    for one in files:
        other = newest.get(one.uri)
        if other is not None and other.pk > one.pk and differs(one, other):
            found[one.pk] = other
    return found


def differs(one: Any, other: Any) -> bool:
    """Whether two files are known to have another content: by a checksum that both have."""
    for name in ("sha256", "md5sum"):
        if getattr(one, name) and getattr(other, name):
            return bool(getattr(one, name) != getattr(other, name))
    return False


def _change(file: DataFile, later: DataFile) -> dict[str, Any]:
    return {
        "datafile": file.pk,
        "path": file.path or file.name,
        "uri": file.uri,
        "known_from": "registry",
        "later": later.pk,
        "was": {"sha256": file.sha256, "md5sum": file.md5sum, "size": file.size},
        "is": {"sha256": later.sha256, "md5sum": later.md5sum, "size": later.size},
    }


def _as_json(one: Declared) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.kind,
        "data_type": one.data_type,
        "optional": one.optional,
        "state": str(one.state),
        "datafile": one.datafile,
    }


def _reruns(run: WorkflowRun, user: Any) -> dict[str, Any]:
    """The run that this one repeats, and those that repeat it, as far as ``user`` may see them."""
    seen = WorkflowRun.objects.visible_to(user)
    columns = ("id", "name", "status", "started_at")
    repeats = seen.filter(rerun_of=run).order_by("id").values(*columns)[: MOST_RERUNS + 1]
    rows = list(repeats)
    return {
        "rerun_of": seen.filter(pk=run.rerun_of_id).values(*columns).first() if run.rerun_of_id else None,
        "reruns": rows[:MOST_RERUNS],
        "more_reruns": len(rows) > MOST_RERUNS,
    }
