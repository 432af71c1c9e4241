"""What every kind of package offers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import BinaryIO, NamedTuple, Protocol, Self

from rocrate_packages.names import Finder


class Entry(NamedTuple):
    """A file in a package: its name, relative to the crate's root, and its size in bytes as it is declared."""

    name: str
    size: int


class Store(Protocol):
    """Where a package's bytes come from, by the entries' own names."""

    def open(self, name: str) -> BinaryIO:
        """A stream over a file, which raises ``PackageRefused`` where it is not what was declared."""

    def close(self) -> None:
        """Let go of the package."""


@dataclass(frozen=True, slots=True)
class Package:
    """A crate as it came, open for reading; to be used in a ``with``.

    ``names`` holds the files beside the metadata by their name relative to the crate's root, ``folders`` the
    folders that are told of by themselves, ``outside`` is how many files lie outside of that root. ``kind`` is
    ``zip``, ``folder`` or ``metadata`` (the document alone), ``metadata_name`` what the document is called.
    Nothing is ever unpacked: who wants a file opens it.
    """

    metadata: bytes
    metadata_name: str
    kind: str
    names: Mapping[str, Entry]
    folders: Collection[str]
    outside: int
    _root: str
    _store: Store
    _find: list[Finder] = field(default_factory=list)  # made when first asked for

    def open(self, name: str) -> BinaryIO:
        """The bytes of an entry of ``names``.

        They are counted, and in archives checked against their CRC, as they are read: ``PackageRefused`` is
        raised here or while reading where they are more, fewer or other than was declared.
        """
        return self._store.open(self._root + self.names[name].name)

    def find(self, identifier: str) -> str | None:
        """The name of the entry that an ``@id`` means, None if it means none."""
        if not self._find:
            self._find.append(Finder(self.names))
        return self._find[0](identifier)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()
