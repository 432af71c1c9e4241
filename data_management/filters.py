"""How collections, datasets, files and transfers are looked for."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters

from common.api.filters import (
    BooleanFilter,
    ChoicesFilter,
    OwnedFilterSet,
    RegistryFilterSet,
    TagFilter,
    UUIDFilter,
)
from data_management.models import STATUS_CHOICES, DataFile, Dataset, DatasetCollection, FileTransfer


class DatasetCollectionFilterSet(OwnedFilterSet):
    """Collections."""

    dataset = UUIDFilter(field_name="items__dataset", label="id of a dataset that stands in it")

    class Meta:
        model = DatasetCollection
        fields: tuple[str, ...] = ()


class DatasetFilterSet(OwnedFilterSet):
    """Datasets."""

    collection = UUIDFilter(field_name="collection_items__collection")
    status = ChoicesFilter(choices=STATUS_CHOICES)
    dataset_type = filters.CharFilter()
    tag = TagFilter()
    is_managed = BooleanFilter(field_name="is_managed")
    workflowrun = UUIDFilter(field_name="run_links__workflowrun", distinct=True, label="id of a run")
    file = filters.CharFilter(method="by_file", label="part of the name of a file")
    checksum = filters.CharFilter(method="by_checksum", label="SHA-256 or MD5 of a file")

    class Meta:
        model = Dataset
        fields: tuple[str, ...] = ()

    def by_file(self, rows: QuerySet, name: str, value: str) -> Any:
        """A file of the dataset is called like that."""
        return rows.filter(id__in=DataFile.objects.filter(name__icontains=value).values("dataset_id"))

    def by_checksum(self, rows: QuerySet, name: str, value: str) -> Any:
        """A file of the dataset has that content; the length of the text tells which checksum it is."""
        column = "md5sum" if len(value) == 32 else "sha256"
        return rows.filter(id__in=DataFile.objects.filter(**{column: value.lower()}).values("dataset_id"))


class DataFileFilterSet(RegistryFilterSet):
    """Files."""

    dataset = UUIDFilter(field_name="dataset")
    collection = UUIDFilter(
        field_name="dataset__collection_items__collection", distinct=True, label="id of a collection"
    )
    workflowrun = UUIDFilter(field_name="dataset__run_links__workflowrun", distinct=True, label="id of a run")
    name = filters.CharFilter(lookup_expr="icontains")
    search = filters.CharFilter(field_name="name", lookup_expr="icontains", label="part of the name")
    file_format = filters.CharFilter(field_name="format")
    status = ChoicesFilter(choices=STATUS_CHOICES)
    sha256 = filters.CharFilter(field_name="sha256")
    md5sum = filters.CharFilter(field_name="md5sum")

    class Meta:
        model = DataFile
        fields: tuple[str, ...] = ()


class FileTransferFilterSet(RegistryFilterSet):
    """Transfers."""

    state = ChoicesFilter(choices=FileTransfer.State.choices)
    has_failures = BooleanFilter(method="by_failures", label="with files that could not be taken in")
    search = filters.CharFilter(
        field_name="input_dir", lookup_expr="icontains", label="part of the directory"
    )

    class Meta:
        model = FileTransfer
        fields: tuple[str, ...] = ()

    def by_failures(self, rows: QuerySet, name: str, value: bool) -> Any:
        """Whether a file has the status ERROR since the last attempt."""
        return rows.filter(files_failed__gt=0) if value else rows.filter(files_failed=0)
