"""Reading JSON of which nothing is certain: what is missing or of another shape is taken for empty."""

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit

Json = dict[str, Any]
NAME, WORD, MESSAGE, PATH, URI, EXCERPT = 255, 60, 4000, 1024, 4096, 2000  # characters that are kept
DEEPEST = 40  # objects and lists in each other
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_SECRET = re.compile(
    r"passw|token|secret|api_?key|credential|signature|(^|[?&])(sig|key|expires)=", re.IGNORECASE
)
_WEB = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://\S+")


class Remarks:
    """Sentences about what is odd, each once, in the order in which they came up."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}

    def add(self, sentence: str) -> None:
        """Say it, if it was not said."""
        self._said.setdefault(sentence)

    def all(self) -> tuple[str, ...]:
        """What was said."""
        return tuple(self._said)


def clean(text: str) -> str:
    """The text without what no database keeps: NUL characters and halves of characters."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def cut(text: str, most: int) -> str:
    """The beginning of a text; an ellipsis says that something was cut off."""
    return text if len(text) <= most else text[: most - 1] + "…"


def text(told: Any, most: int = NAME) -> str:
    """A text, cleaned and cut; empty if it is none. Numbers are taken as they are written."""
    if isinstance(told, str):
        return cut(clean(told).strip(), most)
    return str(told)[:most] if isinstance(told, int | float) and not isinstance(told, bool) else ""


def mapping(told: Any, key: str) -> Json:
    """An object within an object; empty if it is none."""
    found = told.get(key) if isinstance(told, dict) else None
    return found if isinstance(found, dict) else {}


def listed(told: Any) -> list[Any]:
    """A list; empty if it is none."""
    return told if isinstance(told, list) else []


def whole_number(told: Any, least: int = -(2**31), most: int = 2**63 - 1) -> int | None:
    """A whole number, also one in a text; None if it is none, or beyond what can be kept."""
    if isinstance(told, str) and re.fullmatch(r"-?[0-9]{1,19}", told):
        told = int(told)
    if isinstance(told, float) and told.is_integer():
        told = int(told)
    if not isinstance(told, int) or isinstance(told, bool):
        return None
    return told if least <= told <= most else None


def time_of(told: Any, remarks: Remarks) -> datetime | None:
    """A time in UTC; a remark says where one without a zone is taken for UTC, or where one cannot be read."""
    if not isinstance(told, str) or not told.strip():
        return None
    try:
        time = datetime.fromisoformat(told.strip())
        if time.tzinfo is None:
            remarks.add("The server tells times without a zone; they are taken for UTC.")
            return time.replace(tzinfo=UTC)
        return time.astimezone(UTC)
    except (ValueError, OverflowError):
        remarks.add(f"“{cut(clean(told), 40)}” is no time that can be read, and was left out.")
        return None


def plain(value: Any, depth: int = 0) -> Any:
    """The value as the database can keep it, without secrets in the addresses that it holds."""
    if isinstance(value, str):
        return without_secrets(clean(value))
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict | list) and depth >= DEEPEST:
        return "…"
    if isinstance(value, dict):
        return {clean(str(key)): plain(one, depth + 1) for key, one in value.items()}
    return [plain(one, depth + 1) for one in value] if isinstance(value, list) else value


def without_secrets(address: str) -> str:
    """An address without user and password, and without a query that by its names is a key (as signed ones have).

    Any other text as it is.
    """
    if not _WEB.fullmatch(address):
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    query = "" if _SECRET.search(parts.query) else parts.query
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query))


def is_elsewhere(address: str) -> bool:
    """Whether a text is an address that a registry can keep: not a path of the server's own disk."""
    return bool(_WEB.fullmatch(address)) and not address.lower().startswith("file:")


def objects_in(value: Any, depth: int = 0) -> Iterator[Json]:
    """The objects in lists in lists, and the value itself if it is one."""
    if isinstance(value, dict):
        yield value
    elif isinstance(value, list) and depth < DEEPEST:
        for one in value:
            yield from objects_in(one, depth + 1)
