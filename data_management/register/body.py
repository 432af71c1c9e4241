"""The wire shape of a registration as a value, and its reading: all that is wrong is found in one pass.

No Django and no database here. Paths in violations are JSON paths: ``$.datasets[3].data_type``.
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from common.errors import Violation
from data_management.register.values import LARGEST, NAME_LENGTH, Values
from workflows.records import DataType, FileRole, RunStatus, StatusBasis

MODES = ("copy", "move", "reference")
TOP_KEYS = {"input_dir", "owned_by", "workflowrun", "collections", "datasets", "transfer", "public"}
RUN_KEYS = {
    "id", "name", "description", "new", "workflowversion", "run_command", "run_environment", "started_at",
    "completed_at", "status", "status_basis", "message", "source", "source_url", "external_id",
    "parameters", "steps", "jobs",
}  # fmt: skip
OBJECTS_OF_JOB = ("resources", "requested", "scheduler", "parameters", "environment")
COLLECTION_KEYS = {"id", "name", "description", "is_raw", "new"}
DATASET_KEYS = {
    "id", "new", "name", "description", "dataset_type", "collection", "data_type", "datafiles", "is_raw",
}  # fmt: skip
FILE_KEYS = {
    "name",
    "uri",
    "type",
    "filetype",
    "format",
    "mime_type",
    "byte",
    "size",
    "md5sum",
    "sha256",
    "is_folder",
}


@dataclass(slots=True)
class FileEntry:
    """A file as the request names it: ``uri`` is an absolute path, or relative to ``input_dir``."""

    uri: str
    name: str
    format: str
    mime_type: str
    size: int | None
    md5sum: str
    sha256: str


@dataclass(slots=True)
class DatasetEntry:
    """A dataset of the request: new with files, or existing with the registry's id."""

    label: str
    existing: UUID | None
    name: str
    description: str
    dataset_type: str
    collection: str
    data_type: DataType | None
    files: list[FileEntry]


@dataclass(slots=True)
class CollectionEntry:
    """A collection of the request; ``label`` is what datasets call it. ``existing`` is the registry's id."""

    label: str
    existing: UUID | None
    name: str
    description: str


@dataclass(slots=True)
class RunEntry:
    """The run of the request: ``existing``, or new with its fields. The parts are wire dictionaries, checked."""

    existing: UUID | None
    fields: dict[str, Any]
    workflowversion: UUID | None
    parameters: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    jobs: list[dict[str, Any]]


@dataclass(slots=True)
class Body:
    """A whole registration."""

    input_dir: str = ""
    owned_by: str = ""
    public: bool = False
    mode: str = "copy"
    run: RunEntry | None = None
    collections: list[CollectionEntry] = field(default_factory=list)
    datasets: list[DatasetEntry] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """A registration as it was understood, and all that is wrong with its shape.

    ``digest`` is the SHA-256 of the request's bytes, empty where there was no request.
    """

    body: Body
    violations: list[Violation]
    digest: str = ""

    @classmethod
    def of(cls, data: Any, digest: str = "") -> "Reading":
        """Read decoded JSON."""
        reader = Reader()
        return cls(reader.read(data), reader.violations, digest)


