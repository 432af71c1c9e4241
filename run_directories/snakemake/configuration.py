"""The parameters of an invocation: its configuration files, overlaid by what stood on the command line."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from run_directories.reading import mapping_of
from run_directories.snakemake.command import Command
from run_directories.snakemake.sources import Sources
from run_directories.snakemake.values import Log

CHANGED = "The configuration is not the one that this invocation had: its files have changed since."


@dataclass(frozen=True, slots=True)
class Configuration:
    """The values, the files they come from, and what is odd."""

    values: dict[str, Any]
    files: tuple[Path, ...] = ()
    remarks: tuple[str, ...] = ()


def read_configuration(directory: Path, log: Log, command: Command, sources: Sources | None) -> Configuration:
    """The configuration; the log's digest of it tells whether it is still the same."""
    files = _files(directory, log, command, sources)
    values: dict[str, Any] = {}
    for file in files:
        _lay_over(values, mapping_of(file, file.parent))
    _lay_over(values, {name: _typed(text) for name, text in command.config.items()})
    told = log.header.get("Config MD5", "")
    is_changed = bool(told) and told != "unavailable" and told != digest(values)
    return Configuration(values, files, (CHANGED,) if is_changed else ())


def digest(values: dict[str, Any]) -> str:
    """The digest that the engine writes into its log."""
    try:
        text = json.dumps(values, sort_keys=True)
    except (TypeError, ValueError):
        return "unavailable"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _files(directory: Path, log: Log, command: Command, sources: Sources | None) -> tuple[Path, ...]:
    """In the order in which they are laid over each other."""
    named = _listed(log.header.get("Config file(s)", ""))
    if "Config file(s)" not in log.header:
        named = [*(sources.configfiles if sources else []), *command.configfiles]
    run_directory = log.header.get("Run directory", "").rstrip("/")
    found = dict.fromkeys(_here(directory, name, run_directory) for name in named)
    return tuple(path for path in found if path.is_file())


def _listed(text: str) -> list[str]:
    """``['config/config.yaml']``, as Python prints a list."""
    held = yaml.safe_load(text) if text.startswith("[") and text.endswith("]") else []
    return [str(one) for one in held]


def _here(directory: Path, name: str, run_directory: str) -> Path:
    if run_directory and name.startswith(f"{run_directory}/"):
        return directory / name[len(run_directory) + 1 :]
    return directory / name


def _lay_over(values: dict[str, Any], over: dict[str, Any]) -> None:
    """Mappings are merged, all else is replaced, as the engine does."""
    for name, value in over.items():
        held = values.get(name)
        if isinstance(held, dict) and isinstance(value, dict):
            _lay_over(held, value)
        else:
            values[name] = value


def _typed(text: str) -> Any:
    """A value of the command line as the engine reads it: a number, a truth, or YAML whose leaves are texts."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    if text in ("True", "False"):
        return text == "True"
    try:
        return yaml.load(text, Loader=yaml.BaseLoader)  # it makes texts, lists and mappings only
    except yaml.YAMLError:
        return text
