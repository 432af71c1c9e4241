"""Written as a crate of ours and read again: is it the same?"""

import shutil
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from rocrate_import.translate import Translation, read_crate
from rocrate_packages import Package, open_package


def translated(package: Package) -> Translation:
    """What a crate says, in the words of the registry."""

    def read_text(name: str, most: int) -> str:
        with package.open(name) as stream:
            content: bytes = stream.read(most)
        return content.decode(errors="replace")

    return read_crate(package.metadata, {name: one.size for name, one in package.names.items()}, read_text)


def written(told: Translation, package: Package, folder: Path) -> None:
    """Lay down what was told as a crate of ours, with the files of the package."""
    from rocrate_export.crate import contents_of
    from rocrate_export.version import contents_of_version

    contents = contents_of(told.record) if told.record else contents_of_version(told.workflow)
    for name, content in contents.written:
        _place(folder, name).write_bytes(content)
    for member in contents.stored:
        with package.open(member.key) as source, _place(folder, member.name).open("wb") as target:
            shutil.copyfileobj(source, target)


def difference(first: Translation, folder: Path) -> str:
    """The names of the fields in which the crate in ``folder`` says something else; none if all are the same."""
    with open_package(folder) as package:
        second = translated(package)
    return _difference(*(_comparable(one.record or one.workflow) for one in (first, second)))


def _place(folder: Path, name: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _comparable(value: Any) -> Any:
    """A record without what docs/crates.md says does not come back: parts of milliseconds, guessed media types."""
    if isinstance(value, datetime):
        return value.replace(microsecond=value.microsecond // 1000 * 1000)
    if isinstance(value, tuple):
        return tuple(map(_comparable, value))
    if not is_dataclass(value) or isinstance(value, type):
        return value
    known = {one.name: _comparable(getattr(value, one.name)) for one in fields(value) if one.compare}
    return replace(value, **{name: "" if name == "mime_type" else one for name, one in known.items()})


def _difference(first: Any, second: Any) -> str:
    """The names of the fields that are not the same; none if all are."""
    if type(first) is not type(second):
        return f"differs: {type(first).__name__} became {type(second).__name__}"
    names = [one.name for one in fields(first) if one.compare]
    names = [name for name in names if getattr(first, name) != getattr(second, name)]
    return f"differs: {', '.join(names)}" if names else ""
