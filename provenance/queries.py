"""What can be asked: query parameters, checked."""

import re
from typing import Any

from rest_framework import serializers

from common.api.queries import QuerySerializer
from provenance.walking import Direction

LARGEST_PAGE, DEFAULT_PAGE = 2_000, 500
DEEPEST = 1_000
LEAST_RUNS, MOST_RUNS = 2, 5
MOST_LINES, DEFAULT_LINES = 5_000, 500
CHECKSUMS = {"sha256": 64, "md5": 32}


def _checksum(name: str, kind: str) -> serializers.RegexField:
    digits = CHECKSUMS[name]
    return serializers.RegexField(
        re.compile(rf"^[0-9a-fA-F]{{{digits}}}\Z"),
        required=False,
        error_messages={"invalid": f"must be {digits} hexadecimal digits"},
        help_text=f"{kind} of the content in hexadecimal.",
    )


class WhenceQuery(QuerySerializer):
    """Which data is meant: by exactly one of these."""

    sha256 = _checksum("sha256", "SHA-256")
    md5 = _checksum("md5", "MD5")
    path = serializers.CharField(
        required=False, max_length=1024, trim_whitespace=False, help_text="Path in its dataset, exactly."
    )
    uri = serializers.CharField(
        required=False,
        max_length=4096,
        trim_whitespace=False,
        help_text="Where it was found: an absolute path or a URI.",
    )
    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=500, default=100, help_text="The most files that are told."
    )

    def validate(self, attrs: Any) -> Any:
        """One thing is asked for."""
        given = [name for name in ("sha256", "md5", "path", "uri") if name in attrs]
        if not given:
            raise serializers.ValidationError({"sha256": ["give one of sha256, md5, path, uri"]})
        if len(given) > 1:
            raise serializers.ValidationError(
                {name: [f"cannot be given together with {given[0]}"] for name in given[1:]}
            )
        return attrs

    @property
    def asked(self) -> tuple[str, str]:
        """The parameter that was given, and its value; hexadecimal digits are small ones in the registry."""
        name = next(one for one in ("sha256", "md5", "path", "uri") if one in self.validated_data)
        value = self.validated_data[name]
        return name, value.lower() if name in CHECKSUMS else value


class LineageQuery(QuerySerializer):
    """How much of a lineage is wanted."""

    direction = serializers.ChoiceField(
        [*Direction, "both"],
        default="both",
        help_text="`up`: what it comes from; `down`: what came of it.",
    )
    depth = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=DEEPEST,
        help_text="The most runs between the start and a node; as many as fit on the page if not said.",
    )
    limit = serializers.IntegerField(
        default=DEFAULT_PAGE,
        min_value=1,
        max_value=LARGEST_PAGE,
        help_text="The most runs and datasets in one direction; the nearest come first.",
    )

    @property
    def directions(self) -> list[Direction]:
        """The wanted directions."""
        wanted = self.validated_data["direction"]
        return [one for one in Direction if wanted in (one, "both")]


class CompareQuery(QuerySerializer):
    """Which runs are compared."""

    ids = serializers.CharField(help_text=f"{LEAST_RUNS} to {MOST_RUNS} ids of runs, divided by commas.")
    all = serializers.BooleanField(default=False, help_text="Also what is the same.")
    limit = serializers.IntegerField(
        default=DEFAULT_LINES, min_value=1, max_value=MOST_LINES, help_text="The most rows of each section."
    )

    def validate_ids(self, value: str) -> Any:
        """The ids, in the order in which they were given."""
        found = [
            serializers.UUIDField().run_validation(text.strip()) for text in value.split(",")[: MOST_RUNS + 1]
        ]
        if not LEAST_RUNS <= len(found) <= MOST_RUNS:
            raise serializers.ValidationError(f"must be {LEAST_RUNS} to {MOST_RUNS} ids, divided by commas")
        if len(set(found)) < len(found):
            raise serializers.ValidationError("must be different runs")
        return found
