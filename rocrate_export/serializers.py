"""Crates on the wire: what can be asked, work and archives as they stand in answers."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from common.api.serializers import UserRefSerializer
from rocrate_export.choice import Choice, Include
from rocrate_export.judge import SEVERITIES
from rocrate_export.models import CrateExport, CrateValidation, CrateWork, StoredCrate
from rocrate_export.validation import PROFILES

LARGEST_LIMIT = 2**53 - 1
KINDS = ("original", "generated")
CHOICE = ("include", "limit", "absolute")


class QuerySerializer(serializers.Serializer):
    """Query parameters; one that is not known is refused, as a typing error must not give another crate."""

    def to_internal_value(self, data: Any) -> Any:
        """The values; ValidationError names what is wrong."""
        if unknown := set(data) - set(self.fields):
            known = ", ".join(sorted(self.fields))
            raise serializers.ValidationError(
                {name: [f"is not known here; known are {known}"] for name in sorted(unknown)}
            )
        return super().to_internal_value(data)


class CrateQuery(QuerySerializer):
    """Which crate is wanted."""

    kind = serializers.ChoiceField(
        KINDS,
        required=False,
        help_text="`original`: an archive that was given, byte for byte; `generated`: made from the record. "
        "Without it the original if there is one, unless files are chosen below.",
    )
    include = serializers.ChoiceField(
        [one.value for one in Include],
        required=False,
        help_text="Which files are in the archive: `all`, `small` (see `limit`), or `none`. "
        "The others are named by their address, with size and checksum.",
    )
    limit = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=LARGEST_LIMIT,
        help_text="Bytes of the largest file that `include=small` takes in; 10 MiB if not said.",
    )
    absolute = serializers.BooleanField(
        required=False,
        help_text="Name the main workflow by its public address; the registry must have one (`PUBLIC_URL`).",
    )

    def validate_absolute(self, value: bool) -> bool:
        """Addresses need a beginning."""
        if value and not settings.PUBLIC_URL:
            raise serializers.ValidationError(
                "needs the public address of the registry (PUBLIC_URL), which is not set"
            )
        return value

    def validate(self, attrs: Any) -> Any:
        """An original is what it is: nothing can be chosen of it."""
        if attrs.get("kind") == "original" and (chosen := [name for name in CHOICE if name in attrs]):
            raise serializers.ValidationError(
                {name: ["cannot be chosen of an original; ask with kind=generated"] for name in chosen}
            )
        if any(name in attrs for name in CHOICE):
            attrs["kind"] = "generated"
        return attrs

    @property
    def wanted_kind(self) -> str:
        """The wanted kind; empty for the original, if there is one."""
        return str(self.validated_data.get("kind", ""))

    @property
    def wanted_choice(self) -> Choice:
        """The wanted files."""
        given = self.validated_data
        default = Choice()
        return Choice(
            include=Include(given.get("include", default.include)),
            limit=given.get("limit", default.limit),
            absolute=given.get("absolute", default.absolute),
        )


class ValidationQuery(CrateQuery):
    """Which crate is to be judged, and how strictly."""

    profile = serializers.ChoiceField(
        PROFILES,
        required=False,
        help_text="The profile to judge by; the most telling one that the crate names if not said.",
    )
    severity = serializers.ChoiceField(
        SEVERITIES,
        required=False,
        help_text="Issues of this level and above are told; `REQUIRED` if not said.",
    )


class CrateWorkSerializer(serializers.ModelSerializer):
    """Background work on a crate."""

    crate = serializers.SerializerMethodField(help_text="Where the crate can be had when it is ready.")

    class Meta:
        model: Any = CrateWork
        fields: tuple[str, ...] = (
            "id", "subject_kind", "subject_id", "name", "state", "include", "limit", "absolute", "crate", "attempts",
            "error", "created", "started_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_crate(self, work: CrateWork) -> str:
        """The address of the crate, with what was chosen."""
        return self.absolute_uri(address_of_crate(work))

    def absolute_uri(self, path: str) -> str:
        """With scheme and host where somebody asks."""
        request = self.context.get("request")
        return str(request.build_absolute_uri(path)) if request else path


class CrateExportSerializer(CrateWorkSerializer):
    """How far the preparation of a crate is: counts of files, and bytes that had to be read for it.

    ``archive_size`` is in bytes; ``files_missing`` says how many files the registry should hold and has not.
    """

    url = serializers.SerializerMethodField(help_text="Where this is told.")

    class Meta(CrateWorkSerializer.Meta):
        model = CrateExport
        fields = (
            *CrateWorkSerializer.Meta.fields, "url", "files_total", "files_done", "files_missing", "bytes_total",
            "bytes_done", "archive_size",
        )  # fmt: skip
        read_only_fields = fields

    def get_url(self, work: CrateExport) -> str:
        """The address of the work."""
        return self.absolute_uri(reverse("crateexport-detail", kwargs={"pk": work.pk}))


class CrateValidationSerializer(CrateWorkSerializer):
    """The judging of a crate that is not done yet; ask the same address again."""

    severity = serializers.CharField(help_text="REQUIRED, RECOMMENDED or OPTIONAL.")

    class Meta(CrateWorkSerializer.Meta):
        model = CrateValidation
        fields = (*CrateWorkSerializer.Meta.fields, "profile", "severity")
        read_only_fields = fields


class IssueSerializer(serializers.Serializer):
    """One thing that the validator finds wrong."""

    severity = serializers.CharField(help_text="REQUIRED, RECOMMENDED or OPTIONAL.")
    check = serializers.CharField(help_text="The validator's identifier of the rule.")
    entity = serializers.CharField(allow_blank=True)
    property = serializers.CharField(allow_blank=True)
    message = serializers.CharField(allow_blank=True)


class ReportSerializer(serializers.Serializer):
    """What rocrate-validator says; ``passed`` is null where it was not asked, ``remark`` says why."""

    crate = serializers.CharField(help_text="original or generated.")
    profile = serializers.CharField()
    severity = serializers.CharField(help_text="Issues below this level are left out.")
    passed = serializers.BooleanField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Issues of each severity.")
    issues = IssueSerializer(many=True)
    remark = serializers.CharField(allow_blank=True)
    validated_at = serializers.DateTimeField()


class WarningSerializer(serializers.Serializer):
    """Something odd in an archive."""

    entity = serializers.CharField(allow_blank=True)
    message = serializers.CharField()


class StoredCrateSerializer(serializers.ModelSerializer):
    """An archive that is kept as it came; ``size`` in bytes, ``sha256`` in hexadecimal."""

    created_by = UserRefSerializer(read_only=True, allow_null=True)
    warnings = WarningSerializer(many=True, read_only=True)
    download = serializers.SerializerMethodField(help_text="Where it can be had.")

    class Meta:
        model = StoredCrate
        fields = ("id", "name", "size", "sha256", "warnings", "download", "created", "created_by")
        read_only_fields = fields

    def get_download(self, crate: StoredCrate) -> str:
        """The address of just this archive, whatever is given later."""
        kind, pk = ("run", crate.run_id) if crate.run_id else ("version", crate.version_id)
        path = reverse(f"{kind}-rocrate-original", kwargs={"pk": pk, "original_id": crate.pk})
        request = self.context.get("request")
        return str(request.build_absolute_uri(path)) if request else path


class CrateUploadSerializer(serializers.Serializer):
    """An archive for a run or a version."""

    file = serializers.FileField(help_text="The archive, at most CRATE_MAX_BYTES.")


def address_of_crate(work: CrateWork) -> str:
    """Where the crate of a row of work can be had."""
    path = reverse(f"{work.subject_kind}-rocrate", kwargs={"pk": work.subject_id})
    chosen = {"kind": "generated", "include": work.include}
    if work.include == Include.SMALL:
        chosen["limit"] = str(work.limit)
    if work.absolute:
        chosen["absolute"] = "true"
    return f"{path}?{'&'.join(f'{name}={value}' for name, value in chosen.items())}"
