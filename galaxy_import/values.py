"""What the translator makes of Galaxy's answers, besides the run's record. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from data_management.records import DatasetRecord
from workflows.records import DataType, JobRecord, RunRecord


class Condition(StrEnum):
    """What can be had of a dataset of Galaxy, and why not, where it cannot."""

    READY = "READY"  # its content can be read
    EMPTY = "EMPTY"  # it is there, and holds nothing
    PENDING = "PENDING"  # it is not made yet
    FAILED = "FAILED"  # the job that was to make it failed, or never ran
    SKIPPED = "SKIPPED"  # its step was skipped: Galaxy holds a null in its place
    DELETED = "DELETED"  # in the waste bin, and still readable
    PURGED = "PURGED"  # gone for good
    DEFERRED = "DEFERRED"  # Galaxy knows where it is, and has not fetched it
    RESTRICTED = "RESTRICTED"  # the key may not read it
    DISCARDED = "DISCARDED"  # its content was left out when its history was imported
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class GalaxyFile:
    """One dataset of Galaxy: what stands alone, or is an element of a collection.

    ``path`` is its place among the run's files and never changes, whatever the dataset is called. ``hashes`` maps
    Galaxy's names (``MD5``, ``SHA-256``) to lower-case hexadecimal. ``size`` is in bytes. ``state`` is Galaxy's word,
    ``note`` a sentence for people where something is to be said. ``job`` is the id of the job that made it.
    ``element`` is its place in a collection (``A``, in a nested one ``A/forward``), empty where it stands alone.
    """

    id: str
    path: str
    name: str
    uuid: str = ""
    src: str = "hda"
    state: str = ""
    condition: Condition = Condition.UNKNOWN
    note: str = ""
    extension: str = ""
    size: int | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    content_url: str = ""
    job: str = ""
    history_id: str = ""
    element: str = ""

    @property
    def is_readable(self) -> bool:
        """Whether its content can be asked for."""
        return self.condition in (Condition.READY, Condition.EMPTY, Condition.DELETED)


@dataclass(frozen=True, slots=True)
class GalaxyData:
    """An input, or an output, of a run: a dataset (``hda``, ``ldda``) or a collection (``hdca``).

    ``label`` is what the workflow calls it, else ``<step>: <output>``. ``is_labelled`` says that it is an input or
    stands among the invocation's own outputs. ``collection_type`` is Galaxy's (``list``, ``paired``, ``list:paired``),
    empty for a dataset, which then is the one in ``files``. ``dataset`` is how the registry records it.
    """

    src: str
    id: str
    role: DataType
    label: str
    name: str
    step: str = ""
    is_labelled: bool = True
    collection_type: str = ""
    element_count: int | None = None
    state: str = ""
    condition: Condition = Condition.UNKNOWN
    note: str = ""
    url: str = ""
    files: tuple[GalaxyFile, ...] = ()
    dataset: DatasetRecord = field(default_factory=lambda: DatasetRecord(name=""))


@dataclass(frozen=True, slots=True)
class JobReference:
    """A job of an invocation or of one nested in it: its id, the key of its step, and what is known without asking."""

    id: str
    step: str
    state: str
    tool_id: str = ""
    created: str = ""
    updated: str = ""
    element: str = ""


@dataclass(frozen=True, slots=True)
class DataReference:
    """A dataset or collection that a run took in or made, by which it is asked for."""

    src: str
    id: str
    role: DataType
    label: str
    step: str = ""
    is_labelled: bool = True


@dataclass(frozen=True, slots=True)
class ReadJob:
    """A job as a record, with the ids of the datasets that it used and made: ``(src, id)``.

    ``state`` is Galaxy's word. ``created`` is when Galaxy planned it, as Galaxy writes it. ``uuids`` are those of the
    datasets that it made: by them it is found in Galaxy's own crate. ``uuids_used`` are those of the datasets that it
    used, by their ids: a copy has the UUID of its original. ``is_known`` is False where its details could not be read.
    """

    record: JobRecord
    used: tuple[tuple[str, str], ...] = ()
    made: tuple[tuple[str, str], ...] = ()
    state: str = ""
    tool_id: str = ""
    created: str = ""
    uuids: tuple[str, ...] = ()
    uuids_used: Mapping[str, str] = field(default_factory=dict)
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class CrateFacts:
    """What only Galaxy's own crate says, by the id of the API's job: the tool version that ran, the command line."""

    tool_versions: Mapping[str, str] = field(default_factory=dict)
    command_lines: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GalaxyRun:
    """A run as Galaxy tells it.

    ``record`` has no datasets: they are ``data``, because what becomes a dataset is the importer's choice. Its
    ``workflow`` has one file, MAIN, whose content is ``definition``, or none where the workflow may not be read.
    ``has_ended`` says that asking again will change nothing unless somebody acts in Galaxy. ``remarks`` are sentences
    about what is odd, or could not be read. ``tags`` are those of the history, ``workflow_tags``
    those of the workflow.
    """

    record: RunRecord
    data: tuple[GalaxyData, ...] = ()
    definition: bytes | None = None
    has_ended: bool = True
    invocation_id: str = ""
    history_id: str = ""
    remarks: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    workflow_tags: tuple[str, ...] = ()
