"""The workflow as ``packed.cwl`` or the files beside a run describe it: steps, their tools, what they declare."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from run_directories.findings import FoundStep
from run_directories.reading import listed

_SCATTERED = re.compile(r"_\d+$")
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Description:
    """A CWL document: its main process, and all processes of it by their id."""

    main: dict[str, Any]
    processes: dict[str, dict[str, Any]]

    @property
    def is_tool(self) -> bool:
        """Whether it is one tool, without a workflow around it."""
        return bool(self.main) and self.main.get("class") != "Workflow"

    @property
    def optional_outputs(self) -> set[str]:
        """The ids of outputs that may be null."""
        return {short(str(name)) for name, value in _named(self.main.get("outputs")) if _is_optional(value)}

    @property
    def inputs(self) -> set[str]:
        """The ids of the inputs."""
        return {short(name) for name, _ in _named(self.main.get("inputs"))}


def described(document: dict[str, Any], others: dict[str, dict[str, Any]] | None = None) -> Description:
    """The document taken apart; a packed one has a ``$graph``, a plain one is its own main process.

    ``others`` are the files that a plain one runs, by their names.
    """
    graph = [one for one in listed(document.get("$graph")) if isinstance(one, dict)]
    if not graph:
        return Description(document, others or {})
    processes = {str(one.get("id", "")).lstrip("#"): one for one in graph}
    return Description(processes.get("main") or graph[-1], processes)


def short(identifier: str) -> str:
    """The last part of an id such as ``#main/sort/infile``."""
    return identifier.rsplit("#", 1)[-1].rsplit("/", 1)[-1]


def text(value: Any) -> str:
    """A label or doc, which may be a list of lines."""
    return "\n".join(str(line) for line in listed(value)).strip()


def license_of(description: Description) -> str:
    """The SPDX identifier at the end of a license's address, empty where none is given."""
    for name, value in description.main.items():
        if name.endswith("license") and isinstance(value, str):
            return value.rstrip("/").rsplit("/", 1)[-1].removesuffix(".html")
    return ""


def steps_of(description: Description) -> tuple[FoundStep, ...]:
    """The steps in the order of the document, what is nested after what holds it. A bare tool is its only step."""
    if description.is_tool:
        return (_step("main", tool_name(description.main, "main"), "", description.main, "main", {}),)
    return tuple(_steps(description, description.main, "", 0))


def step_key(name: str, keys: set[str], parent: str = "") -> str:
    """The step of a job: of ``sort_2`` the step ``sort``, unless there is one called ``sort_2``. Empty if unknown."""
    place = f"{parent}/" if parent else ""
    return next((key for key in (place + name, place + _SCATTERED.sub("", name)) if key in keys), "")


def tool_name(process: dict[str, Any], otherwise: str) -> str:
    """The label of a process, else what it is called."""
    return (text(process.get("label")) or otherwise)[:255]


def _steps(
    description: Description, workflow: dict[str, Any], parent: str, depth: int
) -> Iterator[FoundStep]:
    for name, step in _named(workflow.get("steps")):
        key = f"{parent}/{short(name)}" if parent else short(name)
        identifier, process = _run(description, step)
        yield _step(key, short(name), parent, process, identifier, workflow)
        if process.get("class") == "Workflow" and depth < DEEPEST:
            yield from _steps(description, process, key, depth + 1)


def _step(
    key: str, name: str, parent: str, process: dict[str, Any], identifier: str, around: dict[str, Any]
) -> FoundStep:
    """What a step runs; what the workflow around it asks for holds where the tool asks for nothing."""
    docker = _requirement(process, "DockerRequirement") or _requirement(around, "DockerRequirement")
    return FoundStep(
        key=key,
        name=name,
        parent=parent,
        tool_id=identifier[:500],
        tool_name=tool_name(process, identifier.rsplit("/", 1)[-1].removesuffix(".cwl")),
        tool_version=_version(process)[:100],
        container_image=_image(docker)[:500] if process.get("class") != "Workflow" else "",
    )


def _named(members: Any) -> list[tuple[str, Any]]:
    """Inputs, outputs and steps are a mapping by id, or a list whose members have one."""
    if isinstance(members, dict):
        return list(members.items())
    return [(_id(one), one) for one in listed(members) if isinstance(one, dict) and _id(one)]


def _id(member: dict[str, Any]) -> str:
    """Packing writes ``$import`` in place of a step whose id is also that of an output."""
    return str(member.get("id") or member.get("$import") or "")


def _run(description: Description, step: Any) -> tuple[str, dict[str, Any]]:
    run = step.get("run") if isinstance(step, dict) else None
    if isinstance(run, dict):
        return short(str(run.get("id", ""))), run
    name = str(run or "").lstrip("#")
    return name, description.processes.get(name, {})


def _requirement(process: dict[str, Any], wanted: str) -> dict[str, Any]:
    for where in ("requirements", "hints"):
        members = process.get(where)
        if isinstance(members, dict) and isinstance(members.get(wanted), dict):
            return dict(members[wanted])
        for one in listed(members):
            if isinstance(one, dict) and one.get("class") == wanted:
                return one
    return {}


def _image(docker: dict[str, Any]) -> str:
    return str(docker.get("dockerPull") or docker.get("dockerImageId") or "")


def _version(process: dict[str, Any]) -> str:
    packages = _requirement(process, "SoftwareRequirement").get("packages")
    values = packages.values() if isinstance(packages, dict) else listed(packages)
    versions = (one.get("version") for one in values if isinstance(one, dict))
    return next((str(listed(version)[0]) for version in versions if listed(version)), "")


def _is_optional(output: Any) -> bool:
    kind = output.get("type") if isinstance(output, dict) else output
    return (isinstance(kind, str) and kind.endswith("?")) or "null" in listed(kind) or kind == "Any"