class Reader(Values):
    """Reads one request; what is wrong is collected in ``violations``, what is unknown in ``warnings``."""

    def read(self, data: Any) -> Body:
        """The request as a value; worth something only while ``violations`` is empty."""
        if not isinstance(data, dict):
            self.wrong("$", "must be an object with input_dir, datasets and more")
            return Body()
        self.unknown(data, TOP_KEYS, "$")
        body = Body(
            input_dir=self.text(data, "input_dir", "$", length=4096),
            owned_by=self.text(data, "owned_by", "$"),
            public=self.flag(data, "public", "$"),
            mode=self.choice(data, "transfer", "$", MODES) or "copy",
        )
        body.run = self.run(data["workflowrun"]) if data.get("workflowrun") is not None else None
        body.collections = [
            self.collection(one, path) for one, path in self.objects(data, "collections", "$")
        ]
        body.datasets = self.datasets(data, body)
        self.together(body)
        body.warnings = self.warnings
        return body

    # --- the parts ------------------------------------------------------------------------------------

    def run(self, data: Any) -> RunEntry | None:
        """The ``workflowrun`` object: new with a version, or existing by its id."""
        path = "$.workflowrun"
        if not isinstance(data, dict):
            self.wrong(path, "must be an object")
            return None
        self.unknown(data, RUN_KEYS, path)
        existing = self.uuid(data, "id", path) if not data.get("new") else None
        is_new = self.flag(data, "new", path)
        version = self.uuid(data, "workflowversion", path)
        if is_new and data.get("workflowversion", "") == "":
            self.wrong(
                f"{path}.workflowversion",
                "is required for a new run: the id of a workflow version, or null where none is known",
            )
        if not is_new and existing is None and not data.get("id"):
            self.wrong(f"{path}.id", 'is required for an existing run; for a new one set "new": true')
        steps = self.steps(data, path)
        return RunEntry(
            existing=existing,
            fields=self.run_fields(data, path, is_new=is_new),
            workflowversion=version,
            parameters=self.parameters(data, path),
            steps=steps,
            jobs=self.jobs(data, path, {one["key"] for one in steps}),
        )

    def run_fields(self, data: dict, path: str, *, is_new: bool) -> dict[str, Any]:
        """The plain fields of a run; for an existing run only those that the request names."""
        fields: dict[str, Any] = {
            "name": self.text(data, "name", path, length=NAME_LENGTH),
            "description": self.text(data, "description", path, length=None),
            "run_command": self.text(data, "run_command", path, length=None),
            "run_environment": data.get("run_environment"),
            "started_at": self.time(data, "started_at", path),
            "completed_at": self.time(data, "completed_at", path),
            "status": self.choice(data, "status", path, tuple(RunStatus)) or str(RunStatus.UNKNOWN),
            "status_basis": self.choice(data, "status_basis", path, tuple(StatusBasis))
            or str(StatusBasis.REPORTED),
            "message": self.text(data, "message", path, length=None),
            "source": self.text(data, "source", path, length=60),
            "source_url": self.text(data, "source_url", path, length=2000),
            "external_id": self.text(data, "external_id", path),
        }
        start, end = fields["started_at"], fields["completed_at"]
        if start and end and end < start:
            self.wrong(f"{path}.completed_at", "must not be before started_at")
        if not fields["name"] and not is_new:
            del fields["name"]  # a run that has a name keeps it
        return fields if is_new else {name: value for name, value in fields.items() if name in data}

    def parameters(self, data: dict, path: str) -> list[dict[str, Any]]:
        """``parameters``: ``[{"name", "value"}]``, each name once."""
        found: list[dict[str, Any]] = []
        for one, where in self.objects(data, "parameters", path):
            found.append({"name": self.text(one, "name", where, required=True), "value": one.get("value")})
        self.once([one["name"] for one in found], f"{path}.parameters", "name")
        return found

    def steps(self, data: dict, path: str) -> list[dict[str, Any]]:
        """``steps``: what the workflow consists of; ``key`` tells them apart, ``parent`` names another key."""
        found = [self.step(one, where) for one, where in self.objects(data, "steps", path)]
        keys = [one["key"] for one in found]
        self.once(keys, f"{path}.steps", "key")
        for number, one in enumerate(found):
            if one["parent"] and one["parent"] not in keys:
                self.wrong(f"{path}.steps[{number}].parent", f"no step has the key {one['parent']!r}")
        return found

    def step(self, one: dict, path: str) -> dict[str, Any]:
        name = self.text(one, "name", path, required=True)
        return {
            "key": self.text(one, "key", path) or name,
            "name": name,
            "position": self.whole(one, "position", path) or 0,
            "parent": self.text(one, "parent", path),
            "tool_id": self.text(one, "tool_id", path, length=500),
            "tool_name": self.text(one, "tool_name", path),
            "tool_version": self.text(one, "tool_version", path, length=100),
            "container_image": self.text(one, "container_image", path, length=500),
            "status": self.choice(one, "status", path, tuple(RunStatus)) or str(RunStatus.UNKNOWN),
            "message": self.text(one, "message", path, length=None),
        }

    def jobs(self, data: dict, path: str, keys: set[str]) -> list[dict[str, Any]]:
        """``jobs``: one for each execution of a step; ``step`` is the key of a step, one of ``keys``."""
        found = []
        for one, where in self.objects(data, "jobs", path):
            job = self.job(one, where)
            if job["step"] and job["step"] not in keys:
                self.wrong(f"{where}.step", f"no step has the key {job['step']!r}")
            found.append(job)
        return found

    def job(self, one: dict, path: str) -> dict[str, Any]:
        start, end = self.time(one, "started_at", path), self.time(one, "completed_at", path)
        if start and end and end < start:
            self.wrong(f"{path}.completed_at", "must not be before started_at")
        return {
            "name": self.text(one, "name", path, required=True),
            "step": self.text(one, "step", path),
            "attempt": self.whole(one, "attempt", path, least=1) or 1,
            "status": self.choice(one, "status", path, tuple(RunStatus)) or str(RunStatus.UNKNOWN),
            "started_at": start,
            "completed_at": end,
            "exit_code": self.whole(one, "exit_code", path, least=-(2**31)),
            **{
                name: self.text(one, name, path, length=None)
                for name in ("command_line", "stdout", "stderr", "message")
            },
            **{name: self.text(one, name, path) for name in ("host", "external_id", "node")},
            "container_image": self.text(one, "container_image", path, length=500),
            "source_status": self.text(one, "source_status", path, length=60),
            **{name: self.mapping(one, name, path) for name in OBJECTS_OF_JOB},
            "files": [self.job_file(link, where) for link, where in self.objects(one, "files", path)],
            "after": self.texts(one, "after", path),
        }

    def job_file(self, one: dict, path: str) -> dict[str, Any]:
        """A file that a job used or made: by its path, or by its content where its dataset was there before."""
        role = self.choice(one, "role", path, tuple(FileRole), required=True)
        content = self.checksum(one, "sha256", path, 64)
        named = self.text(one, "path", path, required=True, length=1024)
        return {"path": named, "role": role, "sha256": content}

    def collection(self, one: dict, path: str) -> CollectionEntry:
        """A collection: a label of this request with a name, or the registry's id with ``"new": false``."""
        self.unknown(one, COLLECTION_KEYS, path)
        existing = self.uuid(one, "id", path) if one.get("new") is False else None
        return CollectionEntry(
            label=self.text(one, "id", path, required=True),
            existing=existing,
            name=self.text(one, "name", path, required=existing is None),
            description=self.text(one, "description", path, length=None),
        )

    def datasets(self, data: dict, body: Body) -> list[DatasetEntry]:
        """All datasets; with a run each needs its ``data_type``."""
        labels = {one.label for one in body.collections}
        needs_type = data.get("workflowrun") is not None
        found = []
        for one, path in self.objects(data, "datasets", "$"):
            entry = self.dataset(one, path, needs_type=needs_type)
            if entry.collection and entry.collection not in labels:
                self.wrong(
                    f"{path}.collection", f"no collection of this request has the id {entry.collection!r}"
                )
            found.append(entry)
        return found

    def dataset(self, one: dict, path: str, *, needs_type: bool) -> DatasetEntry:
        self.unknown(one, DATASET_KEYS, path)
        is_new = self.flag(one, "new", path, default=bool(one.get("datafiles")) or not one.get("id"))
        existing = None if is_new else self.uuid(one, "id", path, required=True)
        if not is_new and one.get("datafiles"):
            self.wrong(f"{path}.datafiles", "an existing dataset takes no files; register a new one")
        kind = self.choice(one, "data_type", path, tuple(DataType), required=needs_type)
        files = (
            [self.file(file, where) for file, where in self.objects(one, "datafiles", path)] if is_new else []
        )
        return DatasetEntry(
            label=self.text(one, "id", path),
            existing=existing,
            name=self.text(one, "name", path, required=is_new, length=NAME_LENGTH),
            description=self.text(one, "description", path, length=None),
            dataset_type=self.text(one, "dataset_type", path, length=60) or "generic",
            collection=self.text(one, "collection", path),
            data_type=DataType(kind) if kind else None,
            files=files,
        )

    def file(self, one: dict, path: str) -> FileEntry:
        if not one.keys() <= FILE_KEYS:
            self.unknown(one, FILE_KEYS, path)
        uri = self.text(one, "uri", path, required=True, length=4096)
        return FileEntry(
            uri=uri,
            name=self.text(one, "name", path) or uri.rstrip("/").rpartition("/")[2],
            # Of a hundred thousand files most give none of these: what is not there is not asked for.
            format=next(
                (
                    found
                    for key in ("format", "filetype", "type")
                    if key in one and (found := self.text(one, key, path, 60))
                ),
                "",
            ),
            mime_type=self.text(one, "mime_type", path) if "mime_type" in one else "",
            size=self.whole(one, "size" if "size" in one else "byte", path, most=LARGEST),
            md5sum=self.checksum(one, "md5sum", path, 32) if "md5sum" in one else "",
            sha256=self.checksum(one, "sha256", path, 64) if "sha256" in one else "",
        )

    def together(self, body: Body) -> None:
        """What only the whole can say."""
        labels = [one.label for one in body.collections]
        self.once(labels, "$.collections", "id")
        has_files = any(one.files for one in body.datasets)
        if has_files and not body.input_dir:
            self.wrong("$.input_dir", "is required where files are registered: a directory in your dropbox")
        if body.run is None and not body.datasets and not body.collections:
            self.wrong("$.datasets", "nothing to register: give datasets, or a workflowrun")
