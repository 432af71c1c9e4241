"""Torc as a source of runs: asks the server, hands what it told to the translator. No Django."""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import BinaryIO, ClassVar

from run_directories.torc.assembling import is_of_run
from run_directories.torc.told import Results, Told
from run_sources.errors import NotFound, SourceError
from run_sources.seam import Access, Address, CredentialField, FetchedRun
from run_sources.torc.addresses import external_id, is_old, page_of, read_address, read_id
from run_sources.torc.new_servers import NewServer
from run_sources.torc.old_servers import OldServer
from run_sources.torc.session import TorcSession
from run_sources.torc.translate import event_record, fetched_run
from workflows.records import EventRecord

NO_CONTENTS = (
    "Torc keeps no contents of files, only their paths. Register the run from its directory (`runstead register "
    "wfrun`, with an export of the workflow beside the files) to have them."
)


class TorcSource:
    """The runs of one Torc server; a run is a start or restart of a workflow."""

    name: ClassVar[str] = "torc"
    title: ClassVar[str] = "Torc"
    examples: ClassVar[tuple[str, ...]] = (
        "https://torc.example.org/torc-service/v1/workflows/7",
        "https://torc.example.org/torc-service/v1/workflows/7?run_id=2",
        "https://torc.example.org/torc-service/v1/workflows/7?all_runs=true",
        "http://torc.example.org:8529/_db/workflows/torc-service/workflows/9001",
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            "user", "User", "Your name at the server, if it asks for one.", secret=False, required=False
        ),
        CredentialField(
            "password", "Password", "As in TORC_PASSWORD; none if the server is open.", required=False
        ),
    )
    wants_credentials: ClassVar[bool] = False

    @classmethod
    def read_address(cls, text: str) -> Address | None:
        """A workflow or a run; see ``run_sources.torc.addresses``."""
        return read_address(text)

    @classmethod
    def read_id(cls, base: str, text: str) -> Address:
        """A workflow's latest run by the workflow's id, or one of its runs: ``7`` or ``7/2``. AddressRefused."""
        wanted = read_id(text)
        return Address(base, external_id(base, *wanted), page=page_of(base, wanted.workflow))

    def __init__(self, access: Access, session: TorcSession | None = None) -> None:
        self.access = access
        self.session = session or TorcSession.of(access)
        self.base = self.session.base

    def close(self) -> None:
        """Let go of connections."""
        self.session.close()

    def whoami(self) -> str:
        """The user whose password it is; Torc has no other way to tell than that it answers."""
        self._server().may_ask()
        return self.session.account

    def list_run_ids(self, kind: str, external_id_: str) -> Iterator[str]:
        """The runs of a workflow, the newest first."""
        workflow = read_id(external_id_).workflow
        for run_id in self._server().run_ids(workflow):
            yield external_id(self.base, workflow, run_id)

    def fetch(self, external_id_: str) -> FetchedRun:
        """The run; without a number the latest one of the workflow."""
        wanted = read_id(external_id_)
        server = self._server()
        told = server.told(wanted.workflow, wanted.run_id)
        found = fetched_run(told, self.base, server.version())
        return replace(found, events=_Events(server, told))

    def open_file(self, external_id_: str, path: str) -> AbstractContextManager[BinaryIO]:
        """No file can be had from Torc."""
        raise SourceError(NO_CONTENTS)

    def _server(self) -> NewServer | OldServer:
        return (OldServer if is_old(self.base) else NewServer)(self.session, self.access.progress)


class _Events:
    """The events of one run, asked for when they are read. What is kept meanwhile is the jobs' names."""

    def __init__(self, server: NewServer | OldServer, told: Told) -> None:
        names = Counter(job.name for job in told.jobs)
        self._jobs = {job.name: job.id for job in told.jobs if names[job.name] == 1}
        self._jobs |= {job.id: job.id for job in told.jobs}
        self._server, self._workflow = server, told.workflow.id
        ends = Results(told.run_id)
        ends.ends = told.results.ends
        self._told = Told(told.workflow, ends)

    def __iter__(self) -> Iterator[EventRecord]:
        try:
            for event in self._server.events(self._workflow):
                if is_of_run(self._told, event):
                    yield event_record(event, self._jobs)
        except NotFound:
            return
