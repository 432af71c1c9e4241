"""Imports of every kind in one list, the newest first."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Model, QuerySet, Value

from common.models import UserLike
from galaxy_import.models import GalaxyImport
from rocrate_import.models import CrateImport
from web.seen import mark_runs

GALAXY, CRATE = "galaxy", "crate"


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A line of the list."""

    kind: str
    work: Any  # a CrateImport, or a GalaxyImport with its server

    @property
    def is_galaxy(self) -> bool:
        """Whether it comes from a Galaxy server."""
        return self.kind == GALAXY


class ImportFilterForm(forms.Form):
    """What a person narrows the list of imports by; it is sent by GET, so that the address holds it."""

    state = forms.ChoiceField(
        required=False,
        choices=[("", "Any state"), *((one.value, one.value.capitalize()) for one in GalaxyImport.State)],
    )
    source = forms.ChoiceField(
        label="From",
        required=False,
        choices=[("", "Galaxy and crates"), (GALAXY, "Galaxy"), (CRATE, "RO-Crates")],
    )
    who = forms.ChoiceField(
        label="Whose", required=False, choices=[("", "My groups’ and mine"), ("me", "Mine")]
    )

    def asked_for(self) -> dict[str, str]:
        """The values that narrow the list, by field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def imports_for(user: UserLike, asked: dict[str, str]) -> QuerySet:
    """The ids and kinds of the imports that ``user`` may see, newest first.

    What a history or a workflow of Galaxy made stands on its own page, and here only if a state is asked for.
    """
    conditions = {"state": asked["state"]} if "state" in asked else {}
    if asked.get("who") == "me":
        conditions["owner"] = user.pk
    of_galaxy = GalaxyImport.objects.visible_to(user).filter(**conditions)
    if "state" not in asked:
        of_galaxy = of_galaxy.filter(parent=None)
    kinds = {GALAXY: of_galaxy, CRATE: CrateImport.objects.visible_to(user).filter(**conditions)}
    wanted = [asked["source"]] if "source" in asked else list(kinds)
    first, *others = (_named(kinds[kind], kind) for kind in wanted)
    return (first.union(*others, all=True) if others else first).order_by("-pk")


def _named(rows: QuerySet, kind: str) -> QuerySet:
    return rows.order_by().annotate(import_kind=Value(kind)).values("pk", "import_kind")


def rows_of(found: list[dict[str, Any]], user: UserLike) -> list[ImportRow]:
    """The lines for these ids and kinds, in their order, each work with its ``run``: three queries."""
    known: dict[tuple[str, UUID], Model] = {}
    readers = {
        GALAXY: GalaxyImport.objects.select_related("owner", "server"),
        CRATE: CrateImport.objects.select_related("owner"),
    }
    for kind, rows in readers.items():
        ids = [one["pk"] for one in found if one["import_kind"] == kind]
        known |= {(kind, row.pk): row for row in rows.filter(pk__in=ids)} if ids else {}
    mark_runs(user, known.values())
    pairs = ((one["import_kind"], one["pk"]) for one in found)
    return [ImportRow(kind, known[kind, key]) for kind, key in pairs if (kind, key) in known]
