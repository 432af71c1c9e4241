"""A plan: what is to be registered of a run, as a frozen value, and the body of the request that registers it."""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from run_directories.findings import FoundRun, Role
from run_directories.hashing import Digest
from run_directories.placing import PlannedFile
from run_directories.remarks import Remarks
from run_directories.wire import Wire, as_posix

# What a run takes in, and what may therefore be in the registry before the run is.
TAKEN_IN = frozenset({Role.INPUT, Role.PARAMETER, Role.CONFIG})
OUT_OF_REACH = (
    "Cannot be sent, as they lie outside of the run's directory (copy them into it, or register them where they "
    "are first)"
)
NO_CHECKSUM = "Could not be read here or changed meanwhile, so that they are sent without a checksum"


@dataclass(frozen=True, slots=True)
class PlannedDataset:
    """A dataset that is to be made; ``collection`` is a name, empty for none."""

    name: str
    role: Role
    files: tuple[PlannedFile, ...]
    collection: str = ""

    @property
    def size(self) -> int:
        """The bytes of its files."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class LinkedFile:
    """A file that the registry has already, in the dataset with this id."""

    file: PlannedFile
    dataset_id: str


@dataclass(frozen=True, slots=True)
class Count:
    """How much there is of a role. ``linked`` are files that the registry has already."""

    role: Role
    datasets: int
    files: int
    size: int
    linked: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be registered. ``outside`` are files out of the registry's reach that it may know all the same."""

    run: FoundRun
    root: Path
    version_id: str = ""
    datasets: tuple[PlannedDataset, ...] = ()
    outside: tuple[PlannedFile, ...] = ()
    linked: tuple[LinkedFile, ...] = ()
    ignored: int = 0
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def files(self) -> Iterator[PlannedFile]:
        """Every file that is to be sent."""
        return (file for dataset in self.datasets for file in dataset.files)

    def files_to_hash(self) -> tuple[PlannedFile, ...]:
        """The files whose checksum is not known yet, those out of reach among them: the registry may know them."""
        return tuple(file for file in (*self.files(), *self.outside) if not file.sha256)

    def hashed(self, digests: Mapping[Path, Digest]) -> "Plan":
        """The plan with checksums, by the files' paths."""
        remarks = Remarks()
        remarks.extend(self.remarks)
        datasets = tuple(
            replace(one, files=tuple(_with_digest(file, digests, remarks) for file in one.files))
            for one in self.datasets
        )
        outside = tuple(_with_digest(file, digests, remarks) for file in self.outside)
        return replace(self, datasets=datasets, outside=outside, remarks=remarks.sentences())

    def checksums(self) -> frozenset[str]:
        """The SHA-256 of what the run took in: the registry is to be asked which of these it knows."""
        wanted = (file for one in self.datasets if one.role in TAKEN_IN for file in one.files)
        return frozenset(file.sha256 for file in (*wanted, *self.outside) if _tells_apart(file))

    def linked_to(self, known: Mapping[str, str]) -> "Plan":
        """The plan in which files that the registry has are not sent again; ``known`` gives the dataset of each.

        What lies out of reach and is not known becomes a remark here.
        """
        remarks, linked = Remarks(), list(self.linked)
        remarks.extend(self.remarks)
        datasets = []
        for one in self.datasets:
            files = tuple(file for file in one.files if not _is_known(file, known))
            linked += _links(one.files, known)
            if files:
                datasets.append(replace(one, files=files))
        linked += _links(self.outside, known)
        for file in self.outside:
            if not _is_known(file, known):
                remarks.note(OUT_OF_REACH, file.relative)
        return replace(
            self, datasets=tuple(datasets), outside=(), linked=tuple(linked), remarks=remarks.sentences()
        )

    def without(self, registered: Collection[tuple[str, str]]) -> "Plan":
        """The plan without files that the run has already: their paths (``uri``) with their SHA-256."""
        datasets = (
            replace(one, files=tuple(file for file in one.files if (file.uri, file.sha256) not in registered))
            for one in self.datasets
        )
        return replace(self, datasets=tuple(one for one in datasets if one.files))

    def body(
        self,
        workflowversion_id: str,
        known: Mapping[str, str] | None = None,
        *,
        run_id: str = "",
        input_dir: str = "",
        owned_by: str = "",
        transfer: str = "copy",
        public: bool = False,
    ) -> dict[str, Any]:
        """The body of the register endpoint; for the run ``run_id`` if it is there already.

        ``input_dir`` is the run's directory as the server calls it, where it has another name there.
        """
        linked = self.linked_to(known or {})
        return _written(linked, workflowversion_id or self.version_id, run_id) | {
            "input_dir": input_dir or os.path.realpath(self.root),
            "transfer": transfer,
            **({"owned_by": owned_by} if owned_by else {}),
            **({"public": True} if public else {}),
        }

    def counts(self) -> tuple[Count, ...]:
        """How much there is of each role that there is something of."""
        return tuple(count for role in Role if (count := self._count(role)).files or count.linked)

    def _count(self, role: Role) -> Count:
        datasets = [one for one in self.datasets if one.role == role]
        linked = sum(one.file.role == role for one in self.linked)
        files = sum(len(one.files) for one in datasets)
        return Count(role, len(datasets), files, sum(one.size for one in datasets), linked)


