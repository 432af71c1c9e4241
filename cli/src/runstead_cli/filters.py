"""Filters of the API's lists as options: one table for each list, so that none is forgotten."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import click

from runstead_cli.naming import DATASETS, RUNS, VERSIONS, WORKFLOWS, find_group, find_id, find_user

if TYPE_CHECKING:
    from runstead_cli.api import Api

Command = TypeVar("Command", bound=Callable[..., Any])

RUN_STATUSES = ("PENDING", "RUNNING", "PAUSED", "SUCCESS", "FAILED", "CANCELLED", "SKIPPED", "UNKNOWN")
FILE_STATUSES = ("NEW", "ONLINE", "OFFLINE", "ERROR")
ENGINES = ("GALAXY", "SNAKEMAKE", "NEXTFLOW", "CWL", "WDL", "AIRFLOW", "REANA", "TORC", "OTHER")
IMPORT_STATES = ("PENDING", "RUNNING", "DONE", "FAILED", "CANCELLED")
DATA_TYPES = ("INPUT", "OUTPUT", "PARAMETER", "CONFIG", "REPORT", "LOG")
LEVELS = ("debug", "info", "warning", "error")
_AGO = re.compile(r"(\d{1,6})([smhdw])\Z")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def when(text: str) -> str:
    """A date, a time, or how long ago (``7d``), as the API takes it: with the zone of this machine if none is said."""
    ago = _AGO.match(text)
    try:
        if ago:
            now = datetime.fromtimestamp(time.time(), UTC)
            return (now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})).isoformat()
        return datetime.fromisoformat(text).astimezone().isoformat()
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(
            f"{text} is no time; say it like 2024-01-15, 2024-01-15T10:00 or 7d (seven days ago)."
        ) from error


Finder = Callable[["Api", str], str]


@dataclass(frozen=True, slots=True)
class Filter:
    """An option that narrows a list. ``find`` turns what people say into what the API takes."""

    name: str
    help: str
    type: Any = str
    multiple: bool = False
    find: Finder | None = None
    also: tuple[str, ...] = ()

    def option(self) -> Callable[[Command], Command]:
        """The option of the command."""
        spelled = f"--{self.name.replace('_', '-')}"
        if self.type is bool:
            flag = f"{spelled}/--no-{self.name.replace('_', '-').removeprefix('is-')}"
            return click.option(flag, self.name, default=None, help=self.help)
        return click.option(
            spelled, *self.also, self.name, type=self.type, multiple=self.multiple, help=self.help
        )


def _one_of(words: tuple[str, ...]) -> click.Choice[str]:
    return click.Choice(words, case_sensitive=False)


def _finder(path: str) -> Finder:
    return lambda api, text: find_id(api, path, text)


def _times(name: str, words: str) -> list[Filter]:
    return [
        Filter(
            f"{name}_after", f"{words} at this time or after: 2024-01-15, or 7d for seven days ago.", when
        ),
        Filter(f"{name}_before", f"{words} before this time.", when),
    ]


OF_ALL = [
    Filter("name", "A part of the name."),
    Filter("owner", "Who owns it: a user name, or me.", find=find_user),
    Filter("owned_by", "The group that owns it, by name or id.", find=find_group, also=("--group",)),
    Filter("public", "Shown to everyone who is signed in, or not.", bool),
    Filter("annotation", "An annotation: TYPE:VALUE, or a value."),
    Filter("deleted", "What lies in the trash, instead of the rest.", bool),
    *_times("created", "Registered"),
    *_times("modified", "Changed"),
]

OF_RUNS = [
    Filter("status", "Its status; more than once for any of several.", _one_of(RUN_STATUSES), True),
    Filter("search", "Words in name, description, command, message, notes, annotations, parameters."),
    Filter("workflow", "The workflow, by name or id.", find=_finder(WORKFLOWS)),
    Filter("workflowversion", "The version, by id.", find=_finder(VERSIONS), also=("--version",)),
    Filter("engine", "The engine; more than once for any of several.", _one_of(ENGINES), True),
    Filter("parameter", "A parameter: NAME:VALUE, or a name."),
    *_times("started", "Started"),
    *_times("completed", "Ended"),
    Filter("duration_min", "It took so many seconds or more.", float),
    Filter("duration_max", "It took so many seconds or less.", float),
    Filter("checksum", "SHA-256 or MD5 of a file that was used or produced."),
    Filter("dataset", "A dataset it used or produced, by name or id.", find=_finder(DATASETS)),
    Filter("used", "A dataset it used.", find=_finder(DATASETS)),
    Filter("produced", "A dataset it produced.", find=_finder(DATASETS)),
    Filter("datafile", "A file it used or produced, by id."),
    Filter("is_imported", "Imported from elsewhere, or registered here.", bool, also=()),
    Filter("source", "Where it comes from: galaxy, snakemake, …"),
    Filter("external_id", "Its id there."),
    Filter("source_status", "Its status in the source's own word."),
    Filter("rerun_of", "The run that it repeats, by name or id.", find=_finder(RUNS)),
    Filter("tag", "A tag: KEY:VALUE, or a key."),
    *OF_ALL,
]

OF_DATASETS = [
    Filter("status", "Its status; more than once for any of several.", _one_of(FILE_STATUSES), True),
    Filter("search", "A part of the name or the description."),
    Filter("file", "A part of the name of a file."),
    Filter("checksum", "SHA-256 or MD5 of a file."),
    Filter("dataset_type", "Its type."),
    Filter("collection", "The collection it stands in, by id."),
    Filter(
        "workflowrun", "A run that used or produced it, by name or id.", find=_finder(RUNS), also=("--run",)
    ),
    Filter("is_managed", "Kept in the registry's own storage, or not.", bool),
    Filter("tag", "A tag: KEY:VALUE, or a key."),
    *OF_ALL,
]

OF_WORKFLOWS = [
    Filter("search", "A part of the name or the description."),
    Filter("engine", "The engine; more than once for any of several.", _one_of(ENGINES), True),
    *OF_ALL,
]

OF_IMPORTS = [
    Filter("state", "How far it is; more than once for any of several.", _one_of(IMPORT_STATES), True),
    Filter("source", "The source: reana, galaxy, …"),
    Filter("kind", "RUN, or what holds runs, in capitals."),
    Filter("server", "The server, by id."),
    Filter("external_id", "What the source calls it."),
    Filter("owner", "Who asked for it: a user name, or me.", find=find_user),
    Filter("owned_by", "The group that it is for, by name or id.", find=find_group, also=("--group",)),
    Filter("workflowrun", "The run that came of it, by name or id.", find=_finder(RUNS), also=("--run",)),
    Filter("parent", "The import that made it, by id."),
    Filter("is_child", "Made by the import of what holds runs, or asked for.", bool),
    Filter("search", "A part of the address."),
    *_times("created", "Asked for"),
]

OF_FILES = [
    Filter("data_type", "What it is to the run; more than once for any of several.", _one_of(DATA_TYPES), True,
           also=("--type",)),
    Filter("search", "A part of the path, or a checksum."),
    Filter("status", "Its status; more than once for any of several.", _one_of(FILE_STATUSES), True),
    Filter("is_downloadable", "The registry holds the content, or not.", bool),
    Filter("dataset", "A dataset, by name or id.", find=_finder(DATASETS)),
    Filter("job", "A job that used or made it, by id."),
]  # fmt: skip

OF_EVENTS = [
    Filter("job", "About this job: its id, here or at the source."),
    Filter("category", "Its category."),
    Filter("type", "Its type: job.started."),
    Filter("level", "Its level; more than once for any of several.", _one_of(LEVELS), True),
    Filter("search", "A part of the message, the type or the category."),
    Filter("after_time", "Happened after this time: 2024-01-15, or 7d for seven days ago.", when),
    Filter("before_time", "Happened before this time.", when),
]


def filter_options(filters: list[Filter]) -> Callable[[Command], Command]:
    """All of them as options of a command, which gets them as keyword arguments."""

    def decorate(command: Command) -> Command:
        for one in reversed(filters):
            command = one.option()(command)
        return command

    return decorate


def as_params(api: "Api", filters: list[Filter], given: dict[str, Any]) -> dict[str, Any]:
    """What was given, as parameters of the API."""
    params = {}
    for one in filters:
        value = given[one.name]
        if value is None or value == ():
            continue
        params[one.name] = one.find(api, value) if one.find else list(value) if one.multiple else value
    return params
