"""What people say about a record, and what was done to it: notes, annotations, history."""

from datetime import date
from math import isfinite
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.fields import IdField, StrictModelSerializer, TextField
from common.api.serializers import UserRefSerializer
from common.api.viewsets import RegistryViewSet
from common.errors import InvalidInput, NotAllowed, UnknownReference, Violation
from common.models import Annotation, AnnotationType, HistoryEvent, Note
from common.trail import tell_of_note

UNPAGED: dict[str, Any] = {"pagination_class": None, "filter_backends": []}  # short lists, told whole


class NoteSerializer(StrictModelSerializer):
    """A note: Markdown, with its author."""

    author = UserRefSerializer(source="created_by", read_only=True, allow_null=True)

    class Meta:
        model = Note
        fields = ("id", "content", "author", "created", "modified")


class AnnotationTypeSerializer(serializers.ModelSerializer):
    """A kind of annotation that administrators allow."""

    class Meta:
        model = AnnotationType
        fields = ("id", "name", "help_text", "value_type", "choices", "multiple")


class AnnotationSerializer(StrictModelSerializer):
    """A value of an annotation type; the type is named by its id or by its name."""

    one_of, only_one = ("annotation_type_id", "name"), False

    annotation_type_id = IdField(required=False)
    name = TextField(source="annotation_type.name", required=False, max_length=100)

    class Meta:
        model = Annotation
        fields = ("id", "annotation_type_id", "name", "value", "created", "created_by")
        read_only_fields = ("created", "created_by")


class HistoryEventSerializer(serializers.ModelSerializer):
    """A deed: who did what, when, and which fields changed from what to what."""

    by = UserRefSerializer(read_only=True, allow_null=True)

    class Meta:
        model = HistoryEvent
        fields = ("id", "action", "changes", "at", "by")


