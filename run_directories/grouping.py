"""Which files make a dataset together, and which datasets a collection, where nobody has said so."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from run_directories.findings import Role
from run_directories.formats import format_of, stem_of

# A directory with more datasets of one role than this is one dataset: nobody looks through thousands of rows.
MOST_PER_DIRECTORY = 100
# What nobody looks for one by one stands together, directory by directory.
TOGETHER = {Role.LOG}
COLLECTED = {Role.INPUT, Role.OUTPUT}
# An index belongs to what it indexes: ``a.bam.bai`` or ``a.bai`` to ``a.bam``.
INDEXED = {
    ".bai": (".bam",), ".csi": (".bam", ".vcf.gz"), ".crai": (".cram",), ".tbi": (".vcf.gz", ".bed.gz"),
    ".fai": (".fasta", ".fa"), ".dict": (".fasta", ".fa"), ".gzi": (".fasta.gz", ".fa.gz"), ".pbi": (".bam",),
    ".idx": (".vcf",), ".md5": (), ".sha256": (),
}  # fmt: skip
_READS = re.compile(r"\.(fastq|fq)\b", re.IGNORECASE)
_MATE = re.compile(r"(.+)(?:[._][Rr]?[12]|-[Rr][12])(?:_001)?$")


@dataclass(frozen=True, slots=True)
class Member:
    """What grouping goes by: a file's path, its role, and the names that it was given."""

    relative: str
    role: Role
    dataset: str = ""
    collection: str = ""


@dataclass(slots=True)
class Group:
    """A dataset to be: its name (not yet unique), and the places of its files in what was given."""

    name: str
    role: Role
    collection: str = ""
    directory: str = ""
    members: list[int] = field(default_factory=list)


def grouped(files: Sequence[Member], makers: Mapping[str, str]) -> list[Group]:
    """The datasets in the order of their first files; each file is in exactly one.

    ``makers`` gives the name of the step that made a file.
    """
    named: dict[tuple[Role, str, str], Group] = {}
    loose: dict[tuple[Role, str, str], list[int]] = defaultdict(list)
    for place, file in enumerate(files):
        if file.dataset:
            key = (file.role, file.collection, file.dataset)
            named.setdefault(key, Group(file.dataset, file.role, file.collection)).members.append(place)
        else:
            loose[file.role, _directory(file.relative), file.collection].append(place)
    found = list(named.values())
    for (role, directory, collection), places in loose.items():
        found += _in_directory(files, places, Group("", role, collection, directory), makers)
    return sorted(found, key=lambda group: group.members[0])


def unique(wanted: Iterable[str], length: int) -> list[str]:
    """The names in their order, none twice and none longer than ``length``; what is cut ends with ``…``."""
    taken: dict[str, int] = {}  # with the last number that was tried for it
    return [_free(name or "Unnamed", taken, length) for name in wanted]


def _free(name: str, taken: dict[str, int], length: int) -> str:
    first = candidate = cut(name, length)
    while candidate in taken:
        taken[first] += 1
        ending = f" ({taken[first]})"
        candidate = cut(name, length - len(ending)) + ending
    taken[candidate] = 1
    return candidate


def cut(text: str, length: int) -> str:
    """The text, or as much of it as fits, with ``…`` at its end."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _in_directory(
    files: Sequence[Member], places: list[int], shape: Group, makers: Mapping[str, str]
) -> list[Group]:
    """The datasets of one role in one directory: by sample, or the whole directory where it holds too many."""
    names = {_base(files[place].relative) for place in places}
    parts: dict[str, list[int]] = defaultdict(list)
    for place in places:
        parts[_key(_base(files[place].relative), names)].append(place)
    if len(parts) > (1 if shape.role in TOGETHER else MOST_PER_DIRECTORY):
        whole = shape.directory or str(shape.role).lower()
        return [Group(whole, shape.role, shape.collection, shape.directory, places)]
    groups = [
        Group(
            _name(files, members, key),
            shape.role,
            shape.collection,
            shape.directory,
            members,
        )
        for key, members in parts.items()
    ]
    return _collected(groups, files, makers)


def _collected(groups: list[Group], files: Sequence[Member], makers: Mapping[str, str]) -> list[Group]:
    """Put datasets of a directory into its collection; in the run's own directory, those of one step."""
    shelves: dict[str, list[Group]] = defaultdict(list)
    for group in groups:
        if group.role in COLLECTED and not group.collection:
            step = makers.get(files[group.members[0]].relative, "")
            shelves[group.directory or step].append(group)
    for name, held in shelves.items():
        for group in held if name and len(held) > 1 else ():
            group.collection = name
    return groups


def _name(files: Sequence[Member], members: list[int], key: str) -> str:
    return key if len(members) > 1 else _base(files[members[0]].relative)


def _key(name: str, siblings: set[str]) -> str:
    """What files that belong together have in common: the sample of two mates, or what an index indexes."""
    stem, dot, last = name.rpartition(".")
    if stem and dot + last in INDEXED:
        if stem in siblings:
            return _key(stem, siblings)
        return next((stem + end for end in INDEXED[dot + last] if stem + end in siblings), name)
    if _READS.search(name) and format_of(name) == "fastq" and (mate := _MATE.match(stem_of(name))):
        return mate[1]
    return name


def _directory(relative: str) -> str:
    return relative.rpartition("/")[0]


def _base(relative: str) -> str:
    return relative.rpartition("/")[2]
