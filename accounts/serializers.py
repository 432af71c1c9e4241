"""People, groups and tokens on the wire."""

from typing import Any

from django.contrib.auth import authenticate
from rest_framework import serializers
from rest_framework.exceptions import Throttled

from accounts.attempts import WrongPasswords
from accounts.models import ROLES, ApiToken, Group, Membership, User
from accounts.orcid import is_orcid
from common.api.fields import StrictModelSerializer, TextField
from common.api.serializers import OwnGroupField


class MembershipSerializer(serializers.ModelSerializer):
    """A user's place in a group."""

    id = serializers.UUIDField(source="group.id", read_only=True)
    name = serializers.CharField(source="group.name", read_only=True)

    class Meta:
        model = Membership
        fields = ("id", "name", "role")


class MeSerializer(StrictModelSerializer):
    """The caller; name, address and ORCID may be changed."""

    groups = MembershipSerializer(source="memberships", many=True, read_only=True)
    full_name = serializers.CharField(read_only=True)
    primary_group = OwnGroupField(allow_null=True, required=False)

    class Meta:
        model = User
        fields = (
            "id", "username", "first_name", "last_name", "full_name", "email", "orcid", "primary_group", "groups",
            "is_superuser",
        )  # fmt: skip
        read_only_fields = ("username", "is_superuser")

    def validate_orcid(self, text: str) -> str:
        """One that was copied well."""
        if text and not is_orcid(text):
            raise serializers.ValidationError(
                "its last character does not fit the others: is it copied well?"
            )
        return text


class PersonSerializer(serializers.ModelSerializer):
    """A person, as others see them."""

    full_name = serializers.CharField(read_only=True)

    class Meta:
        model = User
        fields = ("id", "username", "full_name", "orcid")


class MemberSerializer(serializers.ModelSerializer):
    """A member of a group."""

    id = serializers.UUIDField(source="user.id", read_only=True)
    username = serializers.CharField(source="user.username", read_only=True)
    full_name = serializers.CharField(source="user.full_name", read_only=True)

    class Meta:
        model = Membership
        fields = ("id", "username", "full_name", "role")


class NewMemberSerializer(serializers.Serializer):
    """Who is to be in a group, and as what."""

    username = TextField(max_length=150)
    role = serializers.ChoiceField(choices=ROLES, default=Membership.Role.MEMBER)


class MemberRoleSerializer(serializers.Serializer):
    """What somebody is in a group."""

    role = serializers.ChoiceField(choices=ROLES)


class GroupSerializer(StrictModelSerializer):
    """A group with its members; its managers may change the rest."""

    members = MemberSerializer(source="memberships", many=True, read_only=True)

    class Meta:
        model = Group
        fields = ("id", "name", "description", "url", "members")


class SignInSerializer(serializers.Serializer):
    """User name and password, and what the new token is to be called and how long it lasts."""

    username = TextField(max_length=150)
    password = TextField(max_length=1000, trim_whitespace=False, style={"input_type": "password"})
    name = TextField(max_length=100, required=False, default="API")
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Adds the user, None where name and password do not fit together. Throttled after too many wrong ones."""
        request = self.context["request"]
        wrong = WrongPasswords.from_address(request, attrs["username"])
        if wait := wrong.seconds:
            raise Throttled(wait)
        user = authenticate(request, username=attrs["username"], password=attrs["password"])
        wrong.forget() if user else wrong.note()
        return {**attrs, "user": user}


class ApiTokenSerializer(StrictModelSerializer):
    """A token without its key, which nobody can read again."""

    class Meta:
        model = ApiToken
        fields = ("id", "name", "start", "created", "expires_at", "revoked_at", "last_used_at")
        read_only_fields = ("start", "created", "revoked_at", "last_used_at")


class NewTokenSerializer(ApiTokenSerializer):
    """A token at the one moment when its key is shown."""

    token = serializers.CharField(read_only=True)

    class Meta(ApiTokenSerializer.Meta):
        fields = ("token", *ApiTokenSerializer.Meta.fields)