class RemarksMixin(RegistryViewSet):
    """The addresses below a record: ``notes/``, ``annotations/``, ``history/``."""

    @extend_schema(responses=NoteSerializer(many=True), summary="List the notes of a record", methods=["GET"])
    @extend_schema(
        request=NoteSerializer, responses={201: NoteSerializer}, summary="Write a note", methods=["POST"]
    )
    @action(detail=True, methods=["get", "post"], **UNPAGED)
    def notes(self, request: Request, pk: UUID) -> Response:
        """Notes in the order of writing; writing one takes the right to edit the record."""
        record = self.get_object()
        if request.method == "GET":
            return Response(NoteSerializer(record.notes.select_related("created_by"), many=True).data)
        body = valid(NoteSerializer(data=request.data))
        note = Note.objects.create(content=body["content"], **self._about(record))
        self.said(record, {"note": [None, body["content"][:200]]})
        return Response(NoteSerializer(note).data, status=201)

    @extend_schema(
        request=NoteSerializer,
        responses=NoteSerializer,
        summary="Change a note of one's own",
        methods=["PUT"],
    )
    @extend_schema(
        request=None, responses={204: None}, summary="Remove a note of one's own", methods=["DELETE"]
    )
    @action(detail=True, methods=["put", "delete"], url_path="notes/<uuid:note_id>")
    def note_detail(self, request: Request, pk: UUID, note_id: UUID) -> Response:
        """A note is its author's; the text from before stays in the history, once for changes a few minutes apart."""
        record = self.get_object_for_edit()
        note = get_object_or_404(record.notes, pk=note_id)
        if note.created_by_id != request.user.pk and not request.user.is_superuser:
            raise NotAllowed("Only the author of a note may change or remove it.")
        old = note.content
        if request.method == "DELETE":
            note.delete()
            self.said(record, {"note": [old, None]})
            return Response(status=204)
        note.content = valid(NoteSerializer(data=request.data))["content"]
        note.modified, note.modified_by = timezone.now(), request.user
        note.save()
        self.said(record, {"note": [old, note.content]})
        return Response(NoteSerializer(note).data)

    @extend_schema(
        responses=AnnotationSerializer(many=True), summary="List the annotations of a record", methods=["GET"]
    )
    @extend_schema(
        request=AnnotationSerializer,
        responses={201: AnnotationSerializer},
        summary="Annotate a record",
        methods=["POST"],
    )
    @action(detail=True, methods=["get", "post"], **UNPAGED)
    def annotations(self, request: Request, pk: UUID) -> Response:
        """Annotations of the types that administrators allow; a type that is not multiple replaces its value."""
        record = self.get_object()
        if request.method == "GET":
            return Response(AnnotationSerializer(record.annotations, many=True).data)
        body = valid(AnnotationSerializer(data=request.data))
        kind = _annotation_type(body)
        _check_value(kind, body["value"])
        before = None
        if not kind.multiple:
            replaced = record.annotations.filter(annotation_type=kind)
            before = replaced.values_list("value", flat=True).first()
            replaced.delete()
        made = Annotation.objects.create(annotation_type=kind, value=body["value"], **self._about(record))
        self.said(record, {f"annotation {kind.name}": [before, made.value]})
        return Response(AnnotationSerializer(made).data, status=201)

    @extend_schema(request=None, responses={204: None}, summary="Remove an annotation")
    @action(detail=True, methods=["delete"], url_path="annotations/<uuid:annotation_id>")
    def annotation_detail(self, request: Request, pk: UUID, annotation_id: UUID) -> Response:
        """Take one value away."""
        record = self.get_object_for_edit()
        found = get_object_or_404(record.annotations, pk=annotation_id)
        found.delete()
        self.said(record, {f"annotation {found.annotation_type.name}": [found.value, None]})
        return Response(status=204)

    @extend_schema(responses=HistoryEventSerializer(many=True), summary="List what was done to a record")
    @action(detail=True, methods=["get"], **UNPAGED)
    def history(self, request: Request, pk: UUID) -> Response:
        """Every edit with its time, author and fields, oldest first."""
        return Response(self.history_of(self.get_object()))

    def history_of(self, record: Any) -> Any:
        """The record's events as they stand on the wire."""
        events = HistoryEvent.objects.filter(kind=record.record_kind(), object_id=record.pk).select_related(
            "by"
        )
        return HistoryEventSerializer(events.order_by("id")[:1000], many=True).data

    def said(self, record: Any, changes: dict[str, Any]) -> None:
        """Somebody wrote about the record; a hook for search indexes."""
        before, after = changes.get("note", (None, None))
        if before is None or after is None:
            self.note(record, "remarked", changes)
        else:
            tell_of_note(record, before, after, by=self.caller)

    def _about(self, record: Any) -> dict[str, Any]:
        user = self.caller
        return {"kind": record.record_kind(), "object_id": record.pk, "created_by": user, "modified_by": user}


def valid(serializer: serializers.BaseSerializer) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def _annotation_type(body: dict[str, Any]) -> AnnotationType:
    name = body.get("annotation_type", {}).get("name", "")
    if not name and not body.get("annotation_type_id"):
        raise InvalidInput(
            [Violation("annotation_type_id", "is required, or name: the type of the annotation")]
        )
    wanted = Q(pk=body["annotation_type_id"]) if body.get("annotation_type_id") else Q(name=name)
    found = AnnotationType.objects.filter(wanted).first()
    if found is None:
        raise UnknownReference([Violation("annotation_type_id", "there is no such annotation type", True)])
    return found


def _finite(text: str) -> float:
    if not isfinite(number := float(text)):
        raise ValueError(text)
    return number


def _check_value(kind: AnnotationType, value: str) -> None:
    """InvalidInput unless the value is what its type asks for."""
    types = AnnotationType.ValueType
    checks: dict[str, tuple[Any, str]] = {
        types.NUMBER: (_finite, "must be a number"),
        types.DATE: (date.fromisoformat, "must be a date such as 2024-01-15"),
        types.BOOLEAN: (("true", "false").index, "must be true or false"),
        types.CHOICE: (list(kind.choices).index, f"must be one of {', '.join(map(str, kind.choices))}"),
    }
    check, expected = checks.get(kind.value_type, (str, ""))
    try:
        check(value)
    except ValueError as problem:
        raise InvalidInput([Violation("value", expected)]) from problem
