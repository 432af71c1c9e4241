"""Groups and their members: seen by members, changed by managers."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import GroupFilterSet
from accounts.memberships import add_member, change_role, may_manage, membership_of, remove_member
from accounts.models import Group, Membership
from accounts.serializers import GroupSerializer, MemberRoleSerializer, MemberSerializer, NewMemberSerializer
from common.api.remarks import UNPAGED, valid
from common.api.viewsets import ListMixin
from common.errors import NotAllowed
from common.trail import differences, tell

REFUSED = "You may see this group, but not change it: ask one of its managers."
DESCRIBED = ("name", "description", "url")


class GroupViewSet(ListMixin, mixins.RetrieveModelMixin):
    """The caller's groups with their members; administrators see all."""

    queryset = Group.objects.prefetch_related("memberships__user")
    serializer_class = GroupSerializer
    filterset_class = GroupFilterSet
    orderings = {"name": "name"}
    default_ordering = "name"
    lookup_value_converter = "uuid"

    def get_queryset(self) -> Any:
        """One's own groups."""
        groups: Any = super().get_queryset()
        return groups.visible_to(self.caller)

    @extend_schema(summary="Rename or describe a group")
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """For the managers of the group."""
        with transaction.atomic():
            group = self.managed()
            before = {name: getattr(group, name) for name in DESCRIBED}
            serializer = self.get_serializer(group, data=request.data, partial=True)
            serializer.is_valid(raise_exception=True)
            serializer.save()
            changes = differences(before, {name: getattr(group, name) for name in DESCRIBED})
            if changes:
                tell(group, "updated", by=self.caller, changes=changes)
        return Response(serializer.data)

    @extend_schema(
        responses=MemberSerializer(many=True), summary="List the members of a group", methods=["GET"]
    )
    @extend_schema(
        request=NewMemberSerializer,
        responses={201: MemberSerializer},
        summary="Add a member to a group",
        methods=["POST"],
    )
    @action(detail=True, methods=["get", "post"], **UNPAGED)
    def members(self, request: Request, pk: UUID) -> Response:
        """Who is in the group. Its managers add somebody by user name."""
        if request.method == "GET":
            rows = self.get_object().memberships.select_related("user").order_by("user__username")
            return Response(MemberSerializer(rows, many=True).data)
        group = self.managed()
        body = valid(NewMemberSerializer(data=request.data))
        made = add_member(group=group, username=body["username"], role=body["role"], by=self.caller)
        return Response(MemberSerializer(made).data, status=201)

    @extend_schema(
        request=MemberRoleSerializer,
        responses=MemberSerializer,
        summary="Make a member of a group a manager, or a manager a member",
        methods=["PATCH"],
    )
    @extend_schema(
        request=None, responses={204: None}, summary="Take somebody out of a group", methods=["DELETE"]
    )
    @action(detail=True, methods=["patch", "delete"], url_path="members/<uuid:user_id>")
    def member(self, request: Request, pk: UUID, user_id: UUID) -> Response:
        """For the managers of the group; everybody may leave. The only manager may do neither."""
        is_oneself = user_id == self.caller.pk
        group = self.get_object() if is_oneself and request.method == "DELETE" else self.managed()
        membership = _found(group, user_id)
        if request.method == "DELETE":
            remove_member(membership=membership, by=self.caller)
            return Response(status=204)
        body = valid(MemberRoleSerializer(data=request.data))
        changed = change_role(membership=membership, role=body["role"], by=self.caller)
        return Response(MemberSerializer(changed).data)

    def managed(self) -> Group:
        """The group of the address; NotAllowed unless the caller manages it."""
        group: Group = self.get_object()
        if not may_manage(self.caller, group):
            raise NotAllowed(REFUSED)
        return group


def _found(group: Group, user_id: UUID) -> Membership:
    try:
        return membership_of(group, user_id)
    except Membership.DoesNotExist:
        raise Http404 from None
