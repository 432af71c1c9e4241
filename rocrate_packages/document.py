"""The bytes of a metadata document to its JSON; what could be read in two ways is refused."""

import json
from typing import Any, NoReturn

from rocrate_packages.limits import Limits, PackageRefused

_BOM = b"\xef\xbb\xbf"
_SHOWN = 80
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00")


def read_document(content: bytes, limits: Limits = Limits()) -> Any:  # noqa: B008  (it is frozen)
    """The JSON of a document; raises ``PackageRefused``. How much it may hold is looked at before it is parsed."""
    _refuse_large(content, limits)
    text = _decoded(content)
    try:
        return json.loads(text, object_pairs_hook=_Objects(), parse_constant=_refuse_constant)
    except RecursionError:
        raise PackageRefused(TOO_DEEP) from None
    except ValueError as problem:
        raise PackageRefused(f"The metadata document is no JSON: {str(problem)[:200]}.") from None


TOO_DEEP = "The metadata document is nested too deeply; RO-Crate metadata is flat. Flatten it."


def _refuse_large(content: bytes, limits: Limits) -> None:
    if len(content) > limits.metadata:
        raise PackageRefused(
            f"The metadata document has {len(content)} bytes; at most {limits.metadata} are read. Describe "
            "folders of many files as one Dataset."
        )
    if sum(content.count(mark) for mark in (b",", b"{", b"[")) > limits.values:
        raise PackageRefused(
            f"The metadata document holds more than {limits.values} values. Describe folders of many files "
            "as one Dataset."
        )


def _decoded(content: bytes) -> str:
    try:
        if content.startswith(_WIDE) or b"\0" in content[:8]:
            raise ValueError("UTF-16")
        return content.removeprefix(_BOM).decode()
    except ValueError:
        raise PackageRefused(
            "The metadata document is not written in UTF-8, as RO-Crate requires. Save it as UTF-8."
        ) from None


class _Objects:
    """Makes the objects of one document.

    Most of them are links, and a file is linked to three times or more: equal links are one object, which spares
    a quarter of the memory. So nobody may change an object of a document in place.
    """

    def __init__(self) -> None:
        self._links: dict[str, dict[str, Any]] = {}

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """The object of these names and values; refused if a name is there twice."""
        if len(pairs) == 1 and pairs[0][0] == "@id" and type(pairs[0][1]) is str:
            known = self._links.get(pairs[0][1])
            if known is None:
                known = self._links[pairs[0][1]] = dict(pairs)
            return known
        found = dict(pairs)
        if len(found) < len(pairs):
            _refuse_twice([name for name, _ in pairs])
        return found


def _refuse_twice(names: list[str]) -> NoReturn:
    twice = next(name for name in names if names.count(name) > 1)
    raise PackageRefused(
        f"The metadata document has {twice[:_SHOWN]!r} twice in one object; nobody can say which one counts."
    )


def _refuse_constant(name: str) -> NoReturn:
    raise PackageRefused(f"The metadata document has the value {name}, which is no JSON.")
