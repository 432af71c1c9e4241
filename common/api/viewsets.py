"""The viewset that every ownable record has: lists, rights, preconditions, the trash and the history."""

from typing import Any, ClassVar, TypeAlias

from django.db import transaction
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from common.api import conditional
from common.api.filters import TRUTH, refuse_unknown
from common.api.paging import Ordering, PageDescription, Pager, QuerySetSource
from common.api.renderers import CSVRenderer, JSONRenderer, csv_lines, to_json
from common.errors import Conflict, NotAllowed
from common.trail import differences, plain, tell

Rows: TypeAlias = list[Any]  # a viewset's own method is called list
READS = ("GET", "HEAD", "OPTIONS")
REFUSALS = {
    "edit": "You may see this, but not change it: ask its owner or a manager of its group.",
    "delete": "You may see this, but not delete it: ask its owner or a manager of its group.",
    "share": "Only the owner or a manager of the group may say who else may see, edit or delete this.",
}


class ListMixin(viewsets.GenericViewSet):
    """Lists with filters, order, pages, chosen fields, and CSV.

    ``orderings`` maps what callers may sort by to the column; ``nullable`` names the columns that can be empty.
    """

    filterset_class: ClassVar[Any] = None
    orderings: ClassVar[dict[str, str]] = {"created": "id"}
    nullable: ClassVar[frozenset[str]] = frozenset()
    default_ordering: ClassVar[str] = "-created"
    pagination_class: ClassVar[Any] = PageDescription
    filter_backends: ClassVar[Any] = [DjangoFilterBackend]  # describes the filters; ``narrowed`` applies them

    @property
    def caller(self) -> Any:
        """Who asks; the permission classes have seen to it that somebody does."""
        return self.request.user

    def get_renderers(self) -> Rows:
        """Lists come as CSV, too; an action may bring renderers of its own."""
        view: Any = self
        refused = view.request and view.request.method.lower() not in view.http_method_names
        if (
            view.action in ("list", None) or refused
        ):  # to a method that is refused, 405 is to be said and no 404
            return [JSONRenderer(), CSVRenderer()]
        own: Rows = super().get_renderers()
        return own

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """One page, or all rows as CSV."""
        if request.accepted_renderer.format == "csv":
            return self.as_csv(self.narrowed(self.get_queryset()))
        page = Pager(request, self.ordering(), self.sort_value()).page(self.source())
        return conditional.told(page.envelope(self.chosen(self.present(page.rows))), request)

    def source(self) -> Any:
        """Where the pages are cut from."""
        return QuerySetSource(self.narrowed(self.get_queryset()), self.read)

    def sort_value(self) -> Any:
        """How to read the sort column's value out of a row; None for an attribute of the column's name."""
        return None

    def narrowed(self, rows: Any) -> Any:
        """The rows that pass the filters of the request."""
        if self.request.query_params.get("format") == "":
            raise ValidationError({"format": ["must be json or csv"]})
        if self.filterset_class is None:
            refuse_unknown(self.request.query_params, {})
            return rows
        return self.filterset_class(self.request.query_params, rows, request=self.request).narrowed

    def ordering(self) -> Ordering:
        """The order that the request asks for; ValidationError for a column that cannot be sorted by."""
        wanted = self.request.query_params.get("ordering", self.default_ordering)
        name = wanted.removeprefix("-")
        if name not in self.orderings:
            known = ", ".join(sorted(self.orderings))
            raise ValidationError({"ordering": [f"must be one of {known}, with a leading - for descending"]})
        return Ordering(self.orderings[name], wanted.startswith("-"), name in self.nullable)

    def read(self, rows: Any) -> Rows:
        """Fetch a bounded queryset."""
        return list(rows)

    def present(self, rows: Rows) -> Any:
        """Rows as they stand on the wire."""
        return self.get_serializer(rows, many=True).data

    def chosen(self, results: Any) -> Any:
        """Only the fields that the request names, if it names some; ValidationError for an unknown one."""
        text = self.request.query_params.get("fields")
        if not text:
            return results
        names = [name.strip() for name in text.split(",")]
        known = self.known_fields()
        if unknown := [name for name in names if name not in known]:
            raise ValidationError(
                {"fields": [f"unknown: {', '.join(unknown)}; known are {', '.join(known)}"]}
            )
        if isinstance(results, dict):
            return {name: results[name] for name in names}
        return [{name: one[name] for name in names} for one in results]

    def known_fields(self) -> Rows:
        """What ``fields=`` may name."""
        serializer: Any = self.get_serializer()
        return list(serializer.fields)

    def as_csv(self, rows: Any) -> StreamingHttpResponse:
        """All rows that pass the filters, in their order, a portion at a time."""
        # Nothing that is wrong may come to light in the middle of the answer, when the status is sent.
        pager = Pager(self.request, self.ordering(), self.sort_value())
        self.chosen([])
        portions = pager.portions(QuerySetSource(rows, self.read))
        lines = csv_lines(row for portion in portions for row in self.chosen(self.present(portion)))
        answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{rows.model._meta.model_name}s.csv"'
        return answer

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Reads carry an ETag."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if request.method == "GET" and response.status_code == 200 and isinstance(response, Response):
            return conditional.add_etag(response, request)
        return response


