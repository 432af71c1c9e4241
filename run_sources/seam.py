"""The seam for what runs come from: see ``docs/adding-a-source.md``. No Django here."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, ClassVar, Protocol

from common.outgoing import Limits
from workflows.records import EventRecord, LogRecord, RunRecord

RUN = "run"


def _nothing() -> None:
    """Nobody wants the work stopped."""


def _nobody(path: str, status: int, body: Any) -> None:
    """Nobody listens to answers."""


@dataclass(frozen=True, slots=True)
class Address:
    """What a copied address names at a source.

    ``base`` is the server's own address, in one spelling, without a final slash: servers and credentials are kept by
    it. ``external_id`` is what is asked for there, ``kind`` is ``run``, or the source's word for something that holds
    runs, each of which is then imported (``workflow``, ``history``). ``page`` is where a person looks at it; no secret
    that stood in the address is in any of them.
    """

    base: str
    external_id: str
    kind: str = RUN
    page: str = ""


@dataclass(frozen=True, slots=True)
class CredentialField:
    """A part of what a source wants to know who asks: its name, what it is called on a page, and what is to be said.

    A field that is not ``secret`` is shown again (a region, a user's name); one that is not ``required`` may be empty.
    """

    name: str
    label: str
    help: str = ""
    secret: bool = True
    required: bool = True


@dataclass(frozen=True, slots=True)
class Access:
    """How a source is to ask one server, for one user.

    ``credentials`` are by the names of the source's fields, empty where nobody stored any. ``allow_private`` says that
    an administrator listed the server, so that it may have a loopback or private address. ``check`` is called between
    requests and in pauses, and raises to stop the work. ``on_answer`` gets path, status and body of every answer in
    the thread that asked for the run; what it gets is kept, so that a source leaves secrets out. ``progress`` is told
    how far it is.
    """

    base: str
    credentials: Mapping[str, str] = field(default_factory=dict)
    allow_private: bool = False
    limits: Limits = field(default_factory=Limits)
    check: Callable[[], None] = _nothing
    on_answer: Callable[[str, int, Any], None] = _nobody
    progress: "Tells | None" = None


class Tells(Protocol):
    """Who wants to know how far it is: ``common.progress.Progress`` is one. Phases are ASKING, JOBS, DATASETS, LOGS."""

    def begin(self, phase: str, **totals: int) -> None:
        """A phase of so many steps, jobs or files begins."""

    def enter(self, phase: str) -> None:
        """A phase begins that has no count."""

    def add(self, **counts: int) -> None:
        """So many more are done."""

    def complete(self) -> None:
        """No more of this phase comes."""


class Silent:
    """Tells nobody."""

    def begin(self, phase: str, **totals: int) -> None:
        """Nothing."""

    def enter(self, phase: str) -> None:
        """Nothing."""

    def add(self, **counts: int) -> None:
        """Nothing."""

    def complete(self) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class FetchedRun:
    """A run as a source tells it.

    ``record`` names its datasets with their files, which lie at the source (``FileRecord.uri``, OFFLINE); whether they
    become datasets is the importer's choice. ``has_ended`` says that asking again will change nothing unless somebody
    acts at the source. ``remarks`` are sentences about what is odd, or could not be read.

    ``files`` are the contents of the workflow's files, by the paths of ``record.workflow.files``. ``logs`` and
    ``events`` are read once, after the run is written down, a page at a time; they may ask the source.
    ``open_crate`` opens the source's own RO-Crate of the run, as a zip, where it has one.
    """

    record: RunRecord
    has_ended: bool = True
    remarks: tuple[str, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    logs: Iterable[LogRecord] = ()
    events: Iterable[EventRecord] = ()
    open_crate: Callable[[], AbstractContextManager[BinaryIO]] | None = None


class RunSource(Protocol):
    """A place that runs come from: an engine's server, a service.

    The class says what it understands, an object of it asks one server for one user. Identifiers are the place's own,
    as text. A source raises ``run_sources.errors.SourceError``, with a sentence that a user understands, and never
    writes to the registry. It may keep its client's pages, never the whole run's answers.

    A class may have more: ``read_told_address(text)`` reads what is said to be of this source, and may claim more
    forms than ``read_address``; ``read_id(base, text)`` gives the Address of a run by its identifier at a server,
    AddressRefused where it can be none; ``unavailable()`` is a sentence why this installation cannot ask;
    ``download(external_id, path, write, *, limit, offset, etag, told)`` writes a file on from where it broke off.

    ``name`` is what ``RunOrigin.source`` says, ``title`` what people call it. ``examples`` are addresses that it
    understands. ``credential_fields`` say what is stored for a server; ``wants_credentials`` says that nothing can be
    asked without.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    examples: ClassVar[tuple[str, ...]]
    credential_fields: ClassVar[tuple[CredentialField, ...]]
    wants_credentials: ClassVar[bool]

    @classmethod
    def read_address(cls, text: str) -> Address | None:
        """What a copied address names; None where it is none of this source's.

        ``AddressRefused`` where it is of this source by its form, and cannot be used.
        """
        ...

    def __init__(self, access: Access) -> None: ...

    def close(self) -> None:
        """Let go of connections."""
        ...

    def whoami(self) -> str:
        """Whose the credentials are there; ``KeyRefused`` if the server does not know them. Empty: nobody's."""
        ...

    def list_run_ids(self, kind: str, external_id: str) -> Iterator[str]:
        """The identifiers of the runs that something holds which an address named; newest first where known."""
        ...

    def fetch(self, external_id: str) -> FetchedRun:
        """The run with this identifier, whole; ``NotFound`` where the place has none.

        What ``record.origin.external_id`` says of a run is understood as well: by that it is asked for again, as a
        name may mean another run then.
        """
        ...

    def open_file(self, external_id: str, path: str) -> AbstractContextManager[BinaryIO]:
        """The content of one of the run's files, by its ``FileRecord.path``, as a stream that reads on demand.

        ``NotFound`` where it is gone; ``SourceError`` with a sentence where the source gives no contents.
        """
        ...
