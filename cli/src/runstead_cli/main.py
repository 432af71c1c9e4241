"""The command ``runstead``: finds its commands by name, and loads the one that is called alone."""

import errno
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from runstead_cli import __version__
from runstead_cli.errors import FAILED, INTERRUPTED
from runstead_cli.session import Session

# Each is `command` in commands/<name>.py ("-" is "_" there), with what `runstead --help` says of it:
# so that help needs no command to be loaded.
COMMANDS = {
    "login": "Sign in to a server.",
    "logout": "Forget a server, and revoke the token.",
    "whoami": "Say who is signed in where.",
    "register": "Register a run, a crate, a dataset or a collection.",
    "sniff": "Say what each engine's reader thinks of a directory.",
    "import": "Have the server fetch runs from other systems.",
    "runs": "List, show, delete and restore runs.",
    "status": "Say how a run stands, or change it.",
    "logs": "Read, search and follow the logs of a run.",
    "events": "Say what happened in a run, and follow it.",
    "files": "List and download the files of a run.",
    "graph": "Draw what in a run came after what.",
    "complete": "Say whether all of a run is there.",
    "diff": "Say in what two runs or more differ.",
    "whence": "Say where files come from.",
    "datasets": "List, show and download datasets.",
    "crate": "Download and validate the RO-Crates of runs.",
    "workflows": "List workflows, add and release versions.",
    "doctor": "Check the configuration, the server and the dropboxes.",
    "completion": "Print what makes a shell complete commands.",
}
MODULES = {"import": "import_"}


def _set_url(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value:
        context.ensure_object(Session).url = value


def _set_json(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Session).output.json = True


def _set_debug(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Session).debug = True


def shared_options() -> list[click.Option]:
    """What may stand before a command and after it."""
    common: dict[str, Any] = {"expose_value": False, "is_eager": True}
    return [
        click.Option(
            ["--url", "shared_url"],
            metavar="URL",
            callback=_set_url,
            help="The server, if not the default.",
            **common,
        ),
        click.Option(
            ["--json", "shared_json"], is_flag=True, callback=_set_json, help="The result as JSON.", **common
        ),
        click.Option(
            ["--debug", "shared_debug"],
            is_flag=True,
            callback=_set_debug,
            help="Requests and tracebacks.",
            **common,
        ),
    ]


def share_options(command: click.Command) -> click.Command:
    """Let a command, and all below it, take the shared options, too."""
    if isinstance(command, click.Group):
        for below in (*command.commands.values(), *filter(None, [getattr(command, "default", None)])):
            share_options(below)
    elif "--json" not in {name for parameter in command.params for name in parameter.opts}:
        command.params = [*command.params, *shared_options()]
    return command


class Runstead(click.Group):
    """The group of all commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they are met."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one."""
        if cmd_name not in COMMANDS:
            return None
        module = MODULES.get(cmd_name, cmd_name.replace("-", "_"))
        command: click.Command = import_module(f"runstead_cli.commands.{module}").command
        return share_options(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and end with an exit code; what goes wrong is one readable line."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, **extra)
        session = extra.setdefault("obj", Session())
        try:
            code = super().main(args, prog_name, complete_var, False, **extra)
        except Exception as error:
            sys.exit(_told(error, session.debug))
        sys.exit(code if isinstance(code, int) else 0)


def _told(error: Exception, debug: bool) -> int:
    """Say what happened; the exit code of it."""
    if isinstance(error, click.Abort):
        click.echo("Stopped.", err=True)
        return INTERRUPTED
    if debug:
        traceback.print_exception(error)
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if not debug:
        click.echo(f"Error: {_sentence(error)} (--debug tells more)", err=True)
    return FAILED


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "The disk is full."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return f"{type(error).__name__}: {error}"


@click.command(
    cls=Runstead,
    params=shared_options(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 well, 1 failed, 2 wrong usage, 3 not signed in, 4 not found, 5 the server cannot be "
    "reached, 6 refused by the server, 130 stopped.",
)
@click.version_option(__version__, prog_name="runstead")
def cli() -> None:
    """Register workflow runs, and find out what made which file.

    Begin with `runstead login`, then `runstead register wfrun DIRECTORY`. RUNSTEAD_URL and RUNSTEAD_TOKEN
    sign a script in.
    """


def run() -> None:
    """What the installed program calls."""
    cli(prog_name="runstead")