class RegistryViewSet(ListMixin, viewsets.ModelViewSet):
    """Rows of a model with ``visible_to``: what the caller may not see is not there, what is read-only says so."""

    lookup_value_converter = "uuid"
    http_method_names = ["get", "post", "put", "patch", "delete", "head", "options"]
    in_one_piece = True

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """A change is all or nothing: record, history and search text are written together, or none of them.

        The exception handler undoes the transaction of a view that is ``in_one_piece``.
        """
        if request.method in READS or not self.in_one_piece:
            return super().dispatch(request, *args, **kwargs)
        with transaction.atomic():
            return super().dispatch(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """What the caller may see; with ``deleted=true`` what lies in the trash."""
        rows: Any = super().get_queryset()
        return rows.visible_to(self.caller, **self._trash())

    @property
    def model(self) -> Any:
        """Whose rows these are."""
        rows: Any = type(self).queryset
        return rows.model

    def get_object(self) -> Any:
        """The row of the address; NotAllowed for a change that the caller has no right to."""
        found = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        if self.request.method not in READS:
            self.must_be_allowed(found, "delete" if self.request.method == "DELETE" else "edit")
        return found

    def get_object_for_edit(self) -> Any:
        """The record of the address; what hangs on it may be removed by those who may edit it."""
        record = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        self.must_be_allowed(record, "edit")
        return record

    def must_be_allowed(self, record: Any, deed: str) -> None:
        """NotAllowed unless the caller may ``edit``, ``delete`` or ``share`` the record."""
        rows = type(record)._default_manager.filter(pk=record.pk)
        trash = {"deleted": True} if getattr(record, "deleted", False) else {}
        allowed = {"edit": rows.editable_by, "delete": rows.deletable_by, "share": rows.shareable_by}
        if not allowed[deed](self.caller, **trash).exists():
            raise NotAllowed(REFUSALS[deed])

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """One record."""
        return conditional.told(self.chosen(self.represent(self.get_object())), request)

    def represent(self, record: Any) -> Any:
        """One record as it stands on the wire."""
        return self.get_serializer(record).data

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change a record, if it is still what the caller saw."""
        with transaction.atomic():
            record = self.get_object()
            self.must_match(record)
            serializer = self.get_serializer(record, data=request.data, partial=kwargs.get("partial", False))
            serializer.is_valid(raise_exception=True)
            before = self.plain(record)
            self.perform_update(serializer)
            self.note_changes(record, before)
        # Given to another group, it may be out of the caller's sight from now on; this answer still tells it.
        return Response(self.represent(super().get_queryset().get(pk=record.pk)))

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Put a record into the trash, from where it can be restored; records without a trash are removed."""
        with transaction.atomic():
            record = self.get_object()
            self.must_match(record)
            self.perform_destroy(record)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def perform_destroy(self, instance: Any) -> None:
        """Hide what can be hidden; an event says who did it."""
        self.note(instance, "deleted")
        if hasattr(instance, "mark_deleted"):
            instance.mark_deleted(by=self.caller)
        else:
            instance.delete()

    def must_match(self, record: Any) -> None:
        """ChangedMeanwhile if the request's If-Match names another state than the present one."""
        if self.request.META.get("HTTP_IF_MATCH"):
            locked = type(record)._default_manager.select_for_update(of=("self",)).filter(pk=record.pk)
            list(locked.values_list("pk"))
            conditional.check_if_match(
                self.request, to_json(self.represent(self.get_queryset().get(pk=record.pk)))
            )

    # --- the trail ------------------------------------------------------------------------------------------

    def plain(self, record: Any) -> dict[str, Any]:
        """The record's own columns as JSON can hold them."""
        skipped = ("modified", "modified_by_id")
        names = [one.attname for one in record._meta.concrete_fields if one.attname not in skipped]
        return {name: plain(getattr(record, name)) for name in names}

    def note_changes(self, record: Any, before: dict[str, Any]) -> None:
        """Write down which fields changed, from what to what."""
        if changes := differences(before, self.plain(record)):
            self.note(record, "updated", changes)

    def note(self, record: Any, deed: str, changes: dict[str, Any] | None = None) -> None:
        """Add an event to the record's history."""
        tell(record, deed, by=self.caller, changes=changes)

    def _trash(self) -> dict[str, bool]:
        text = self.request.query_params.get("deleted", "false").lower()
        if text not in TRUTH:
            raise ValidationError({"deleted": ["must be true or false"]})
        return {"deleted": True} if TRUTH[text] and hasattr(self.model, "deleted") else {}


class TrashMixin(RegistryViewSet):
    """Records that lie in the trash can be restored."""

    @extend_schema(request=None, parameters=[OpenApiParameter("deleted", exclude=True)])
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take a record out of the trash; it is as it was."""
        with transaction.atomic():
            model = self.model
            trash = model._default_manager.visible_to(request.user, deleted=True)
            record = get_object_or_404(trash, pk=kwargs["pk"])
            self.must_be_allowed(record, "delete")
            self.may_be_restored(record)
            record.mark_restored()
            self.note(record, "restored")
        return Response(self.represent(self.get_queryset().get(pk=record.pk)))

    def may_be_restored(self, record: Any) -> None:
        """Conflict if something has taken the record's place; a hook."""


def conflict_if(exists: bool, sentence: str) -> None:
    """Raise Conflict with the sentence if it is so."""
    if exists:
        raise Conflict(sentence)
