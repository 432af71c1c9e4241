"""What Torc told of one run, as a record; pure. See docs/sources/torc.md for what becomes of what."""

from collections.abc import Mapping

from data_management.records import DatasetRecord, FileRecord, FileStatus
from run_directories.formats import format_of, mime_type_of
from run_directories.grouping import cut
from run_directories.remarks import Remarks
from run_directories.torc.about import (
    metadata_of,
    parameters_of,
    remarks_on,
    requirements_of,
    version_of,
)
from run_directories.torc.assembling import (
    INTERMEDIATE,
    Attempt,
    PlacedFile,
    attempts,
    has_ended,
    nodes,
    placed_files,
    scheduler_of,
    span,
    status_of,
)
from run_directories.torc.found import job_parameters
from run_directories.torc.told import Told
from run_directories.torc.values import Event, Node
from run_sources.seam import FetchedRun
from run_sources.torc.addresses import external_id, page_of
from workflows.records import (
    ComputeNodeRecord,
    DatasetLink,
    DataType,
    DeclaredFile,
    Engine,
    EventRecord,
    FileRole,
    JobFile,
    JobRecord,
    ParameterRecord,
    PersonRecord,
    RunOrigin,
    RunRecord,
    RunStatus,
    StatusBasis,
    WorkflowRecord,
)

SOURCE = "torc"
NAME, PATH, WORD, LABEL, TYPE, ENGINE_VERSION, LINK = 255, 1024, 60, 60, 100, 60, 2000
INT32 = 2**31
CUT = "Too long for the registry and cut"
TOO_LONG = f"Files whose path has more than {PATH} characters, left out"


def fetched_run(told: Told, base: str, version: str = "") -> FetchedRun:
    """The run, without its events. ``version`` is the server's."""
    found = _Translation(told, base, version)
    record = found.record()
    return FetchedRun(
        record=record,
        has_ended=has_ended(record.status) or not told.is_latest,
        remarks=(*remarks_on(told), *found.remarks.sentences()),
    )


def event_record(event: Event, jobs: Mapping[str, str]) -> EventRecord:
    """An event; ``jobs`` gives the id of each job by its id and, where no other bears it, its name."""
    return EventRecord(
        at=event.at,
        category=cut(event.category, WORD),
        type=cut(event.type, TYPE),
        message=event.message,
        level=event.level,
        data=event.data,
        job=jobs.get(event.job, ""),
        key=cut(event.id, NAME),
    )


