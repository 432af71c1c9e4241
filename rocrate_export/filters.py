"""What the list of preparations can be narrowed by."""

from django_filters import rest_framework as filters

from common.api.filters import ChoicesFilter, RegistryFilterSet, UUIDFilter
from rocrate_export.models import SUBJECT_KINDS, CrateExport, StoredCrate


class CrateExportFilterSet(RegistryFilterSet):
    """Preparations of crates."""

    state = ChoicesFilter(choices=CrateExport.State.choices)
    subject_kind = ChoicesFilter(choices=SUBJECT_KINDS)
    subject_id = UUIDFilter(label="id of a run or of a version")
    search = filters.CharFilter(field_name="name", lookup_expr="icontains", label="part of the name")

    class Meta:
        model = CrateExport
        fields: tuple[str, ...] = ()


class StoredCrateFilterSet(RegistryFilterSet):
    """Archives that were given for one run or version."""

    sha256 = filters.CharFilter(label="SHA-256 of an archive")

    class Meta:
        model = StoredCrate
        fields: tuple[str, ...] = ()
