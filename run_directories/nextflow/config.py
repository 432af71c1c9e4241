"""``nextflow.config`` as data: the manifest in it is read, nothing is run. And the options of the command."""

import re
import shlex
from pathlib import Path
from typing import Any

from run_directories.reading import MEGABYTE, mapping_of, text_of

_BLOCK = re.compile(r"^\s*manifest\s*\{(.*?)^\s*\}", re.DOTALL | re.MULTILINE)
_VALUE = re.compile(
    r"""^\s*(?:manifest\.)?(\w+)\s*=\s*(?:'''(.*?)'''|\"\"\"(.*?)\"\"\"|'([^'\n]*)'|"([^"\n]*)")""",
    re.M | re.S,
)
_DOTTED = re.compile(r"^\s*manifest\.\w+\s*=.*$", re.MULTILINE)


def manifest_of(directory: Path) -> dict[str, str]:
    """The manifest's texts: name, version, description, homePage, license, mainScript."""
    config = text_of(directory / "nextflow.config", directory, MEGABYTE)
    block = _BLOCK.search(config)
    told = "\n".join([block[1] if block else "", *_DOTTED.findall(config)])
    return {
        found[1]: next((text for text in found.groups()[1:] if text), "") for found in _VALUE.finditer(told)
    }


def command_parameters(command: str, directory: Path) -> dict[str, Any]:
    """The workflow's parameters (``--name value``) and those of the file that ``-params-file`` names."""
    words = words_of(command)
    found: dict[str, Any] = {}
    for position, word in enumerate(words):
        following = words[position + 1] if position + 1 < len(words) else ""
        if word == "-params-file" and following and ".." not in following:
            found = {**mapping_of(directory / following, directory), **found}
        elif word.startswith("--") and len(word) > 2:
            name, has_value, value = word[2:].partition("=")
            found[name] = (
                value
                if has_value
                else True
                if following.startswith("-") or not following
                else _read(following)
            )
    return found


def option(command: str, *names: str) -> str:
    """The value of one of Nextflow's own options, such as ``-profile``."""
    words = words_of(command)
    places = [position for position, word in enumerate(words[:-1]) if word in names]
    return words[places[0] + 1] if places else ""


def words_of(command: str) -> list[str]:
    """The command in words, also where its quotes do not match."""
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def _read(word: str) -> Any:
    """As Nextflow reads a value of the command line."""
    if word in ("true", "false"):
        return word == "true"
    if re.fullmatch(r"-?\d+", word):
        return int(word)
    return float(word) if re.fullmatch(r"-?\d+\.\d+", word) else word
