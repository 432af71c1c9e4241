"""The preparations of crates that somebody has asked for."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.viewsets import ListMixin
from common.errors import Conflict
from rocrate_export.filters import CrateExportFilterSet
from rocrate_export.models import CrateExport
from rocrate_export.serializers import CrateExportSerializer


class CrateExportViewSet(ListMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The background work that prepares crates."""

    queryset = CrateExport.objects.all()
    serializer_class = CrateExportSerializer
    filterset_class = CrateExportFilterSet
    lookup_value_converter = "uuid"
    orderings = {"created": "id", "name": "name", "state": "state", "archive_size": "archive_size"}
    nullable = frozenset({"archive_size"})

    def get_queryset(self) -> Any:
        """What the caller has asked for."""
        rows: Any = super().get_queryset()
        return rows.visible_to(self.caller)

    @extend_schema(summary="Stop the preparation of a crate", request=None)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """While others wait for the same crate it goes on, and is only no longer in one's own list."""
        work = self.get_object()
        if work.has_ended:
            raise Conflict("The preparation has ended: there is nothing to stop.")
        told = self.get_serializer(work)
        if work.wanted_by.exclude(pk=self.caller.pk).exists() and not self.caller.is_superuser:
            work.wanted_by.remove(self.caller)
        else:
            work.cancel()
        return Response(told.data)

    @extend_schema(summary="Try the preparation of a crate again", request=None)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """After it failed or was stopped, for example when a full disk was mended."""
        work = self.get_object()
        if work.state not in (work.State.FAILED, work.State.CANCELLED) or not work.begin_again():
            raise Conflict("A preparation can be tried again when it has failed or was stopped.")
        return Response(self.get_serializer(work).data)
