"""Which files of a plan the registry has: those of the run itself, and what the run took in from anywhere."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import unquote, urlsplit

from run_directories.planning import Plan, PlannedFile
from run_directories.plans import TAKEN_IN
from run_directories.registering.known import EMPTY, KnownFile

CHANGED_LATER = "Changed since the run ended, so that what was registered of them stays"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a run has already. ``stale`` are its datasets with a file that is another one now, or never came.

    ``later`` are the paths of files that were changed after the run had ended: what it has of them is right.
    """

    files: Sequence[KnownFile] = ()
    stale: frozenset[str] = field(default_factory=frozenset)
    later: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, files: Sequence[KnownFile], plan: Plan, *, has_ended: bool) -> "Standing":
        """Compare the run's files with those that lie there now; a file is known by where it lies."""
        now = {real: file.sha256 for real, file in _places(plan)}
        changed = {file.uri: file.dataset for file in files if _is_changed(file, now)}
        missing = {file.dataset for file in files if file.status == "ERROR" and file.uri in now}
        if has_ended:
            return cls(files, frozenset(missing), frozenset(changed))
        return cls(files, frozenset(missing | set(changed.values())))

    def current(self) -> list[KnownFile]:
        """The files that are what they were."""
        return [file for file in self.files if file.dataset not in self.stale]

    def inputs(self, links: Iterable[Mapping[str, str]]) -> list[KnownFile]:
        """Those of them that the run took in: an output may have the same content."""
        taken_in = {link["dataset"] for link in links if link["data_type"] in TAKEN_IN}
        return [file for file in self.current() if file.dataset in taken_in]


def without_own(plan: Plan, standing: Standing) -> Plan:
    """The plan without what the run has under the same path with the same content, or has as it was at its end."""
    own = {(path, file.sha256) for file in standing.current() for path in (file.path, file.uri)}
    present = {
        (file.uri, file.sha256)
        for real, file in _places(plan)
        if (file.uri, file.sha256) in own or (real, file.sha256) in own or real in standing.later
    }
    reduced = plan.without(present)
    if not standing.later:
        return reduced
    return replace(reduced, remarks=(*plan.remarks, f"{CHANGED_LATER}: {_some(sorted(standing.later))}."))


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


def _places(plan: Plan) -> Iterator[tuple[str, PlannedFile]]:
    """The files with their real paths, which is what the registry calls their ``uri``."""
    root = os.path.realpath(plan.root).rstrip("/")
    for file in plan.files():
        if file.uri.startswith("file:"):
            yield unquote(urlsplit(file.uri).path), file
        else:
            yield file.uri if file.uri.startswith("/") else f"{root}/{file.uri}", file


def _is_changed(file: KnownFile, now: Mapping[str, str]) -> bool:
    content = now.get(file.uri)
    return bool(content and file.sha256 and file.sha256 != content and file.status != "ERROR")


def _some(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more
