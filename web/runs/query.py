"""What the address of the list of runs asks for."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from web.lists import query
from web.lists.query import OF_THE_PAGE, ApiList, ListQuery
from workflows.models import WorkflowRun
from workflows.run_views import WorkflowRunViewSet

__all__ = ["OF_THE_PAGE", "RUNS", "SEVERAL", "RunQuery", "query_of"]

SEVERAL = ("status", "engine")
RUNS = ApiList(WorkflowRunViewSet, "workflowrun-list", "runs list", SEVERAL)


class RunQuery(ListQuery):
    """Which runs somebody asks for."""

    __slots__ = ()

    def runs(self) -> QuerySet:
        """The runs that fit and that the user may see, without an order; none while there are errors."""
        user: Any = self.request.user
        return self.of_these(WorkflowRun.objects.visible_to(user, deleted=self.is_trash))


def query_of(request: HttpRequest, given: QueryDict | None = None) -> RunQuery:
    """What the address of a request asks for, or what ``given`` does."""
    found = query.query_of(request, RUNS, given)
    return RunQuery(found.of, found.data, found.request, found.errors)
