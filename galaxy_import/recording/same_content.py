"""Datasets of the registry that hold what a dataset of Galaxy holds, by checksum."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from common.bulk import portions
from data_management.models import DataFile, Dataset
from data_management.services import Ownership
from galaxy_import.values import GalaxyData, GalaxyFile

Found = tuple[UUID, UUID]  # a dataset, and its file


def same_content(data: Sequence[GalaxyData], ownership: Ownership) -> Iterator[tuple[GalaxyData, Found]]:
    """Those of which the group has a dataset with one file of the same content, the oldest one, that the user sees.

    The same is what has the same SHA-256, or the same MD5 and size. Nothing is the same as what is empty.
    """
    single = [
        one for one in data if len(one.files) == 1 and not one.collection_type and one.files[0].size != 0
    ]
    by_sha256 = _found("sha256", {_hash(one.files[0], "SHA256") for one in single}, ownership)
    by_md5 = _found("md5sum", {_hash(one.files[0], "MD5") for one in single}, ownership)
    for one in single:
        file = one.files[0]
        same = by_sha256.get((_hash(file, "SHA256"), None)) or by_md5.get((_hash(file, "MD5"), file.size))
        if same:
            yield one, same


def _found(column: str, digests: set[str], ownership: Ownership) -> dict[tuple[str, int | None], Found]:
    """Dataset and file by checksum and size; by SHA-256 alone, which needs no size."""
    seen = Dataset.objects.visible_to(ownership.user).filter(owned_by=ownership.group, file_count=1)
    rows = DataFile.objects.filter(dataset__in=seen).exclude(**{column: ""}).order_by("-dataset_id")
    found: dict[tuple[str, int | None], Found] = {}
    for portion in portions(sorted(digests - {""})):
        same = rows.filter(**{f"{column}__in": portion})
        for digest, size, dataset, file in same.values_list(column, "size", "dataset_id", "id"):
            found[digest, None if column == "sha256" else size] = dataset, file
    return found


def _hash(file: GalaxyFile, name: str) -> str:
    """A checksum of Galaxy's, which writes ``SHA-256`` and ``MD5``; empty where there is none."""
    return {key.upper().replace("-", ""): value.lower() for key, value in file.hashes.items()}.get(name, "")
