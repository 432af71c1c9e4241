"""What a run used and made: its files, a page at a time, or its datasets, by what they are to it."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, FilteredRelation, IntegerField, Q, QuerySet, Value, When

from web.lists.files import called
from web.lists.ordering import in_order, ordering_asked
from web.lists.paging import Page, page_for
from web.requests import SignedInRequest, text_asked
from web.templatetags.runs import DATA_TYPE_NAMES
from web.zipped import downloads_of
from workflows.models import WorkflowFile, WorkflowRun, WorkflowRunDataset
from workflows.records import DataType, FileType

KINDS: dict[str, tuple[str, tuple[DataType, ...]]] = {
    "": ("All", tuple(DataType)),
    "CONFIG": ("Configs", (DataType.CONFIG,)),
    "INPUT": ("Inputs", (DataType.INPUT,)),
    "OUTPUT": ("Outputs", (DataType.OUTPUT,)),
    "PARAMETER": ("Parameters", (DataType.PARAMETER,)),
    "LOG": ("Logs & Reports", (DataType.LOG, DataType.REPORT)),
}
FILE = "file__"  # one join for what is shown, searched and sorted
COLUMNS = ("id", "name", "path", "size", "status", "error", "format", "sha256")
ORDERINGS = {
    "name": f"{FILE}name",
    "dataset": "dataset__name",
    "size": f"{FILE}size",
    "format": f"{FILE}format",
    "status": f"{FILE}status",
}
DATASET_ORDERINGS = {
    "name": "dataset__name",
    "size": "dataset__size",
    "file_count": "dataset__file_count",
    "status": "dataset__status",
}
IN_THEIR_ORDER = Case(
    *(When(data_type=kind, then=Value(place)) for place, kind in enumerate(DATA_TYPE_NAMES)),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of a dataset of the run; a dataset without files is one row without a file."""

    data_type: str
    dataset_id: UUID
    dataset_name: str
    id: UUID | None
    name: str | None
    path: str | None
    size: int | None
    status: str | None
    error: str | None
    format: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Kind:
    """A tab: a kind of data, and how many rows it has."""

    key: str
    name: str
    count: int


def kind_asked(request: SignedInRequest) -> str:
    """Which of KINDS the address names; the first for anything else."""
    asked = request.GET.get("type", "").upper()
    asked = "LOG" if asked == "REPORT" else asked
    return asked if asked in KINDS else ""


def links_of(request: SignedInRequest, run: WorkflowRun, kind: str) -> QuerySet:
    """The run's associations of this kind whose dataset the user may see."""
    links = WorkflowRunDataset.objects.visible_to(request.user).filter(workflowrun=run)
    return links if kind == "" else links.filter(data_type__in=KINDS[kind][1])


def datasets_of(request: SignedInRequest, run: WorkflowRun) -> dict[str, Any]:
    """What the tab shows."""
    kind, by_dataset = kind_asked(request), request.GET.get("view") == "datasets"
    columns = DATASET_ORDERINGS if by_dataset else ORDERINGS
    search, ordering = text_asked(request, "search"), ordering_asked(request, columns)
    scripts = _scripts(request, run, search)
    links = links_of(request, run, kind)
    page = (
        _datasets(request, links, search, ordering)
        if by_dataset
        else _files(request, links, search, ordering)
    )
    return {
        "kind": kind,
        "kinds": _kinds(links_of(request, run, ""), len(scripts), by_dataset=by_dataset),
        "by_dataset": by_dataset,
        "search": search,
        "ordering": ordering,
        "is_narrowed": bool(search),
        "scripts": scripts if kind in ("", "CONFIG") else [],
        "page": page,
        "downloads": downloads_of(narrowed_files(links, search), FILE),
    }


def narrowed_files(links: QuerySet, search: str) -> QuerySet:
    """The associations once for each file, of which those that are called so, or whose dataset is.

    Of a dataset without files there is one, without a file. The filter must come first: one that comes after
    anything else that names the files would join them a second time.
    """
    rows = links.annotate(file=FilteredRelation("dataset__datafiles"))
    rows = rows.filter(called(search, FILE) | Q(dataset__name__icontains=search)) if search else rows
    return rows.annotate(file_id=F(f"{FILE}id"))


def _files(request: SignedInRequest, links: QuerySet, search: str, ordering: str) -> Page:
    last = ("id", f"{FILE}position", f"{FILE}id")
    rows = in_order(narrowed_files(links, search), ordering, ORDERINGS, (IN_THEIR_ORDER, *last), last)
    columns = ("data_type", "dataset_id", "dataset__name", *(f"{FILE}{name}" for name in COLUMNS))
    page = page_for(request, rows.values_list(*columns), _counted)
    return replace(page, rows=[FileRow(*row) for row in page.rows])


def _datasets(request: SignedInRequest, links: QuerySet, search: str, ordering: str) -> Page:
    found = links.filter(dataset__name__icontains=search) if search else links
    found = found.select_related("dataset")
    rows = in_order(found, ordering, DATASET_ORDERINGS, (IN_THEIR_ORDER, "id"), ("id",))
    return page_for(request, rows, _counted)


def _counted(rows: QuerySet) -> tuple[int, bool]:
    """All of them as they are joined, which counting by keys would not do."""
    return int(rows.order_by().aggregate(all=Count("*"))["all"]), True


def _kinds(links: QuerySet, scripts: int, *, by_dataset: bool) -> list[Kind]:
    """The tabs with their counts, in one query; a dataset without files counts as one row."""
    rows = links.order_by().values("data_type")
    counted = rows.annotate(all=Count("pk", distinct=True)) if by_dataset else _by_file(rows)
    counts = dict(counted.values_list("data_type", "all"))
    more = {"": scripts, "CONFIG": scripts}
    return [
        Kind(key, name, sum(counts.get(one, 0) for one in types) + more.get(key, 0))
        for key, (name, types) in KINDS.items()
    ]


def _by_file(rows: QuerySet) -> QuerySet:
    return rows.annotate(file=FilteredRelation("dataset__datafiles")).annotate(
        files=Count("file__id"), all=Count("*")
    )


def _scripts(request: SignedInRequest, run: WorkflowRun, search: str) -> list[WorkflowFile]:
    """The configuration that stands in the workflow version itself; few, as versions are small."""
    if run.workflowversion_id is None:
        return []
    files = WorkflowFile.objects.visible_to(request.user).filter(
        workflowversion=run.workflowversion_id, data_type=FileType.CONFIG
    )
    files = files.filter(path__icontains=search) if search else files
    return list(files.order_by("path")[:100])
