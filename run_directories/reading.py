"""Reads what lies in a directory, within bounds: no file is read past its limit, none through a link that leads out."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from run_directories.sniffers import Unreadable

MEGABYTE = 2**20
MOST = 64 * MEGABYTE
# The YAML of CWL, {type: File?}, which PyYAML refuses between brackets unless it is quoted.
_FLOWING = re.compile(r"(?<=[:,\[{\s])([A-Za-z]\w*(?:\[\])*\?)(?=\s*[,}\]])")


class _Loader(yaml.SafeLoader):
    """Takes no aliases: a small file of them stands for more values than any machine holds."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """A node that is no alias."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not understood")
        return super().compose_node(parent, index)


def is_within(path: Path, directory: Path) -> bool:
    """Whether the path, with every link followed, lies in the directory."""
    try:
        return path.resolve().is_relative_to(directory.resolve())
    except OSError:
        return False


def text_of(path: Path, directory: Path, most: int = MOST) -> str:
    """The file's text, cut at ``most`` bytes; empty where there is none, or a link leads out of the directory."""
    if not is_within(path, directory) or not path.is_file():
        return ""
    try:
        with path.open("rb") as file:
            return file.read(most).decode(errors="replace")
    except OSError as problem:
        raise Unreadable(f"{path} cannot be read: {problem.strerror}.") from problem


def json_of(path: Path, directory: Path) -> Any:
    """What the JSON file says, None where there is none or it is empty. Unreadable where it is broken."""
    text = text_of(path, directory)
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError as problem:
        raise Unreadable(
            f"{path} is no readable JSON ({problem}); was it cut off while being written?"
        ) from problem


def mapping_of(path: Path, directory: Path) -> dict[str, Any]:
    """What a JSON or YAML file holds, empty where it holds no mapping; what cannot be read is as good as not there.

    YAML takes a second for each megabyte, so that of a file of more than two megabytes only JSON is read.
    """
    told = text_of(path, directory, 16 * MEGABYTE)
    if not told.startswith("{") and len(told) > 2 * MEGABYTE:
        return {}
    held = _loaded(told)
    if held is None:
        held = _loaded(_FLOWING.sub(r'"\1"', told))
    return held if isinstance(held, dict) else {}


def _loaded(told: str) -> Any:
    try:
        return json.loads(told) if told[:1] == "{" else yaml.load(told, Loader=_Loader)
    except (ValueError, yaml.YAMLError, RecursionError):
        return None


def listed(value: Any) -> list[Any]:
    """A list, whether there is one already, a single value, or none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def size_of(path: Path) -> int | None:
    """The size in bytes, None where there is no such file."""
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None
