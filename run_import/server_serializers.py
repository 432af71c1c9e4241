"""Servers that runs come from, and what is stored for them, on the wire."""

from drf_spectacular.utils import OpenApiTypes, extend_schema_field
from rest_framework import serializers

from common.api.fields import TextField
from run_import.models import RunCredential, RunServer
from run_import.servers import may_be_asked

LONGEST_VALUE = 10_000  # letters; a token of AWS has more than a thousand


class RunServerSerializer(serializers.ModelSerializer):
    """A server. Of credentials it is said only that they are there; ``account`` is whose the caller's are."""

    has_credentials = serializers.BooleanField(read_only=True)
    account = serializers.CharField(read_only=True, allow_blank=True)
    has_shared_credentials = serializers.BooleanField(read_only=True)
    can_be_asked = serializers.SerializerMethodField()

    class Meta:
        model = RunServer
        fields = (
            "id", "source", "name", "url", "is_enabled", "can_be_asked", "has_credentials", "account",
            "has_shared_credentials", "created",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.BOOL)
    def get_can_be_asked(self, server: RunServer) -> bool:
        """Off, or no longer listed: no."""
        return may_be_asked(server)


class CredentialsSerializer(serializers.Serializer):
    """The caller's credentials on a server, by the names that its source tells. They are tested and encrypted."""

    values = serializers.DictField(
        child=TextField(max_length=LONGEST_VALUE, allow_blank=True), write_only=True
    )


class KeptCredentialsSerializer(serializers.ModelSerializer):
    """Whose they are, when the server said so, and those of the fields that are no secrets."""

    shown = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = RunCredential
        fields = ("account", "checked_at", "shown")
        read_only_fields = fields
