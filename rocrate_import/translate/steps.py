"""The steps of a workflow, the tools behind them, and which job belongs to which."""

from dataclasses import replace

from rocrate_export.tools import own_address
from rocrate_export.wording import (
    NAMED_AFTER_IDENTIFIER,
    NAMED_AFTER_STEP,
    STATUS,
    STEP,
    TOOL_ADDRESS,
    VERSION_OF_WORKFLOW,
)
from rocrate_import.translate.actions import instrument_of, message_of
from rocrate_import.translate.containers import image_of
from rocrate_import.translate.graph import Entity, is_a, text, values
from rocrate_import.translate.properties import details, first_text, word
from rocrate_import.translate.reading import KEY, LONG, Reading
from rocrate_import.translate.statuses import Standing, all_of, status_of
from rocrate_import.translate.workflow import version_of
from workflows.records import RunStatus, StepRecord

_LONGEST_VERSION = 100
_LONGEST_ADDRESS = 1000
_LARGEST = 2**31 - 1


class Steps:
    """The steps of a run by the ``@id`` of what describes them; a tool that no step names is a step of its own."""

    def __init__(self, reading: Reading, run: Entity | None, jobs: list[Entity]) -> None:
        self._reading, self._run, self._jobs = reading, run, jobs
        self._entities = {one["@id"]: one for one in _in_order(reading)}
        self._keys: dict[str, str] = {}
        self._taken: set[str] = set()
        for one in self._entities.values():
            self._give_key(one)
        self._controls = self._read_controls()
        self._by_tool = self._read_tools()
        self._step_of_job = {one["@id"]: self._find_step(one) for one in jobs}

    def key_of_job(self, job: Entity) -> str:
        """The key of the step that a job belongs to, empty for none."""
        return self._step_of_job[job["@id"]]

    def records(self) -> tuple[StepRecord, ...]:
        """All steps, in the order of the document, or by position."""
        holders = self._holders()
        steps = [self._record(one, holders) for one in self._entities.values()]
        return tuple(steps if self._reading.is_ours else self._with_jobs(steps))

    def _give_key(self, entity: Entity) -> str:
        identifier = entity["@id"]
        told = first_text(self._reading.graph, entity, "identifier") if self._reading.is_ours else ""
        short = identifier.rpartition("#")[2] or identifier
        key = (told or (short if short not in self._taken else identifier))[:KEY]
        if key in self._taken:
            key = f"{key[: KEY - 10]}-{len(self._taken)}"
        self._taken.add(key)
        self._keys[identifier] = key
        return key

    def _read_controls(self) -> dict[str, str]:
        """From actions to the steps whose ControlAction started them."""
        graph, found = self._reading.graph, dict[str, str]()
        for control in graph.of_type("ControlAction"):
            steps = [one for one in graph.ids(control, "instrument") if one in self._keys]
            for action in graph.ids(control, "object") if steps else []:
                found.setdefault(action, steps[0])
        return found

    def _read_tools(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for identifier, entity in self._entities.items():
            for tool in self._reading.graph.ids(entity, "workExample"):
                found.setdefault(tool, identifier)
        return found

    def _find_step(self, job: Entity) -> str:
        if self._reading.is_ours:
            told = details(self._reading.graph, job).get(STEP, "")
            return self._keys.get(self._controls.get(job["@id"], ""), "") or str(told)
        if job["@id"] in self._controls:
            return self._keys[self._controls[job["@id"]]]
        steps = [one for one in self._reading.graph.ids(job, "instrument") if one in self._keys]
        tool = instrument_of(self._reading, job)
        if steps or tool is None:
            return self._keys[steps[0]] if steps else ""
        if tool["@id"] not in self._by_tool:
            self._by_tool[tool["@id"]] = tool["@id"]
            self._entities[tool["@id"]] = tool
            self._give_key(tool)
        return self._keys[self._by_tool[tool["@id"]]]

    def _holders(self) -> dict[str, str]:
        """From steps to the step whose subworkflow holds them."""
        graph, found = self._reading.graph, dict[str, str]()
        main = self._reading.main["@id"] if self._reading.main else ""
        nested = [] if self._reading.is_ours else graph.of_type("ComputationalWorkflow", "HowTo")
        for workflow in nested:
            holder = self._by_tool.get(workflow["@id"])
            if holder and workflow["@id"] != main:
                found.update({one: holder for one in graph.ids(workflow, "step") if one != holder})
        for identifier, entity in self._entities.items():
            parents = [one for one in graph.ids(entity, "isPartOf") if one in self._keys]
            found.update({identifier: parents[0]} if parents else {})
        return found

    def _record(self, entity: Entity, holders: dict[str, str]) -> StepRecord:
        reading, identifier = self._reading, entity["@id"]
        told = word(RunStatus, details(reading.graph, entity).get(STATUS))
        is_step = is_a(entity, "HowToStep")
        tools = reading.graph.linked(entity, "workExample") if is_step else [entity]
        tool = _tool(reading, tools[0]) if tools else ("", "", "", "")
        last = self._keys[identifier].rstrip("/").rpartition("/")[2]
        name = text(entity, "name") or ("" if reading.is_ours else last if is_step else tool[1] or last)
        return StepRecord(
            key=self._keys[identifier],
            name=reading.name(name, identifier),
            position=_position(entity),
            parent=self._keys.get(holders.get(identifier, ""), ""),
            tool_id=reading.remarks.cut(tool[0], LONG, identifier, "tool's identifier"),
            tool_name=reading.name(tool[1], identifier, "tool's name"),
            tool_version=reading.remarks.cut(tool[2], _LONGEST_VERSION, identifier, "tool's version"),
            container_image=image_of(reading, entity) if is_step else "",
            status=told or RunStatus.UNKNOWN,
            tool_url=reading.remarks.cut(tool[3], _LONGEST_ADDRESS, identifier, "tool's address"),
            message=message_of(reading, entity),
        )

    def _with_jobs(self, steps: list[StepRecord]) -> list[StepRecord]:
        """Steps with what their jobs and ControlActions tell: status, image, error."""
        standings: dict[str, list[Standing]] = {}
        images: dict[str, str] = {}
        errors: dict[str, str] = {}
        for control in self._reading.graph.of_type("ControlAction"):
            if values(control, "actionStatus", "error"):
                for one in self._reading.graph.ids(control, "instrument"):
                    key = self._keys.get(one, "")
                    standings.setdefault(key, []).append(status_of(self._reading, control))
                    errors.setdefault(key, message_of(self._reading, control))
        for job in self._jobs:
            key = self._step_of_job[job["@id"]]
            standings.setdefault(key, []).append(status_of(self._reading, job))
            images.setdefault(key, image_of(self._reading, job))
        for holder in [step for step in steps if step.key not in standings]:
            below = [
                one for step in steps if step.parent == holder.key for one in standings.get(step.key, [])
            ]
            if below:
                standings[holder.key] = below
        skipped = RunStatus.SKIPPED if self._controls else RunStatus.UNKNOWN
        return [
            replace(
                step,
                status=all_of(standings[step.key])[0] if step.key in standings else skipped,
                container_image=step.container_image or images.get(step.key, ""),
                message=step.message or errors.get(step.key, ""),
            )
            for step in steps
        ]


def _in_order(reading: Reading) -> list[Entity]:
    steps = reading.graph.of_type("HowToStep")
    return list(steps) if reading.is_ours else sorted(steps, key=_position)


def _position(entity: Entity) -> int:
    told = text(entity, "position").strip()
    return min(int(told), _LARGEST) if told.isascii() and told.isdigit() and len(told) < 12 else 0


def _tool(reading: Reading, tool: Entity) -> tuple[str, str, str, str]:
    """Identifier, name, version and address of a tool; what our own builder only borrowed is left out."""
    told = first_text(reading.graph, tool, "identifier")
    if reading.is_ours:
        borrowed = text(tool, "description")
        named_after = NAMED_AFTER_STEP in borrowed or NAMED_AFTER_IDENTIFIER in borrowed
        version = "" if VERSION_OF_WORKFLOW in borrowed else text(tool, "version")
        return told, "" if named_after else text(tool, "name"), version, _our_address(reading, tool, told)
    page = first_text(reading.graph, tool, "url")
    address = tool["@id"] if "://" in tool["@id"] else page
    short = tool["@id"].rpartition("#")[2].rpartition("/")[2]
    own = page or first_text(reading.graph, tool, "codeRepository")
    return told or address, text(tool, "name") or short, version_of(tool), own if "://" in own else ""


def _our_address(reading: Reading, tool: Entity, identifier: str) -> str:
    """The address of a tool as it was recorded; that of a subworkflow never is its ``url`` alone."""
    told = details(reading.graph, tool).get(TOOL_ADDRESS)
    if told is not None:
        return str(told)
    is_tool = is_a(tool, "SoftwareApplication")
    return own_address(text(tool, "url"), identifier) if is_tool else ""
