"""Reading single values of a wire object: what is wrong is collected with its JSON path, nothing is raised."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from common.errors import Violation

MOST_VIOLATIONS = 1000
NAME_LENGTH = 255
LARGEST = 2**62
QUIET_KEYS = {
    "owner",
    "is_managed",
    "is_dir",
    "status",
    "readtype",
    "samples",
    "studies",
    "assay",
    "owned_by",
}


class Values:
    """Collects ``violations``, and in ``warnings`` the keys that are not understood."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self.warnings: list[str] = []

    def wrong(self, path: str, message: str) -> None:
        """Note a violation; beyond a thousand they are no longer told one by one."""
        if len(self.violations) < MOST_VIOLATIONS:
            self.violations.append(Violation(path, message))

    def unknown(self, data: dict, known: set[str], path: str) -> None:
        """Say which keys are not understood; they are no reason to refuse, older clients send more."""
        for key in data.keys() - known - QUIET_KEYS:
            if len(self.warnings) < MOST_VIOLATIONS:
                self.warnings.append(f"{path}.{key}: not understood and left out")

    def objects(self, data: dict, key: str, path: str) -> list[tuple[dict, str]]:
        """The objects of a list with their paths."""
        value = data.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(f"{path}.{key}", "must be a list of objects")
            return []
        found = [(one, f"{path}.{key}[{number}]") for number, one in enumerate(value)]
        for one, where in found:
            if not isinstance(one, dict):
                self.wrong(where, "must be an object")
        return [pair for pair in found if isinstance(pair[0], dict)]

    def text(
        self, data: dict, key: str, path: str, length: int | None = NAME_LENGTH, *, required: bool = False
    ) -> str:
        """A text, empty where it is not given."""
        value = data.get(key)
        if value is None or value == "":
            if required:
                self.wrong(f"{path}.{key}", "is required")
            return ""
        if not isinstance(value, str):
            self.wrong(f"{path}.{key}", "must be a text")
        elif length is not None and len(value) > length:
            self.wrong(f"{path}.{key}", f"must have at most {length} characters, has {len(value)}")
        elif "\0" in value:
            self.wrong(f"{path}.{key}", "must not hold a NUL character")
        else:
            return value
        return ""

    def texts(self, data: dict, key: str, path: str) -> tuple[str, ...]:
        """The different texts of a list, sorted."""
        value = data.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) and "\0" not in one for one in value):
            self.wrong(f"{path}.{key}", "must be a list of texts")
            return ()
        return tuple(sorted(set(value)))

    def choice(
        self, data: dict, key: str, path: str, allowed: tuple[Any, ...], *, required: bool = False
    ) -> str:
        """One of the allowed words."""
        value = data.get(key)
        if value in (None, "") and not required:
            return ""
        if not isinstance(value, str) or value not in allowed:
            self.wrong(f"{path}.{key}", f"must be one of {', '.join(map(str, allowed))}")
            return str(allowed[0])
        return value

    def flag(self, data: dict, key: str, path: str, *, default: bool = False) -> bool:
        """True or false."""
        value = data.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(f"{path}.{key}", "must be true or false")
        return value is True

    def whole(self, data: dict, key: str, path: str, *, least: int = 0, most: int = 2**31 - 1) -> int | None:
        """A whole number, None where it is not given."""
        value = data.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.wrong(f"{path}.{key}", f"must be a whole number from {least} to {most}")
            return None
        return value

    def uuid(self, data: dict, key: str, path: str, *, required: bool = False) -> UUID | None:
        """An id of the registry."""
        return self._parsed(data, key, path, UUID, "must be a UUID", required=required)

    def time(self, data: dict, key: str, path: str) -> datetime | None:
        """A time; without a zone it is taken as UTC."""
        found: datetime | None = self._parsed(
            data, key, path, _utc, "must be a time such as 2024-01-15T10:00:00Z"
        )
        return found

    def checksum(self, data: dict, key: str, path: str, digits: int) -> str:
        """A checksum in hexadecimal, lower case."""
        value = self.text(data, key, path).lower()
        if value and (len(value) != digits or not set(value) <= set("0123456789abcdef")):
            self.wrong(f"{path}.{key}", f"must be {digits} hexadecimal digits")
        return value

    def mapping(self, data: dict, key: str, path: str) -> dict[str, Any]:
        """An object of names and values."""
        value = data.get(key)
        if value is not None and not isinstance(value, dict):
            self.wrong(f"{path}.{key}", "must be an object")
        return value if isinstance(value, dict) else {}

    def once(self, values: list[str], path: str, key: str) -> None:
        """Each value at most once."""
        seen: set[str] = set()
        for number, value in enumerate(values):
            if value and value in seen:
                self.wrong(f"{path}[{number}].{key}", f"{value!r} stands twice")
            seen.add(value)

    def _parsed(
        self,
        data: dict,
        key: str,
        path: str,
        parse: Callable[[str], Any],
        expected: str,
        *,
        required: bool = False,
    ) -> Any:
        value = data.get(key)
        if value in (None, ""):
            if required:
                self.wrong(f"{path}.{key}", "is required")
            return None
        try:
            return parse(value) if isinstance(value, str) else self.wrong(f"{path}.{key}", expected)
        except (ValueError, OverflowError):
            return self.wrong(f"{path}.{key}", expected)


def _utc(text: str) -> datetime:
    """A time in UTC; OverflowError for one that has no date there."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
