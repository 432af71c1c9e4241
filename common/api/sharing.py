"""Whom a record is shared with: rights on single records for single users and groups."""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.api.fields import IdField, StrictModelSerializer
from common.api.remarks import UNPAGED, valid
from common.api.serializers import NamedRefSerializer, UserRefSerializer
from common.api.viewsets import RegistryViewSet
from common.errors import InvalidInput, UnknownReference, Violation
from common.models import Share


class ShareSerializer(StrictModelSerializer):
    """A right on one record: with a user or with a group. Everyone it is shared with may view it."""

    one_of, only_one = ("user_id", "group_id"), True

    user = UserRefSerializer(read_only=True, allow_null=True)
    group = NamedRefSerializer(read_only=True, allow_null=True)
    user_id = IdField(required=False, allow_null=True, write_only=True)
    group_id = IdField(required=False, allow_null=True, write_only=True)

    class Meta:
        model = Share
        fields = ("id", "user", "group", "user_id", "group_id", "can_edit", "can_delete", "created")
        read_only_fields = ("created",)


class SharesMixin(RegistryViewSet):
    """The addresses ``shares/`` below a record with an owner."""

    @extend_schema(
        responses=ShareSerializer(many=True), summary="List whom a record is shared with", methods=["GET"]
    )
    @extend_schema(
        request=ShareSerializer, responses={201: ShareSerializer}, summary="Share a record", methods=["POST"]
    )
    @action(detail=True, methods=["get", "post"], **UNPAGED)
    def shares(self, request: Request, pk: UUID) -> Response:
        """Rights that were given to single users and groups; sharing again replaces the rights."""
        record = self.get_object()
        if request.method == "GET":
            rows = Share.objects.filter(kind=record.record_kind(), object_id=record.pk).select_related(
                "user", "group"
            )
            return Response(ShareSerializer(rows.order_by("id"), many=True).data)
        self.must_be_allowed(record, "share")
        body = valid(ShareSerializer(data=request.data))
        whom = _whom(body)
        rights = {"can_edit": body.get("can_edit", False), "can_delete": body.get("can_delete", False)}
        share, _ = Share.objects.update_or_create(
            kind=record.record_kind(),
            object_id=record.pk,
            **whom,
            defaults={**rights, "modified_by": self.caller},
            create_defaults={**rights, "created_by": self.caller, "modified_by": self.caller},
        )
        self.note(record, "shared", {str(share.user or share.group): [None, rights]})
        return Response(ShareSerializer(share).data, status=201)

    @extend_schema(request=None, responses={204: None}, summary="Stop sharing with a user or group")
    @action(detail=True, methods=["delete"], url_path="shares/<uuid:share_id>")
    def share_detail(self, request: Request, pk: UUID, share_id: UUID) -> Response:
        """Take the rights back."""
        record = self.get_object_for_edit()
        self.must_be_allowed(record, "share")
        share = get_object_or_404(Share, kind=record.record_kind(), object_id=record.pk, pk=share_id)
        self.note(record, "shared", {str(share.user or share.group): ["shared", None]})
        share.delete()
        return Response(status=204)


def _whom(body: dict[str, Any]) -> dict[str, Any]:
    """The user or the group of a share; exactly one of them must be named, and exist."""
    user, group = body.get("user_id"), body.get("group_id")
    if bool(user) == bool(group):
        raise InvalidInput([Violation("user_id", "name either a user (user_id) or a group (group_id)")])
    model, name, key = (
        (get_user_model(), "user", user) if user else (apps.get_model(settings.GROUP_MODEL), "group", group)
    )
    found = model.objects.filter(pk=str(key)).first()
    if found is None:
        raise UnknownReference([Violation(f"{name}_id", f"there is no such {name}", True)])
    return {name: found}
