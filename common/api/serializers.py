"""The fields that records share on the wire."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils import timezone
from rest_framework import serializers

from common.api.fields import ReferenceField, StrictModelSerializer
from common.errors import NotAllowed, UnknownReference, Violation


class VisiblePrimaryKeyRelatedField(ReferenceField):
    """A link to a record by its id. What the caller may not see does not exist: 404, as anywhere."""

    def get_queryset(self) -> Any:
        """Only what the caller may see."""
        rows: Any = super().get_queryset()
        return rows if rows is None else rows.visible_to(self.context["request"].user)

    def to_internal_value(self, data: Any) -> Any:
        """The record of an id; UnknownReference if there is none for this caller."""
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError as problem:
            if "does_not_exist" in str(problem.get_codes()):
                raise UnknownReference(
                    [Violation(self.field_name or "id", "there is no such record that you may see", True)]
                ) from problem
            raise


class UserRefSerializer(serializers.Serializer):
    """A person, in short."""

    id = serializers.UUIDField()
    username = serializers.CharField()
    full_name = serializers.CharField()


class NamedRefSerializer(serializers.Serializer):
    """A record, in short."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class OwnGroupField(ReferenceField):
    """The owning group: one of the caller's own; administrators may name any."""

    def get_queryset(self) -> Any:
        """The groups that the caller may give things to."""
        return apps.get_model(settings.GROUP_MODEL).objects.visible_to(self.context["request"].user)

    def to_internal_value(self, data: Any) -> Any:
        """The group of an id; UnknownReference if the caller has no such group."""
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError as problem:
            if "does_not_exist" in str(problem.get_codes()):
                raise UnknownReference(
                    [Violation(self.field_name or "owned_by", "is not one of your groups", True)]
                ) from problem
            raise


class BaseSerializer(StrictModelSerializer):
    """Identity and authorship."""

    created_by = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)
    modified_by = serializers.PrimaryKeyRelatedField(read_only=True, allow_null=True)

    class Meta:
        fields: tuple[str, ...] = ("id", "created", "modified", "created_by", "modified_by")

    def create(self, validated_data: dict[str, Any]) -> Any:
        """Store a new record; the caller is its author."""
        user = self.context["request"].user
        return super().create({**validated_data, "created_by": user, "modified_by": user})

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Store what changed; the caller is its last editor."""
        user = self.context["request"].user
        return super().update(instance, {**validated_data, "modified_by": user, "modified": timezone.now()})


class OwnedSerializer(BaseSerializer):
    """Identity, authorship, owner and group. Who makes a record owns it; its group is the first of the maker's."""

    owner = UserRefSerializer(read_only=True, allow_null=True)
    owned_by = OwnGroupField(required=False, allow_null=True)
    group = NamedRefSerializer(source="owned_by", read_only=True, allow_null=True)
    deleted = serializers.BooleanField(read_only=True)

    class Meta:
        fields: tuple[str, ...] = (
            *BaseSerializer.Meta.fields, "name", "description", "owner", "owned_by", "group", "public", "deleted",
        )  # fmt: skip

    def create(self, validated_data: dict[str, Any]) -> Any:
        """Store a new record for the caller."""
        user = self.context["request"].user
        validated_data.setdefault("owned_by", user.default_group())
        return super().create({**validated_data, "owner": user})

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Store what changed; NotAllowed where an editor would widen who else may see or change the record."""
        widens = [name for name in ("owned_by", "public") if name in validated_data]
        changed = [name for name in widens if validated_data[name] != getattr(instance, name)]
        mine = type(instance).objects.shareable_by(self.context["request"].user, deleted=instance.deleted)
        if changed and not mine.filter(pk=instance.pk).exists():
            raise NotAllowed(f"Only the owner or a manager of the group may change {' and '.join(changed)}.")
        return super().update(instance, validated_data)
