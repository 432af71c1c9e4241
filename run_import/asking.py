"""What becomes of the addresses of one request: work that is under way already, or new."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from common.bulk import PORTION, portions
from common.errors import Conflict
from data_management.services import Ownership
from run_import.models import ImportedRun, RunImport, RunServer

SENT_AT_ONCE = 4  # of one server; more would only be told to wait
TURN = timedelta(seconds=30)  # about as long as the imports of one go take
FLAGS = ("create_datasets", "download", "rocrate", "follow")
LABELLED, ALL = RunImport.Outputs.LABELLED, RunImport.Outputs.ALL
Key = tuple[UUID, str, str]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What is wanted of a run: datasets of its inputs and outputs, their contents, the source's own crate, its end.

    ``paths`` are patterns of files whose contents are wanted, whatever becomes a dataset.
    """

    create_datasets: bool = False
    outputs: str = str(LABELLED)
    download: bool = False
    rocrate: bool = False
    follow: bool = False
    paths: tuple[str, ...] = ()

    def columns(self) -> dict[str, Any]:
        """The columns of an import."""
        return {
            "outputs": self.outputs,
            "paths": list(self.paths),
            **{name: getattr(self, name) for name in FLAGS},
        }

    @classmethod
    def of(cls, wanted: RunImport) -> Self:
        """What an import was asked to do."""
        flags = {name: getattr(wanted, name) for name in FLAGS}
        return cls(outputs=wanted.outputs, paths=tuple(wanted.paths), **flags)


@dataclass(frozen=True, slots=True)
class Wish:
    """One thing to import: from where, and what."""

    server: RunServer
    kind: str
    id: str
    page: str

    @property
    def key(self) -> Key:
        """By which it is recognised; things of different kinds may have the same id."""
        return self.server.pk, self.kind, self.id


