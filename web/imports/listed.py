"""Imports of every kind in one list, the newest first."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet, Value
from django.utils import timezone

from accounts.models import Group, Membership, User
from common.models import UserLike
from data_management.models import FileTransfer
from rocrate_import.models import CrateImport
from run_import.models import RunImport
from run_import.sources import every_source
from run_registration.models import DirectoryRegistration
from web.seen import mark_runs

RUN, CRATE, DROPBOX, TRANSFER = "run", "crate", "dropbox", "transfer"
KINDS: dict[str, Any] = {
    RUN: RunImport,
    CRATE: CrateImport,
    DROPBOX: DirectoryRegistration,
    TRANSFER: FileTransfer,
}
GOING = (RunImport.State.PENDING, RunImport.State.RUNNING)
OF_GROUP = "group:"  # before the id of one
MOST_CHOICES = 200
SOONEST, LATEST = 2, 60  # seconds until a row that is going is worth another look


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A line of the list."""

    kind: str
    work: Any  # one of KINDS, a RunImport with its server

    @property
    def is_going(self) -> bool:
        """Whether anybody works on it, or will."""
        return self.work.state in GOING

    @property
    def done(self) -> int:
        """How much is done, in the unit of ``total``."""
        return int(self._counts[0])

    @property
    def total(self) -> int:
        """How much there is to do, as far as it is known; 0 where it is not."""
        return int(self._counts[1])

    @property
    def _counts(self) -> tuple[int, int]:
        work = self.work
        if self.kind == RUN and not work.files_total:
            return work.jobs_done, work.jobs_total
        if work.bytes_total:
            return work.bytes_done, work.bytes_total
        return work.files_done, work.files_total

    @property
    def seconds(self) -> int:
        """When to look again: soon at what just began, ever later at what takes long."""
        age = timezone.now() - (self.work.started_at or self.work.created)
        rest = (self.work.due_at - timezone.now()) if self.work.state == GOING[0] else timedelta()
        return max(SOONEST, min(LATEST, int(max(age.total_seconds() / 10, rest.total_seconds()))))


class ImportFilterForm(forms.Form):
    """What a person narrows the list of imports by; it is sent by GET, so that the address holds it."""

    state = forms.ChoiceField(
        required=False,
        choices=[("", "Any state"), *((one.value, one.value.capitalize()) for one in RunImport.State)],
    )
    source = forms.ChoiceField(
        label="From",
        required=False,
        choices=lambda: [
            ("", "Anywhere"),
            *((one.name, one.title) for one in every_source()),
            (CRATE, "RO-Crates"),
            (DROPBOX, "Dropboxes"),
            (TRANSFER, "File transfers"),
        ],
    )
    who = forms.ChoiceField(label="Requested by", required=False)
    order = forms.ChoiceField(
        label="Order", required=False, choices=[("", "Newest first"), ("oldest", "Oldest first")]
    )

    def __init__(self, data: Any, *, user: UserLike) -> None:
        super().__init__(data, label_suffix="")
        who: Any = self.fields["who"]
        who.choices = [("", "Anyone"), ("me", "Me"), *_others(user)]

    def asked_for(self) -> dict[str, str]:
        """The values that narrow the list, by field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def _others(user: UserLike) -> list[tuple[str, list[tuple[str, str]]]]:
    """The groups of ``user``, and who else is in them: whose imports one may see."""
    groups = Group.objects.of(user).order_by("name")[:MOST_CHOICES]
    people = User.objects.filter(pk__in=Membership.objects.filter(group__in=user.group_ids()).values("user"))
    people = people.exclude(pk=user.pk).order_by("first_name", "last_name", "username")[:MOST_CHOICES]
    found = {
        "Groups": [(f"{OF_GROUP}{one.pk}", one.name) for one in groups],
        "People": [(str(one.pk), one.full_name) for one in people],
    }
    return [(title, choices) for title, choices in found.items() if choices]


def _asked_of(user: UserLike, who: str) -> dict[str, Any]:
    """The condition for whom the form names; they are all choices of it."""
    if who.startswith(OF_GROUP):
        return {"owned_by": who.removeprefix(OF_GROUP)}
    return {"owner": user.pk if who == "me" else who} if who else {}


def imports_for(user: UserLike, asked: dict[str, str]) -> QuerySet:
    """The ids and kinds of the imports that ``user`` may see, newest first unless the oldest are asked for.

    What something that holds several runs made stands on its own page, and here only if a state is asked for. Of the
    transfers of files, which every registration makes, those are listed that go on or failed, unless asked for.
    """
    conditions = _asked_of(user, asked.get("who", ""))
    conditions |= {"state": asked["state"]} if "state" in asked else {}
    found = {kind: model.objects.visible_to(user).filter(**conditions) for kind, model in KINDS.items()}
    if "state" not in asked:
        found[RUN] = found[RUN].filter(parent=None)
    if "source" not in asked:
        unsettled = Q(state__in=(*GOING, FileTransfer.State.FAILED)) | Q(files_failed__gt=0)
        found[TRANSFER] = found[TRANSFER].filter(unsettled)
    wanted = list(found)
    if "source" in asked:
        wanted = [asked["source"]] if asked["source"] in KINDS else [RUN]
        if wanted == [RUN]:
            found[RUN] = found[RUN].of_source(asked["source"])
    first, *others = (_named(found[kind], kind) for kind in wanted)
    every = first.union(*others, all=True) if others else first
    return every.order_by("pk" if asked.get("order") == "oldest" else "-pk")


def _named(rows: QuerySet, kind: str) -> QuerySet:
    return rows.order_by().annotate(import_kind=Value(kind)).values("pk", "import_kind")


def rows_of(found: list[dict[str, Any]], user: UserLike) -> list[ImportRow]:
    """The lines for these ids and kinds, in their order, each work with its ``run``: one query more than kinds."""
    known: dict[tuple[str, UUID], Any] = {}
    for kind, model in KINDS.items():
        ids = [one["pk"] for one in found if one["import_kind"] == kind]
        rows = model.objects.select_related(*(("owner", "server") if kind == RUN else ("owner",)))
        known |= {(kind, row.pk): row for row in rows.filter(pk__in=ids)} if ids else {}
    managed = set(user.managed_group_ids())
    for row in known.values():
        row.may_edit = user.is_superuser or row.owner_id == user.pk or row.owned_by_id in managed
    mark_runs(user, [row for (kind, _), row in known.items() if kind != TRANSFER])
    pairs = ((one["import_kind"], one["pk"]) for one in found)
    return [ImportRow(kind, known[kind, key]) for kind, key in pairs if (kind, key) in known]


def row_of(key: UUID, user: UserLike) -> ImportRow | None:
    """The line of one import, None where there is none that ``user`` may see."""
    for kind, model in KINDS.items():
        if model.objects.visible_to(user).filter(pk=key).exists():
            return rows_of([{"pk": key, "import_kind": kind}], user)[0]
    return None
