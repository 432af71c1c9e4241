"""The members of an archive as columns: tens of thousands of them in a few megabytes, read back without parsing.

What is kept of a prepared archive begins so. All numbers are little-endian.
"""

import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import overload

from rocrate_export.zipping import Member

_NUMBERS = "QIQQQ"  # sizes, checksums, places of contents, ends of names, ends of keys


class Columns(Sequence[Member]):
    """Members without their contents: those that an archive brings along stand one after the other in ``home``.

    ``home`` is the key of the file that holds them, ``start`` the byte in it at which the first begins.
    """

    def __init__(self, numbers: "list[array[int]]", names: bytes, keys: bytes, home: str, start: int) -> None:
        self._sizes, self._checksums, self._places, self._name_ends, self._key_ends = numbers
        self._names, self._keys, self._home, self._start = names, keys, home, start

    def __len__(self) -> int:
        return len(self._sizes)

    @overload
    def __getitem__(self, number: int) -> Member: ...
    @overload
    def __getitem__(self, number: slice) -> list[Member]: ...
    def __getitem__(self, number: int | slice) -> Member | list[Member]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        names, keys = self._name_ends, self._key_ends
        name = self._names[names[number - 1] if number else 0 : names[number]].decode()
        key = self._keys[keys[number - 1] if number else 0 : keys[number]].decode()
        return self._member(name, key, number)

    def __iter__(self) -> Iterator[Member]:
        names, keys = _texts(self._names, self._name_ends), _texts(self._keys, self._key_ends)
        for number, (name, key) in enumerate(zip(names, keys, strict=True)):
            yield self._member(name, key, number)

    def _member(self, name: str, key: str, number: int) -> Member:
        size, checksum = self._sizes[number], self._checksums[number]
        if key:
            return Member(name, size, checksum, None, key)
        return Member(name, size, checksum, None, self._home, self._start + self._places[number])

    def stored(self) -> dict[str, int]:
        """The size of each stored file that is needed, by its key."""
        keys = _texts(self._keys, self._key_ends)
        return {key: size for key, size in zip(keys, self._sizes, strict=True) if key}


def written(members: Sequence[Member]) -> tuple[list[int], Iterator[bytes]]:
    """The columns of members, as ``read`` wants them: the length of each, and their bytes."""
    names = [one.name.encode() for one in members]
    keys = [b"" if one.content is not None else one.key.encode() for one in members]
    columns = [
        *(array("Q", (one.size for one in members)), array("I", (one.crc32 for one in members))),
        *(_places(members), _ends(names), _ends(keys)),
    ]
    pieces = [*map(_little, columns), b"".join(names), b"".join(keys)]
    return [len(piece) for piece in pieces], iter(pieces)


def read(take: Callable[[int], bytes], lengths: Sequence[int], home: str, start: int) -> Columns:
    """The members whose columns ``take`` gives out, so many bytes at a time."""
    numbers = []
    for kind, length in zip(_NUMBERS, lengths, strict=False):
        column = array(kind, take(length))
        numbers.append(_swapped(column))
    return Columns(numbers, take(lengths[-2]), take(lengths[-1]), home, start)


def _places(members: Sequence[Member]) -> "array[int]":
    """Where each content begins, counted from the first one; those of stored files have no length."""
    sizes = (0 if one.content is None else one.size for one in members)
    return array("Q", [*accumulate(sizes, initial=0)][:-1])


def _ends(texts: Iterable[bytes]) -> "array[int]":
    return array("Q", accumulate(map(len, texts)))


def _texts(joined: bytes, ends: Iterable[int]) -> Iterator[str]:
    return (joined[start:end].decode() for start, end in pairwise((0, *ends)))


def _little(column: "array[int]") -> bytes:
    return _swapped(column[:]).tobytes()


def _swapped(column: "array[int]") -> "array[int]":
    """The column in the other order of bytes, on machines that have the other one."""
    if sys.byteorder == "big":
        column.byteswap()
    return column
