"""What only the registry can say about a registration: groups, rights, existing records, and the files on disk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings

from accounts.models import Group
from common.errors import NotAllowed, Violation
from common.statements import fetch_again
from data_management.dropbox import FoundFile, PathRefused, Resolver
from data_management.models import Dataset, DatasetCollection, Dropbox
from data_management.records import DatasetRecord, FileRecord, FileStatus
from data_management.register.body import Body, DatasetEntry, FileEntry
from workflows.models import WorkflowRun, WorkflowVersion

CHUNK = 5000
PATH_LENGTH, URI_LENGTH = 1024, 4096
NOT_FOUND = "there is no such {} that you may see"


@dataclass(slots=True)
class Plan:
    """A registration that was found to be right: who owns it, and the records to be written.

    ``datasets`` are in the order of the request, None for those that exist already.
    """

    group: Any
    input_dir: str = ""
    roots: list[str] = field(default_factory=list)
    run: WorkflowRun | None = None
    datasets: list[DatasetRecord | None] = field(default_factory=list)

    @property
    def file_count(self) -> int:
        """How many files are to be taken in."""
        return sum(len(one.files) for one in self.datasets if one)

    @property
    def byte_count(self) -> int:
        """How many bytes they have."""
        return sum(file.size or 0 for one in self.datasets if one for file in one.files)


class Checker:
    """Checks one body for one user; all that is wrong is collected in ``violations``."""

    def __init__(self, body: Body, user: Any) -> None:
        self.body, self.user = body, user
        self.violations: list[Violation] = []

    def plan(self) -> Plan:
        """The plan; worth something only while ``violations`` is empty. NotAllowed for a run that is read-only."""
        plan = Plan(group=self._group())
        plan.run = self._run()
        self._check_version()
        self._check_existing()
        plan.roots = self._roots(plan.group)
        resolver = Resolver(plan.roots)
        plan.input_dir = self._input_dir(resolver)
        plan.datasets = [
            self._record(number, entry, resolver, plan) for number, entry in enumerate(self.body.datasets)
        ]
        return plan

    def _missing(self, path: str, what: str) -> None:
        self.violations.append(Violation(path, NOT_FOUND.format(what), missing=True))

    # --- records that the body names --------------------------------------------------------------------

    def _group(self) -> Any:
        """The owning group: the one that is named, else the dropbox's, else the user's own."""
        if not self.body.owned_by:
            return self._group_of_dropbox() or self.user.default_group()
        wanted = _as_uuid(self.body.owned_by)
        if wanted in self.user.group_ids():
            return Group.from_db("default", ["id"], [wanted])
        groups = Group.objects.all()
        if not self.user.is_superuser:
            groups = groups.filter(memberships__user=self.user)
        found = groups.filter(pk=wanted).first() if wanted else groups.filter(name=self.body.owned_by).first()
        if found is None:
            self._missing("$.owned_by", "group")
        return found

    def _group_of_dropbox(self) -> Any:
        for box in Dropbox.objects.filter(user=self.user).select_related("group"):
            try:
                Resolver([box.path]).directory(self.body.input_dir)
            except PathRefused:
                continue
            return box.group
        return None

    def _run(self) -> WorkflowRun | None:
        if self.body.run is None or self.body.run.existing is None:
            return None
        runs = WorkflowRun.objects.filter(pk=self.body.run.existing)
        run = runs.visible_to(self.user).first()
        if run is None:
            self._missing("$.workflowrun.id", "run")
        elif not runs.editable_by(self.user).exists():
            raise NotAllowed("You may see this run but not change it; ask its owner to share it with you.")
        else:
            self._check_times(run, self.body.run.fields)
        return run

    def _check_times(self, run: WorkflowRun, fields: dict[str, Any]) -> None:
        """Also with the time that the request leaves as it is, a run is not completed before it is started."""
        start, end = (fields.get(name, getattr(run, name)) for name in ("started_at", "completed_at"))
        if start and end and end < start:
            place = "completed_at" if "completed_at" in fields else "started_at"
            self.violations.append(Violation(f"$.workflowrun.{place}", "the run would end before it starts"))

    def _check_version(self) -> None:
        entry = self.body.run
        if entry and entry.workflowversion and not self._sees_version(entry.workflowversion):
            self._missing("$.workflowrun.workflowversion", "workflow version")

    def _sees_version(self, key: UUID) -> bool:
        user = self.user
        who = (user.pk, user.is_superuser, tuple(user.group_ids()))
        seen = fetch_again(
            ("version", who),
            lambda: WorkflowVersion.objects.filter(pk=key).visible_to(user).order_by().values_list("pk"),
            value=key,
        )
        return bool(seen)

    def _check_existing(self) -> None:
        kinds: tuple[tuple[Any, str, Any], ...] = (
            (Dataset, "dataset", self.body.datasets),
            (DatasetCollection, "collection", self.body.collections),
        )
        for model, what, entries in kinds:
            named = [(number, one.existing) for number, one in enumerate(entries) if one.existing]
            seen = _visible(model, [key for _, key in named], self.user)
            for number, key in named:
                if key in seen:
                    entries[number].name = seen[key]
                else:
                    self._missing(f"$.{what}s[{number}].id", what)
        self._check_collections_editable()

    def _check_collections_editable(self) -> None:
        """Putting datasets into a collection changes it."""
        named = {one.existing for one in self.body.collections if one.existing}
        if not named:
            return
        seen = DatasetCollection.objects.filter(pk__in=named).visible_to(self.user)
        if seen.exclude(pk__in=DatasetCollection.objects.editable_by(self.user).values("pk")).exists():
            raise NotAllowed(
                "You may see this collection but not add to it; ask its owner to share it with you."
            )

    # --- files --------------------------------------------------------------------------------------------

    def _roots(self, group: Any) -> list[str]:
        found = fetch_again(
            ("dropboxes", self.user.pk, group and group.pk),
            lambda: Dropbox.objects.filter(user=self.user, group=group).values_list("path"),
        )
        return [
            *(path for (path,) in found),
            *(settings.REFERENCE_DIRS if self.body.mode == "reference" else []),
        ]

    def _input_dir(self, resolver: Resolver) -> str:
        if not self.body.input_dir:
            return ""
        try:
            return resolver.directory(self.body.input_dir)
        except PathRefused as problem:
            self.violations.append(Violation("$.input_dir", str(problem)))
            return ""

    def _record(
        self, number: int, entry: DatasetEntry, resolver: Resolver, plan: Plan
    ) -> DatasetRecord | None:
        if entry.existing:
            return None
        files: list[FileRecord] = []
        for place, file in enumerate(entry.files):
            try:
                files.extend(_file_records(file, resolver.find(file.uri, plan.input_dir), plan.input_dir))
            except PathRefused as problem:
                self.violations.append(
                    Violation(f"$.datasets[{number}].datafiles[{place}].uri", str(problem))
                )
        entry.files = []  # they are told by the record from here on; there may be very many
        return DatasetRecord(
            name=entry.name,
            description=entry.description,
            dataset_type=entry.dataset_type,
            collection=entry.collection,
            files=tuple(files),
        )


def _file_records(entry: FileEntry, found: list[FoundFile], input_dir: str) -> Iterator[FileRecord]:
    """The record of a file; one for each file of a folder, which has no checksum of its own to compare."""
    for one in found:
        relative = one.path[len(input_dir) + 1 :] if one.path.startswith(input_dir + "/") else ""
        name = one.path.rpartition("/")[2]
        if len(relative or name) > PATH_LENGTH or len(one.path) > URI_LENGTH:
            raise PathRefused(f"{one.path[:200]}… is too long: a path may have {PATH_LENGTH} characters")
        yield FileRecord(
            name=name if one.in_folder else entry.name or name,
            path=relative or name,
            uri=one.path,
            format=entry.format,
            mime_type=entry.mime_type,
            size=one.size if one.in_folder or entry.size is None else entry.size,
            sha256="" if one.in_folder else entry.sha256,
            md5sum="" if one.in_folder else entry.md5sum,
            status=FileStatus.NEW,
        )


def _visible(model: Any, keys: Iterable[UUID], user: Any) -> dict[UUID, str]:
    """The names of those rows that exist for the user; asked in portions, as a statement's values are limited."""
    wanted, seen = list(dict.fromkeys(keys)), {}
    for start in range(0, len(wanted), CHUNK):
        portion = model.objects.filter(pk__in=wanted[start : start + CHUNK])
        seen.update(portion.visible_to(user).values_list("pk", "name"))
    return seen


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
