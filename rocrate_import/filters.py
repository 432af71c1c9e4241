"""How imports of crates are looked for."""

from django_filters import rest_framework as filters

from common.api.filters import ChoicesFilter, RegistryFilterSet, TimeFilter, UUIDFilter
from rocrate_import.models import CrateImport


class CrateImportFilterSet(RegistryFilterSet):
    """Imports."""

    state = ChoicesFilter(choices=CrateImport.State.choices)
    owner = UUIDFilter(field_name="owner", label="id of who asked for it")
    owned_by = UUIDFilter(field_name="owned_by", label="id of the group")
    workflowrun = UUIDFilter(field_name="workflowrun", label="id of the run that came of it")
    workflowversion = UUIDFilter(field_name="workflowversion", label="id of the version that came of it")
    sha256 = filters.CharFilter(field_name="sha256", label="SHA-256 of the archive")
    created_after = TimeFilter(field_name="created", lookup_expr="gte", label="asked for at or after")
    created_before = TimeFilter(field_name="created", lookup_expr="lt", label="asked for before")
    search = filters.CharFilter(field_name="name", lookup_expr="icontains", label="part of the name")

    class Meta:
        model = CrateImport
        fields: tuple[str, ...] = ()