def _with_digest(file: PlannedFile, digests: Mapping[Path, Digest], remarks: Remarks) -> PlannedFile:
    if file.sha256:
        return file
    if digest := digests.get(file.path):
        return replace(file, size=digest.size, sha256=digest.sha256, md5=digest.md5)
    remarks.note(NO_CHECKSUM, file.relative)
    return file


def _tells_apart(file: PlannedFile) -> bool:
    """Whether a checksum says which file it is: all empty files have the same one."""
    return bool(file.sha256) and file.size > 0


def _is_known(file: PlannedFile, known: Mapping[str, str]) -> bool:
    return file.role in TAKEN_IN and _tells_apart(file) and file.sha256 in known


def _links(files: Iterable[PlannedFile], known: Mapping[str, str]) -> list[LinkedFile]:
    return [LinkedFile(file, known[file.sha256]) for file in files if _is_known(file, known)]


# --- the request ----------------------------------------------------------------------------------------------


def _written(plan: Plan, version_id: str, run_id: str) -> dict[str, Any]:
    run = Wire(Remarks()).run(plan.run, _NamedFiles(plan))
    collections = dict.fromkeys(one.collection for one in plan.datasets if one.collection)
    labels = {name: f"collection-{number}" for number, name in enumerate(collections, 1)}
    which = {"id": run_id, "new": False} if run_id else {"new": True}
    version = {"workflowversion": version_id} if version_id else {}
    return {
        "workflowrun": {**which, **version, **run},
        "collections": [{"id": label, "name": name} for name, label in labels.items()],
        "datasets": [*_existing(plan), *(_dataset(one, labels) for one in plan.datasets)],
    }


def _existing(plan: Plan) -> list[dict[str, Any]]:
    pairs = dict.fromkeys((one.dataset_id, str(one.file.role)) for one in plan.linked)
    return [{"id": key, "new": False, "data_type": role} for key, role in pairs]


def _dataset(dataset: PlannedDataset, labels: Mapping[str, str]) -> dict[str, Any]:
    collection = {"collection": labels[dataset.collection]} if dataset.collection else {}
    files = [_file(file) for file in dataset.files]
    return {
        "new": True,
        "name": dataset.name,
        "data_type": str(dataset.role),
        **collection,
        "datafiles": files,
    }


def _file(file: PlannedFile) -> dict[str, Any]:
    # Where it lies it may be called otherwise, such as by its checksum.
    name = file.relative.rsplit("/", 1)[-1]
    said = {
        "uri": file.uri,
        "name": "" if file.uri.rsplit("/", 1)[-1] == name else name,
        "format": file.format,
        "mime_type": file.mime_type,
        "sha256": file.sha256,
        "md5sum": file.md5,
    }
    # What could not be read whole may still be growing: the registry is to measure it itself.
    size = {"size": file.size} if file.sha256 else {}
    return {**{name: value for name, value in said.items() if value}, **size}


class _NamedFiles:
    """What the paths that jobs name are called in the request."""

    def __init__(self, plan: Plan) -> None:
        self.aliases = plan.aliases
        self.checksums = {one.file.place: one.file.sha256 for one in plan.linked}

    def __call__(self, path: str) -> list[dict[str, str]]:
        """The path or paths; with its checksum one of an existing dataset, where it may have another path."""
        tidy = as_posix(path)
        return [self._named(place) for place in self.aliases.get(path) or self.aliases.get(tidy) or (tidy,)]

    def _named(self, place: str) -> dict[str, str]:
        checksum = self.checksums.get(place)
        return {"path": place, "sha256": checksum} if checksum else {"path": place}
