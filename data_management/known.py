"""Which of many contents the registry has already: one question for ten thousand checksums."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Case, F, IntegerField, Value, When, Window
from django.db.models.functions import RowNumber
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from data_management.models import DataFile
from data_management.records import FileStatus

MOST_ASKED = 10_000
CHUNK = 5000  # values of one statement; SQLite takes 32,766
BEST_FIRST = (FileStatus.ONLINE, FileStatus.OFFLINE, FileStatus.NEW)
COLUMNS = (
    "sha256",
    "pk",
    "name",
    "path",
    "size",
    "status",
    "dataset_id",
    "dataset__name",
    "dataset__file_count",
)
EXAMPLE = OpenApiExample("One content", {"sha256": ["0" * 63 + "1"]}, request_only=True)


class KnownFilesRequestSerializer(serializers.Serializer):
    """Contents by their SHA-256 in hexadecimal."""

    sha256 = serializers.ListField(
        child=serializers.RegexField(r"^[0-9a-fA-F]{64}$", max_length=64), max_length=MOST_ASKED
    )


class KnownFileSerializer(serializers.Serializer):
    """A file with one of the contents; ``file_count`` says how many files its dataset has."""

    sha256 = serializers.CharField()
    id = serializers.UUIDField(source="pk")
    name = serializers.CharField()
    path = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(allow_null=True)
    status = serializers.CharField()
    dataset = serializers.UUIDField(source="dataset_id")
    dataset_name = serializers.CharField(source="dataset__name")
    file_count = serializers.IntegerField(source="dataset__file_count")


class KnownFilesView(APIView):
    """Which contents are here, whatever their files are called."""

    @extend_schema(
        summary="Ask which of many SHA-256 are known",
        request=KnownFilesRequestSerializer,
        responses=KnownFileSerializer(many=True),
        examples=[EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """For each content that the caller may see, the best file that has it; for others nothing.

        The best is in a dataset with the fewest files, then one that is ONLINE, then the oldest.
        """
        wanted = KnownFilesRequestSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        rows = known_files(wanted.validated_data["sha256"], request.user)
        return Response(KnownFileSerializer(list(rows), many=True).data)


def known_files(contents: Iterable[str], user: Any) -> Iterator[dict[str, Any]]:
    """The best file of each of these SHA-256 that the user may see, as far as there are any."""
    wanted = sorted({one.lower() for one in contents})
    for start in range(0, len(wanted), CHUNK):
        yield from _best(wanted[start : start + CHUNK], user)


def _best(contents: Sequence[str], user: Any) -> Any:
    files = DataFile.objects.filter(sha256__in=contents, status__in=BEST_FIRST, dataset__deleted=False)
    files = files.exclude(sha256="")  # so that the index, which has no empty ones, is of use
    ranks = [When(status=status, then=Value(rank)) for rank, status in enumerate(BEST_FIRST)]
    order: list[Any] = [F("dataset__file_count"), Case(*ranks, output_field=IntegerField()), F("id")]
    place = Window(RowNumber(), partition_by=F("sha256"), order_by=order)
    return files.visible_to(user).annotate(place=place).filter(place=1).order_by("sha256").values(*COLUMNS)