class _Translation:
    """Makes the record of one run; what had to be cut is said in ``remarks``."""

    def __init__(self, told: Told, base: str, version: str) -> None:
        self.told, self.base, self.version = told, base, version
        self.remarks = Remarks()
        self.files = [one for one in placed_files(told) if self._can_be_kept(one)]
        self.paths = {one.file.id: one.path for one in self.files if one.is_there}

    def record(self) -> RunRecord:
        """The run, whole."""
        told, workflow = self.told, self.told.workflow
        tried = list(attempts(told))
        status = status_of(told, {one.job.id: one.status for one in tried if one.is_last})
        started, completed = span(tried)
        is_over = has_ended(status) or not told.is_latest
        return RunRecord(
            name=self._cut(workflow.name, NAME) or f"Workflow {workflow.id}",
            workflow=self._workflow(),
            status=RunStatus(status),
            status_basis=StatusBasis.INFERRED,
            description=workflow.description,
            started_at=started,
            completed_at=completed if is_over else None,
            run_environment={"torc": self.version} if self.version else None,
            is_imported=True,
            origin=self._origin(told.run_id),
            people=(PersonRecord(self._cut(workflow.user, NAME), role="agent"),) if workflow.user else (),
            parameters=tuple(ParameterRecord(name, value) for name, value in parameters_of(told).items()),
            jobs=tuple(map(self._job, tried)),
            datasets=tuple(self._dataset(one) for one in self.files if one.is_there),
            rerun_of=self._origin(told.run_id - 1).external_id if told.run_id > 1 else "",
            nodes=tuple(map(self._node, nodes(told))),
            declared=tuple(DeclaredFile(one.path, DataType(one.data_type)) for one in self.files),
            metadata=metadata_of(told),
        )

    def _origin(self, run_id: int) -> RunOrigin:
        workflow = self.told.workflow.id
        page = cut(page_of(self.base, workflow), LINK)
        return RunOrigin(SOURCE, page, external_id(self.base, workflow, run_id))

    def _workflow(self) -> WorkflowRecord:
        workflow = self.told.workflow
        return WorkflowRecord(
            name=self._cut(workflow.name, NAME) or f"Workflow {workflow.id}",
            version=version_of(self.told),
            engine=Engine.TORC,
            engine_version=cut(self.version, ENGINE_VERSION),
            description=workflow.description,
            source_url=page_of(self.base, workflow.id),
            requirements=requirements_of(self.told),
        )

    def _job(self, one: Attempt) -> JobRecord:
        job, told = one.job, self.told
        asked = told.requirements.get(job.requirements)
        used = [JobFile(self.paths[file], FileRole.USED) for file in job.used if file in self.paths]
        made = [JobFile(self.paths[file], FileRole.MADE) for file in job.made if file in self.paths]
        files = {*used, *(made if one.is_last else ())}
        return JobRecord(
            name=self._cut(job.name, NAME) or f"Job {job.id}",
            attempt=min(one.number, INT32 - 1),
            status=RunStatus(one.status),
            started_at=one.started_at,
            completed_at=one.completed_at,
            command_line=job.command,
            exit_code=one.return_code
            if one.return_code is not None and abs(one.return_code) < INT32
            else None,
            host=self._cut(one.host, NAME),
            external_id=cut(job.id, NAME),
            resources=one.resources,
            parameters=job_parameters(told, one),
            environment=job.environment,
            files=tuple(sorted(files, key=lambda file: (file.role, file.path))),
            message=one.message,
            after=tuple(sorted(job.after)),
            source_status=cut(one.word, WORD),
            requested=asked.requested if asked else {},
            scheduler=one.scheduler,
            node=cut(one.node, NAME),
        )

    def _node(self, node: Node) -> ComputeNodeRecord:
        scheduler = {**scheduler_of(self.told, node), **node.allocation}
        return ComputeNodeRecord(
            key=cut(node.id, NAME),
            hostname=self._cut(node.hostname, NAME),
            kind=cut(node.kind, LABEL),
            started_at=node.started_at,
            completed_at=node.completed_at,
            cpus=node.cpus,
            memory_bytes=node.memory_bytes,
            gpus=node.gpus,
            scheduler=scheduler,
            statistics=node.statistics,
        )

    # --- files ----------------------------------------------------------------------------------------------

    def _dataset(self, one: PlacedFile) -> DatasetLink:
        base = one.path.rpartition("/")[2]
        changed = one.file.modified
        file = FileRecord(
            name=self._cut(base, NAME),
            path=one.path,
            uri=self._uri(one),
            format=format_of(base),
            mime_type=mime_type_of(base),
            status=FileStatus.OFFLINE,
        )
        dataset = DatasetRecord(
            name=self._cut(one.file.name or base, NAME),
            description=f"Last changed {changed:%Y-%m-%d %H:%M:%S} UTC, as Torc noted." if changed else "",
            collection=INTERMEDIATE if one.is_intermediate else "",
            files=(file,),
        )
        return DatasetLink(dataset, DataType(one.data_type))

    def _uri(self, one: PlacedFile) -> str:
        """Where Torc describes the file: it has no contents, and says nothing that a browser could open."""
        above = f"/workflows/{self.told.workflow.id}" if "/_db/" in self.base else ""
        return f"{self.base}{above}/files/{one.file.id}"

    def _can_be_kept(self, one: PlacedFile) -> bool:
        if len(one.path) > PATH:
            self.remarks.note(TOO_LONG, one.path[:60])
            return False
        return True

    def _cut(self, text: str, length: int) -> str:
        if len(text) > length:
            self.remarks.note(CUT, f"{text[:40]}…")
        return cut(text, length)
