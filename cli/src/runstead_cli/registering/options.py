"""The options of `register wfrun`: what a person says of a run, over what was sniffed and what runstead.yaml says."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from run_directories.override_file import WrongOverrides, read_overrides, read_pattern
from run_directories.overrides import Overrides, Pattern, WorkflowOverrides
from run_directories.patterns import Glob
from run_directories.wire import STATUSES
from runstead_cli.errors import Failure

ROLES = ("input", "output", "config", "report", "log")
TRANSFERS = ("copy", "move", "reference")


def where_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """For which group, how the files come, and whether anybody is asked: the same wherever files are registered."""
    options = [
        click.option(
            "--group", default="", metavar="NAME", help="The group that it is for, else the dropbox's."
        ),
        click.option("--public", is_flag=True, help="Everybody who is signed in may see it."),
        click.option(
            "--transfer",
            type=click.Choice(TRANSFERS),
            default="copy",
            show_default=True,
            help="Copy the files, move them, or leave them where they are.",
        ),
        click.option("--yes", "-y", is_flag=True, help="Without asking."),
        click.option("--dry-run", is_flag=True, help="Show and check everything, register nothing."),
        click.option("--no-wait", is_flag=True, help="Do not wait until the files are there."),
    ]
    return _with(command, options)


def said_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What overrides what was sniffed."""
    globs = [
        click.option(f"--{role}", multiple=True, metavar="GLOB[=DATASET]", help=f"Files that are {role}s.")
        for role in ROLES
    ]
    options = [
        click.option("--name", default="", help="The run's name."),
        click.option("--description", default="", help="What the run is about."),
        click.option(
            "--status", type=click.Choice(sorted(STATUSES), case_sensitive=False), help="Its status."
        ),
        click.option("--message", default="", help="Why it has this status."),
        click.option("--external-id", default="", metavar="ID", help="What tells this run from every other."),
        click.option("--workflow", default="", metavar="NAME", help="The name of the workflow."),
        click.option("--workflow-version", default="", metavar="ID", help="A version that the registry has."),
        *globs,
        click.option("--ignore", multiple=True, metavar="GLOB", help="Files to leave out."),
    ]
    return _with(command, options)


def overrides_of(directory: Path, given: dict[str, Any]) -> Overrides:
    """What runstead.yaml and the options say; the options win. Failure with all that is wrong."""
    try:
        said = _said(given)
        return read_overrides(directory).under(said) if directory.is_dir() else said
    except WrongOverrides as problem:
        raise Failure(str(problem)) from problem


def explicit_fields(overrides: Overrides) -> set[str]:
    """The fields of a run that somebody gave, and which therefore win over what stands in the registry."""
    return {name for name in ("name", "description") if getattr(overrides, name)}


def _said(given: dict[str, Any]) -> Overrides:
    return Overrides(
        name=given["name"],
        description=given["description"],
        status=(given["status"] or "").upper(),
        message=given["message"],
        external_id=given["external_id"],
        workflow=WorkflowOverrides(name=given["workflow"], version_id=given["workflow_version"]),
        patterns=tuple(_patterns(given)),
        ignore=tuple(_globs(given["ignore"])),
    )


def _patterns(given: dict[str, Any]) -> Iterator[Pattern]:
    for role in ROLES:
        yield from (read_pattern(role, text) for text in given[role])


def _globs(texts: Sequence[str]) -> Iterator[Glob]:
    for text in texts:
        try:
            yield Glob.of(text)
        except ValueError as problem:
            raise WrongOverrides("--ignore", [f"{problem}."]) from problem


def _with(command: Callable[..., Any], options: Sequence[Callable[..., Any]]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command
