"""What can lie in the trash."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from common.models import UserLike
from data_management.models import Dataset, DatasetCollection
from web.counting import counted
from web.templatetags.runs import ENGINE_NAMES
from workflows.models import Workflow, WorkflowRun, WorkflowVersion

COUNTED = 1000  # above it, counting costs more than the number is worth
LONG_TEXTS = ("description", "run_command", "run_environment", "people", "message", "creators")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: what it is called, where its API is (``basename``), and ``about``, what tells it apart.

    ``page`` is the route of the page that it keeps in the trash, empty where it keeps none.
    """

    key: str
    name: str
    one: str
    model: type[Any]
    basename: str
    about: Callable[[Any], str]
    related: tuple[str, ...]
    cli: str = ""
    page: str = ""

    def deleted_for(self, user: UserLike) -> QuerySet:
        """Those in the trash that ``user`` may see, the last deleted first."""
        columns = {field.name for field in self.model._meta.concrete_fields}
        rows = self.model.objects.visible_to(user, deleted=True)
        return rows.select_related(*self.related, "deleted_by").defer(*columns.intersection(LONG_TEXTS))

    def narrowed(self, rows: QuerySet, text: str) -> QuerySet:
        """Those that are called so; a version also by the name of its workflow."""
        called = Q(name__icontains=text)
        if self.model is WorkflowVersion:
            called |= Q(workflow__name__icontains=text)
        return rows.filter(called)


def _of_run(run: WorkflowRun) -> str:
    version = run.workflowversion
    return (
        f"{run.status.capitalize()}, {version.workflow.name} {version.name}"
        if version
        else run.status.capitalize()
    )


OWNED = ("owner", "owned_by")
KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "runs",
            "Runs",
            "run",
            WorkflowRun,
            "workflowrun",
            _of_run,
            (*OWNED, "workflowversion__workflow"),
            "runs list --deleted",
            page="web:run",
        ),
        Kind(
            "datasets",
            "Datasets",
            "dataset",
            Dataset,
            "dataset",
            lambda dataset: counted(dataset.file_count, "file"),
            OWNED,
            "datasets list --deleted",
            page="web:dataset",
        ),
        Kind(
            "collections",
            "Collections",
            "collection",
            DatasetCollection,
            "datasetcollection",
            lambda _: "",
            OWNED,
            page="web:collection",
        ),
        Kind(
            "workflows",
            "Workflows",
            "workflow",
            Workflow,
            "workflow",
            lambda workflow: ENGINE_NAMES.get(workflow.workflow_manager, workflow.workflow_manager),
            OWNED,
            "workflows list --deleted",
        ),
        Kind(
            "versions",
            "Versions",
            "version",
            WorkflowVersion,
            "workflowversion",
            lambda version: f"of {version.workflow.name}",
            ("workflow__owner", "workflow__owned_by"),
        ),
    )
}
