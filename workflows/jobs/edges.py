"""Which job comes after which: as the jobs say themselves (``after``), and by the files that they made and used.

Nothing is invented: where neither is recorded, there is no edge. A *place* is where a job stands in a graph: a step,
a group of steps, or the job itself with all its attempts.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

P = TypeVar("P", bound=Hashable)


class Way(StrEnum):
    """How it is known that one job comes after another."""

    AFTER = "after"
    FILES = "files"


def edges_told(
    jobs: Iterable[tuple[UUID, str, Any]], place_of: Mapping[UUID, P], named: Mapping[str, P] | None = None
) -> Iterator[tuple[P, P]]:
    """Which place comes before which, as jobs say. A job is its id, its external id, and what it comes ``after``.

    ``named`` gives the place of an external id, where it is known already.
    """
    jobs = list(jobs)
    if named is None:
        named = {external_id: place_of[key] for key, external_id, _ in jobs if external_id}
    for key, _, after in jobs:
        for name in names_in(after):
            if name in named and named[name] != place_of[key]:
                yield named[name], place_of[key]


def edges_of_files(
    made: Mapping[UUID, Iterable[P]], used: Mapping[UUID, Iterable[P]]
) -> Iterator[tuple[P, P]]:
    """Who made a file comes before whoever used it."""
    for file, makers in made.items():
        for user in used.get(file, ()):
            yield from ((maker, user) for maker in makers if maker != user)


def names_in(after: Any) -> list[str]:
    """The external ids in a job's ``after``; what people recorded may be anything."""
    return [name for name in after if isinstance(name, str)] if isinstance(after, list) else []


@dataclass(slots=True)
class JobNet:
    """The jobs of a run with what leads from one to another.

    The attempts of one job (of one external id) stand at one place, for which the latest attempt speaks.
    """

    place_of: dict[UUID, str] = field(default_factory=dict)
    latest: dict[str, UUID] = field(default_factory=dict)
    before: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    behind: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    made: "FileEnds" = field(default_factory=lambda: FileEnds())
    used: "FileEnds" = field(default_factory=lambda: FileEnds())


@dataclass(slots=True)
class FileEnds:
    """The files that jobs made, or those that they used: of each place, and the places of each file."""

    files_of: defaultdict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    places_of: defaultdict[UUID, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, place: str, file: UUID) -> None:
        """One link."""
        self.files_of[place].append(file)
        self.places_of[file].append(place)


def net_of(
    jobs: Iterable[tuple[UUID, str, int, Any]],
    made: Iterable[tuple[UUID, UUID]],
    used: Iterable[tuple[UUID, UUID]],
) -> JobNet:
    """The net of jobs (id, external id, attempt, after) and of their links to files (job, file)."""
    net, told, named = JobNet(), [], {}
    for key, external_id, _, after in sorted(jobs, key=lambda job: (job[2], job[0])):
        place = external_id or str(key)
        net.place_of[key] = place
        net.latest[place] = key
        if external_id:
            named[external_id] = place
        if after:
            told.append((key, external_id, after))
    for earlier, later in dict.fromkeys(edges_told(told, net.place_of, named)):
        net.before[later].append(earlier)
        net.behind[earlier].append(later)
    for links, ends in ((made, net.made), (used, net.used)):
        for job, file in links:
            if job in net.place_of:
                ends.add(net.place_of[job], file)
    return net


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A job that was reached: in how many steps, and how the last of them is known."""

    place: str
    distance: int
    through: tuple[Way, ...]


def neighbours(net: JobNet, start: str, *, upstream: bool, depth: int | None = 1) -> list[Neighbour]:
    """The places up or down the stream, the nearest first; ``depth`` None is as far as it goes. Circles end."""
    told = net.before if upstream else net.behind
    own, other = (net.used, net.made) if upstream else (net.made, net.used)
    seen, files_seen, found = {start}, set[UUID](), list[Neighbour]()
    level, distance = [start], 0
    while level and (depth is None or distance < depth):
        distance += 1
        ways: dict[str, list[Way]] = {}
        for place in level:
            for one in told.get(place, ()):
                _note(ways, one, Way.AFTER, seen)
            for file in own.files_of.get(place, ()):
                if file not in files_seen:
                    files_seen.add(file)
                    for one in other.places_of.get(file, ()):
                        _note(ways, one, Way.FILES, seen)
        seen.update(ways)
        found += [Neighbour(place, distance, tuple(sorted(known))) for place, known in ways.items()]
        level = list(ways)
    return found


def _note(ways: dict[str, list[Way]], place: str, way: Way, seen: set[str]) -> None:
    if place not in seen and way not in ways.setdefault(place, []):
        ways[place].append(way)
