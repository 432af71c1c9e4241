"""Remarks: what was odd in a crate and how it was taken, bounded in number and length."""

from rocrate_import.translate.result import Remark

MOST = 200
_LONGEST = 300


class Remarks:
    """Collects remarks; each once, and only the first ones where there are very many."""

    def __init__(self) -> None:
        self._kept: dict[Remark, None] = {}
        self._more = 0

    def add(self, entity: str, message: str) -> None:
        """Say something odd about the entity of this ``@id`` (empty: about the crate)."""
        remark = Remark(entity[:_LONGEST], message[: 2 * _LONGEST])
        if len(self._kept) < MOST:
            self._kept[remark] = None
        elif remark not in self._kept:
            self._more += 1

    def cut(self, text: str, length: int, entity: str, what: str) -> str:
        """The text, cut with a remark where it is longer than the registry can hold."""
        if len(text) <= length:
            return text
        self.add(entity, f"The {what} has {len(text)} characters; the first {length} are kept.")
        return text[:length]

    def all(self) -> tuple[Remark, ...]:
        """What was remarked."""
        more = [Remark("", f"… and {self._more} more remarks.")] if self._more else []
        return (*self._kept, *more)
