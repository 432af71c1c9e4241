"""Which action is the run, and which ones are its jobs."""

import re
from dataclasses import dataclass

from rocrate_export.wording import MESSAGE, NO_COMMAND
from rocrate_import.translate.graph import Entity, Graph, is_a, text, values
from rocrate_import.translate.properties import details
from rocrate_import.translate.reading import Reading

EXECUTIONS = ("CreateAction", "ActivateAction", "UpdateAction")
_OUR_RUN = re.compile(r"#run(?:-[0-9a-f-]{36})?")
_OUR_JOB = re.compile(r"#job-\d+")
_OUR_OTHERS = re.compile(r"#(?:subworkflow-run|history)(?:-.*)?")
_OPTION = re.compile(r"(?:^|\s)--?[A-Za-z][\w-]*")
_SHELL = re.compile(r"(?:^|\s)(?:[|<>]|>>|&&|\S*/\S+|\S+=\S+|\S+\.\w{1,8})(?:\s|$)")
_PROGRAM = re.compile(r"[\w.+/~${}-]+")


@dataclass(frozen=True, slots=True)
class Executions:
    """The action that is the run (None: the run is the sum of its jobs), and the jobs in the order of the document.

    ``left`` are other runs of the same workflow, which are not read.
    """

    run: Entity | None
    jobs: list[Entity]
    left: tuple[Entity, ...] = ()


def is_ours(graph: Graph) -> bool:
    """Whether the registry's own builder wrote a crate, as the ``@id`` of its actions tell."""
    ids = [one["@id"] for one in graph.of_type(*EXECUTIONS)]
    runs = [one for one in ids if _OUR_RUN.fullmatch(one)]
    others = (one for one in ids if not _OUR_RUN.fullmatch(one))
    return len(runs) == 1 and all(_OUR_JOB.fullmatch(one) or _OUR_OTHERS.fullmatch(one) for one in others)


def executions_of(reading: Reading) -> Executions:
    """What was executed.

    The run is the action whose instrument is the main workflow, or that an engine's action resulted in; of
    several the one that ended last. A single action of a crate without one is the run and its only job; several
    are the jobs of one run.
    """
    if reading.is_ours:
        return _ours(reading.graph)
    actions = [one for one in reading.graph.of_type(*EXECUTIONS) if not _is_curation(reading, one)]
    runs = _runs_of_main(reading, actions)
    if runs:
        run = _last(reading, runs)
        left = tuple(one for one in runs if one is not run)
        known = {one["@id"] for one in runs}
        others = [one for one in actions if one["@id"] not in known]
        return Executions(run, _without_followers(reading, others, run, left), left)
    return Executions(actions[0] if len(actions) == 1 else None, actions)


def _ours(graph: Graph) -> Executions:
    actions = graph.of_type(*EXECUTIONS, "Action")
    run = next(one for one in actions if _OUR_RUN.fullmatch(one["@id"]))
    return Executions(run, [one for one in actions if _OUR_JOB.fullmatch(one["@id"])])


def _is_curation(reading: Reading, action: Entity) -> bool:
    """Whether an action only made the crate itself: that is no part of the run."""
    made = reading.graph.ids(action, "result")
    about_crate = {reading.root_id, reading.descriptor.get("@id")}
    return about_crate.issuperset(made) if made else not values(action, "instrument")


def _runs_of_main(reading: Reading, actions: list[Entity]) -> list[Entity]:
    graph = reading.graph
    main = reading.main["@id"] if reading.main else None
    runs = [one for one in actions if main and main in graph.ids(one, "instrument")]
    organized = {result for one in graph.of_type("OrganizeAction") for result in graph.ids(one, "result")}
    told = [one for one in runs or actions if one["@id"] in organized]
    return told or runs


def _without_followers(
    reading: Reading, actions: list[Entity], run: Entity, left: tuple[Entity, ...]
) -> list[Entity]:
    """The actions, but for those that went on with what a run that is left out made."""
    theirs = {result for one in left for result in reading.graph.ids(one, "result")}
    if not theirs:
        return actions
    made = set(reading.graph.ids(run, "result"))  # once: a run may have made very much
    return [one for one in actions if not _follows(reading, one, theirs, made)]


def _follows(reading: Reading, action: Entity, theirs: set[str], made: set[str]) -> bool:
    used = reading.graph.ids(action, "object")
    return not theirs.isdisjoint(used) and made.isdisjoint(used)


def _last(reading: Reading, runs: list[Entity]) -> Entity:
    if len(runs) > 1:
        last = max(runs, key=lambda one: (text(one, "endTime") or text(one, "startTime"), one["@id"]))
        others = ", ".join(one["@id"] for one in runs if one is not last)[:300]
        reading.remarks.add(
            last["@id"],
            f"The crate holds {len(runs)} runs of its workflow; this one ended last and is the one that is read. "
            f"Left out: {others}.",
        )
        return last
    return runs[0]


def command_of(reading: Reading, action: Entity) -> str:
    """The command line of an action: its description, where that is one."""
    told = text(action, "description")
    if reading.is_ours:
        return "" if told.endswith(NO_COMMAND) else told
    return told if is_command(told, _tools(reading, action)) else ""


def message_of(reading: Reading, action: Entity) -> str:
    """Why an action, or a step of ours, stands as it does."""
    if reading.is_ours:
        return str(details(reading.graph, action).get(MESSAGE, ""))
    return text(action, "error")


def _tools(reading: Reading, action: Entity) -> set[str]:
    named = (text(one, "name") for one in reading.graph.linked(action, "instrument"))
    return {word.lower() for name in named for word in name.split()[:1]}


def is_command(told: str, tools: set[str] = frozenset()) -> bool:  # type: ignore[assignment]
    """Whether a text is a command line rather than a sentence.

    It begins with something that can be a program, and goes on with an option, a path or the shell's signs;
    a program that is the tool's own name, or lies at a path, needs no more.
    """
    words = told.split(maxsplit=1)
    if not words or told.rstrip().endswith((".", "!", "?")):
        return False
    first, rest = words[0].rstrip("\\"), "".join(words[1:])
    if not _PROGRAM.fullmatch(first):
        return False
    if first.startswith(("/", "./", "~/")) or _OPTION.search(rest):
        return True
    begins_a_sentence = first[:1].isupper() and first[1:].islower()
    return not begins_a_sentence and (first.lower() in tools or bool(_SHELL.search(rest)))


def instrument_of(reading: Reading, action: Entity) -> Entity | None:
    """The software of an action."""
    tools = reading.graph.linked(action, "instrument")
    return next((one for one in tools if not is_a(one, "HowToStep")), None)
