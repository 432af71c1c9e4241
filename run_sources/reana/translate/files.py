"""The files of a workspace as datasets: what was declared, and what lies between."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from data_management.records import DatasetRecord, FileRecord, FileStatus
from run_sources.reana.client import address_of_file
from run_sources.reana.reading import NAME, PATH, Json, clean, cut, mapping, number
from workflows.records import DatasetLink, DataType, DeclaredFile

INTERMEDIATE = "Intermediate files"
LONGEST_ADDRESS = 4096  # characters


class Sorter:
    """Puts files where they belong, one at a time.

    A declared file is a dataset, a declared directory is one with all that lies in it. What nobody declared is an
    intermediate result, one dataset for each directory. What is declared as both was written: it is an output.
    """

    def __init__(self, base: str, run_id: str, declared: Iterable[DeclaredFile]) -> None:
        self._base, self._run_id = base, run_id
        self._types: dict[str, DataType] = {}
        for one in declared:
            if one.data_type == DataType.OUTPUT or one.path not in self._types:
                self._types[one.path] = one.data_type
        self._found: dict[tuple[DataType, str, str], list[FileRecord]] = defaultdict(list)
        self.left_out = 0

    def add(self, item: Json) -> None:
        """A row of the workspace's list."""
        path = item.get("name")
        if not isinstance(path, str) or not path or path != clean(path) or len(path) > PATH:
            self.left_out += 1
            return
        self._found[self._place(path)].append(self._file(path, item))

    def links(self) -> Iterator[DatasetLink]:
        """All datasets, inputs before outputs, and intermediate ones last."""
        for (data_type, name, collection), files in sorted(self._found.items(), key=_order):
            files.sort(key=lambda one: one.path)
            yield DatasetLink(
                DatasetRecord(cut(name, NAME), collection=collection, files=tuple(files)), data_type
            )

    def _place(self, path: str) -> tuple[DataType, str, str]:
        if path in self._types:
            return self._types[path], path, ""
        for folder in _folders(path):
            if folder in self._types:
                return self._types[folder], folder, ""
        return DataType.OUTPUT, next(_folders(path), path), INTERMEDIATE

    def _file(self, path: str, item: Json) -> FileRecord:
        address = self._base + address_of_file(self._run_id, path)
        return FileRecord(
            name=cut(path.rpartition("/")[2], NAME),
            path=path,
            uri=address if len(address) <= LONGEST_ADDRESS else "",
            size=number(mapping(item, "size"), "raw"),
            status=FileStatus.OFFLINE,
        )


def _folders(path: str) -> Iterator[str]:
    """The directories that a file lies in, the innermost first, each with a final slash."""
    return (f"{folder}/" for folder in PurePosixPath(path).parents if str(folder) != ".")


def _order(entry: tuple[tuple[DataType, str, str], list[FileRecord]]) -> tuple[bool, bool, str]:
    (data_type, name, collection), _ = entry
    return bool(collection), data_type != DataType.INPUT, name
