"""The files of runs by their content: the same data under another name is the same."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, F

from common.models.access import UserLike
from data_management.models import DataFile, Dataset
from workflows.models import WorkflowRunDataset
from workflows.records import DataType

MOST_FILES = 100_000  # of all runs together, on one side
NAMES_TOLD = 10  # of one content in one run
CHUNK = 5000


@dataclass(slots=True)
class Contents:
    """For each run its contents: SHA-256 (or the name, where there is none) to names; with sizes beside."""

    runs: list[UUID]
    names: list[dict[str, set[str]]] = field(default_factory=list)
    sizes: dict[str, int | None] = field(default_factory=dict)
    is_whole: bool = True


def files_of(runs: list[UUID], user: UserLike, kinds: tuple[DataType, ...]) -> Contents:
    """The files on one side of each run, in datasets that may be seen."""
    found = Contents(runs, [{} for _ in runs])
    place = {key: number for number, key in enumerate(runs)}
    links: dict[UUID, set[int]] = {}
    rows = WorkflowRunDataset.objects.filter(workflowrun__in=runs, data_type__in=kinds)
    for dataset, run in rows.values_list("dataset_id", "workflowrun_id"):
        links.setdefault(dataset, set()).add(place[run])
    for dataset, sha256, name, path, size in _read(list(links), user, found):
        key = sha256 or f"name:{path or name}"
        found.sizes[key] = size
        for number in links[dataset]:
            found.names[number].setdefault(key, set()).add(path or name)
    return found


def _read(datasets: list[UUID], user: UserLike, found: Contents) -> Iterator[tuple[Any, ...]]:
    left = MOST_FILES
    for start in range(0, len(datasets), CHUNK):
        seen = Dataset.objects.visible_to(user).filter(pk__in=datasets[start : start + CHUNK])
        rows = DataFile.objects.filter(dataset__in=seen.values("pk"))
        columns = ("dataset_id", "sha256", "name", "path", "size")
        for row in rows.values_list(*columns)[: left + 1].iterator(chunk_size=2000):
            if not left:
                found.is_whole = False
                return
            left -= 1
            yield row


def hidden_datasets(runs: list[UUID], user: UserLike) -> dict[UUID, int]:
    """How many datasets of each run may not be seen."""
    links = WorkflowRunDataset.objects.filter(workflowrun__in=runs, dataset__deleted=False)
    counted = links.exclude(
        dataset__in=Dataset.objects.visible_to(user).filter(run_links__workflowrun__in=runs)
    )
    rows = counted.values("workflowrun_id").annotate(many=Count("dataset_id", distinct=True))
    return dict(rows.values_list(F("workflowrun_id"), "many"))


def compared_files(contents: Contents) -> list[dict[str, Any]]:
    """First what several runs have, by its content; then what only one has, by its name."""
    everything = {key for names in contents.names for key in names}
    shared = {key for key in everything if sum(key in names for names in contents.names) > 1}
    lines = [_of_content(key, contents) for key in shared]
    lines += [
        _of_name(name, keys, contents) for name, keys in _by_name(everything - shared, contents).items()
    ]
    return sorted(lines, key=lambda line: (line["name"], line["sha256"]))


def _of_content(key: str, contents: Contents) -> dict[str, Any]:
    names = [sorted(known.get(key, ())) for known in contents.names]
    first = next(one[0] for one in names if one)
    return _line(first, [[key] if one else [] for one in names], names, contents)


def _by_name(keys: set[str], contents: Contents) -> dict[str, list[set[str]]]:
    """For each name and run the contents that are called so there."""
    found: dict[str, list[set[str]]] = {}
    for number, known in enumerate(contents.names):
        for key in keys & known.keys():
            name = min(known[key])
            found.setdefault(name, [set() for _ in contents.runs])[number].add(key)
    return found


def _of_name(name: str, keys: list[set[str]], contents: Contents) -> dict[str, Any]:
    names = [
        sorted({one for key in known for one in told[key]})
        for known, told in zip(keys, contents.names, strict=True)
    ]
    return _line(name, [sorted(known) for known in keys], names, contents)


def _line(name: str, keys: list[list[str]], names: list[list[str]], contents: Contents) -> dict[str, Any]:
    return {
        "name": name,
        "is_same": all(keys) and len({tuple(one) for one in keys}) == 1,
        "sha256": [_told(one) for one in keys],
        "size": [contents.sizes[one[0]] if len(one) == 1 else None for one in keys],
        "names": [one[:NAMES_TOLD] for one in names],
    }


def _told(keys: list[str]) -> list[str]:
    return [key for key in keys if not key.startswith("name:")][:NAMES_TOLD]