class Asked:
    """One request: who asks for what, and what has been made of it; lives within a transaction."""

    def __init__(self, user: Any, group: Any, public: bool, options: ImportOptions) -> None:
        self._user, self._group, self._public = user, group, public
        self._options = options
        self._parent: RunImport | None = None
        self._made: Counter[UUID] = Counter()
        self._to_send: list[RunImport] = []

    def work_for(self, wishes: Sequence[Wish]) -> list[RunImport]:
        """The work for each wish: that which is under way, or new."""
        found: dict[Key, RunImport] = {}
        self._lock({one.server.pk for one in wishes})
        for portion in portions(list({one.key: one for one in wishes}.values())):
            under_way = self._under_way(portion)
            for key, earlier in under_way.items():
                self._add_to(earlier)
                found[key] = earlier
            found |= self._new([one for one in portion if one.key not in under_way])
        return [found[one.key] for one in wishes]

    def children(self, parent: RunImport, wishes: Sequence[Wish]) -> list[RunImport]:
        """The work for each wish that the parent has no child for."""
        self._parent = parent
        self._lock({one.server.pk for one in wishes})
        # Locked, so that whoever cancels the parent finds its children.
        kept = RunImport.objects.select_for_update(of=("self",)).get(pk=parent.pk)
        if kept.state == RunImport.State.CANCELLED:
            return []
        there = RunImport.objects.filter(parent=parent, external_id__in=[one.id for one in wishes])
        had = set(there.values_list("external_id", flat=True))
        wishes = [one for one in wishes if one.id not in had]
        adopted = {key: row for key, row in self._under_way(wishes).items() if self._adopts(row)}
        new = self._new([one for one in wishes if one.key not in adopted])
        return [*adopted.values(), *new.values()]

    def send(self) -> None:
        """Wake workers, once all is really there."""
        for row in self._to_send:
            row.send_on_commit()

    def _lock(self, servers: set[UUID]) -> None:
        """Two who ask for the same at the same time come one after the other."""
        rows = RunServer.objects.select_for_update(no_key=True).filter(pk__in=servers)
        list(rows.order_by("pk").values_list("pk"))

    def _under_way(self, wishes: Sequence[Wish]) -> dict[Key, RunImport]:
        """The imports of the same things for the same group that have not ended."""
        rows = RunImport.objects.under_way().filter(of_group(self._user, self._group))
        rows = rows.filter(
            server__in={one.server.pk for one in wishes}, external_id__in=[one.id for one in wishes]
        )
        rows = rows.select_related("server", "owner", "owned_by").order_by("-id")
        wanted = {one.key for one in wishes}
        found = {
            (row.server_id, row.kind, row.external_id): row for row in rows.select_for_update(of=("self",))
        }
        return {key: row for key, row in found.items() if key in wanted}

    def _add_to(self, earlier: RunImport) -> None:
        """Merge what is asked for now into what is under way; one that only waits for the run to go on asks at once."""
        more = self._more_than(earlier)
        if more and not self._may_edit(earlier):
            raise Conflict(
                f"{earlier.owner} has {earlier.url} imported for this group already, without {', '.join(more)}: "
                "ask for it when that has ended, or ask a manager of the group."
            )
        if more:
            more["recorded_at"] = None  # what was written down before is too little now
        follows = earlier.phase == RunImport.Phase.FOLLOWING and earlier.state == RunImport.State.PENDING
        if follows and self._may_edit(earlier):
            more["due_at"] = timezone.now()
            self._to_send.append(earlier)
        if more:
            self._write(earlier, more)

    def _more_than(self, earlier: RunImport) -> dict[str, Any]:
        """The columns of an import that would do more than they do now."""
        more: dict[str, Any] = {
            name: True for name in FLAGS if getattr(self._options, name) and not getattr(earlier, name)
        }
        if self._options.outputs == ALL != earlier.outputs:
            more["outputs"] = ALL
        if new := [one for one in self._options.paths if one not in earlier.paths]:
            more["paths"] = [*earlier.paths, *new]
        if self._public and not earlier.makes_public:
            more["makes_public"] = True
        return more

    def _may_edit(self, earlier: RunImport) -> bool:
        return RunImport.objects.editable_by(self._user).filter(pk=earlier.pk).exists()

    def _adopts(self, earlier: RunImport) -> bool:
        """Whether a single import of the same person now is the parent's child."""
        if earlier.parent_id or earlier.owner_id != self._user.pk:
            return False
        self._write(earlier, {**self._more_than(earlier), "parent": self._parent})
        return True

    def _write(self, earlier: RunImport, facts: dict[str, Any]) -> None:
        """Only while it is under way, and only these columns: a worker may write others at the same time."""
        for name, value in facts.items():
            setattr(earlier, name, value)
        RunImport.objects.filter(pk=earlier.pk).under_way().update(**facts)

    def _line_up(self, row: RunImport) -> None:
        """The first of a server are sent; the others wait for their turn, and the sweep sees to it that it comes."""
        self._made[row.server_id] += 1
        behind = (self._made[row.server_id] - 1) // SENT_AT_ONCE
        if behind:
            row.phase, row.due_at = RunImport.Phase.WAITING, timezone.now() + behind * TURN
        else:
            self._to_send.append(row)

    def _new(self, wishes: Sequence[Wish]) -> dict[Key, RunImport]:
        runs = known_runs(wishes, self._user, self._group)
        facts = {
            **Ownership(self._user, self._group).authorship(),
            "owner": self._user,
            "owned_by": self._group,
            **self._options.columns(),
            "makes_public": self._public,
            "parent": self._parent,
        }
        rows = [
            RunImport(
                server=one.server, kind=one.kind, external_id=one.id, url=one.page, **facts,
                workflowrun_id=runs.get((one.server.pk, one.id)) if one.kind == RunImport.RUN else None,
            )
            for one in wishes
        ]  # fmt: skip
        for row in rows:
            self._line_up(row)
        RunImport.objects.bulk_create(rows, batch_size=PORTION)
        return {one.key: row for one, row in zip(wishes, rows, strict=True)}


def known_runs(wishes: Sequence[Wish], user: Any, group: Any) -> dict[tuple[UUID, str], UUID]:
    """The runs that a group has of these, as far as the user may see them: by server and the source's identifier."""
    ids = [one.id for one in wishes if one.kind == RunImport.RUN]
    rows = ImportedRun.objects.visible_to(user).filter(external_id__in=ids)
    rows = rows.filter(server__in={one.server.pk for one in wishes})
    rows = rows.filter(of_group(user, group, "workflowrun__")).order_by("id")
    found = rows.values_list("server_id", "external_id", "workflowrun_id")
    return {(server, external_id): run for server, external_id, run in found}


def of_group(user: Any, group: Any, prefix: str = "") -> Q:
    """The rows of a group; without one, those of the user that belong to none."""
    if group is not None:
        return Q(**{f"{prefix}owned_by": group})
    return Q(**{f"{prefix}owned_by": None, f"{prefix}owner": user})
