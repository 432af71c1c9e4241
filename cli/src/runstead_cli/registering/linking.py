"""Which files of a plan the registry has: those of the run itself, and what the run took in from anywhere."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from run_directories.planning import Plan, PlannedFile
from run_directories.plans import TAKEN_IN
from runstead_cli.registering.known import EMPTY, KnownFile


@dataclass(frozen=True, slots=True)
class Standing:
    """What a run has already. ``stale`` are its datasets with a file that is another one now, or never came."""

    files: Sequence[KnownFile] = ()
    stale: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, files: Sequence[KnownFile], plan: Plan) -> "Standing":
        """Compare the run's files with those that lie there now; a file is known by where it lies."""
        now = {_real(file): file.sha256 for file in plan.files()}
        stale = {file.dataset for file in files if _is_stale(file, now)}
        return cls(files, frozenset(stale))

    def current(self) -> list[KnownFile]:
        """The files that are what they were."""
        return [file for file in self.files if file.dataset not in self.stale]

    def inputs(self, links: Iterable[Mapping[str, str]]) -> list[KnownFile]:
        """Those of them that the run took in: an output may have the same content."""
        taken_in = {link["dataset"] for link in links if link["data_type"] in TAKEN_IN}
        return [file for file in self.current() if file.dataset in taken_in]


def without_own(plan: Plan, standing: Standing) -> Plan:
    """The plan without what the run has under the same path with the same content."""
    own = {(path, file.sha256) for file in standing.current() for path in (file.path, file.uri)}
    present = {
        (file.uri, file.sha256)
        for file in plan.files()
        if own & {(file.uri, file.sha256), (_real(file), file.sha256)}
    }
    return plan.without(present)


def linkable(
    known: Mapping[str, KnownFile], contents: frozenset[str], own: Sequence[KnownFile] = ()
) -> dict[str, str]:
    """The dataset of each content that can be linked, those of the run itself first.

    A dataset is linked only if the run took in all of its files: else the run would seem to have used the others.
    """
    counts = Counter(file.dataset for file in known.values())
    found = {
        content: file.dataset for content, file in known.items() if counts[file.dataset] == file.file_count
    }
    found.update((file.sha256, file.dataset) for file in own if file.sha256 in contents)
    found.pop(EMPTY, None)
    return found


def _real(file: PlannedFile) -> str:
    return os.path.realpath(file.path)


def _is_stale(file: KnownFile, now: Mapping[str, str]) -> bool:
    if file.uri not in now:
        return False
    return file.status == "ERROR" or bool(file.sha256 and file.sha256 != now[file.uri])
