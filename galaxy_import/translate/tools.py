"""Which tool a step ran: its id, its version, and where its code is."""

from dataclasses import dataclass
from urllib.parse import quote

from galaxy_import.answers import Json
from galaxy_import.translate.reading import TOOL, VERSION, cut, mapping, text

_PARTS = 6  # host, "repos", owner, repository, tool, version
_LONGEST_URL = 1000


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as Galaxy names it; what is not known is empty."""

    id: str = ""
    version: str = ""
    url: str = ""


def tool_of(definition: Json, used: str) -> Tool:
    """The tool of a step of a workflow's file, of which a job says that it ran ``used``.

    What ran may be another version than was planned: the id of a tool that was installed from a tool shed ends with
    its version. The revision in the file is only given if it is that of what ran.
    """
    planned = text(definition, "tool_id", TOOL) or text(definition, "content_id", TOOL)
    identifier = cut(used, TOOL) or planned
    ended = version_of(identifier)
    written = text(definition, "tool_version", VERSION) if not used or _same_tool(planned, used) else ""
    shed = mapping(definition, "tool_shed_repository") if planned == identifier else {}
    return Tool(identifier, ended or written, _address(shed) or _address_of(identifier))


def version_of(identifier: str) -> str:
    """The version that the id of a tool from a tool shed ends with; empty for other tools."""
    parts = identifier.split("/")
    return cut(parts[-1], VERSION) if len(parts) == _PARTS and parts[1] == "repos" else ""


def _same_tool(planned: str, used: str) -> bool:
    return not planned or planned == used


def _address(repository: Json) -> str:
    names = [text(repository, key) for key in ("tool_shed", "owner", "name", "changeset_revision")]
    return _page(*names) if all(names) else ""


def _address_of(identifier: str) -> str:
    parts = identifier.split("/")
    return _page(parts[0], parts[2], parts[3]) if version_of(identifier) and all(parts) else ""


def _page(shed: str, *path: str) -> str:
    host = shed.split("://")[-1].strip("/")
    url = f"https://{host}/view/" + "/".join(quote(part, safe="") for part in path)
    return url if len(url) <= _LONGEST_URL else ""
