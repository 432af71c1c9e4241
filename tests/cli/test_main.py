"""The command as a whole: help, exit codes, one readable line, and a quick start."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import pytest
import requests
from click.shell_completion import ShellComplete
from click.testing import CliRunner
from urllib3 import HTTPResponse

from runstead_cli import __version__, errors
from runstead_cli.commands import completion
from runstead_cli.grouping import GroupWithDefault
from runstead_cli.main import COMMANDS, cli
from runstead_cli.main import Runstead as Group
from tests.cli.conftest import Runstead
from tests.factories import a_run

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("requests", "rich", "urllib3", "yaml", "zipfile", "run_directories", "rocrate_packages")
LIGHT = [
    "run_directories",
    "run_directories.registering",
    "run_directories.registering.registry",
]  # names of errors


def python(code: str) -> str:
    """What a new process prints."""
    paths = f"import sys; sys.path[:0] = [{str(ROOT / 'cli' / 'src')!r}, {str(ROOT)!r}]; "
    done = subprocess.run([sys.executable, "-c", paths + code], capture_output=True, text=True, check=True)
    return done.stdout


def here(name: str) -> bool:
    """The command has a file."""
    return (ROOT / "cli/src/runstead_cli/commands" / f"{'import_' if name == 'import' else name}.py").exists()


def all_commands() -> list[tuple[str, ...]]:
    """Every command by its words."""
    context = click.Context(cli)
    found: list[tuple[str, ...]] = []
    for name in filter(here, COMMANDS):
        command = cli.get_command(context, name)
        below = command.commands if isinstance(command, click.Group) else {}
        itself = [(name,)] if not below or isinstance(command, GroupWithDefault) else []
        found += itself + [(name, other) for other in below]
    return found


def test_help_names_every_command_and_every_exit_code() -> None:
    told = CliRunner().invoke(cli, ["--help"]).stdout
    assert all(f"  {name} " in told for name in COMMANDS)
    codes = [errors.FAILED, errors.WRONG_USAGE, errors.SIGN_IN_NEEDED, errors.NOT_FOUND, errors.UNREACHABLE]
    for code in [*codes, errors.REFUSED, errors.INTERRUPTED]:
        assert str(code) in told.split("Exit codes:")[1].replace(",", " ").split()


@pytest.mark.parametrize("words", all_commands(), ids=" ".join)
def test_every_command_has_help_and_takes_json(words: tuple[str, ...]) -> None:
    told = CliRunner().invoke(cli, [*words, "--help"])
    assert told.exit_code == 0
    assert "--json" in told.stdout
    assert len(told.stdout.split("\n\n")[1].strip()) > 10
    assert words[0] in COMMANDS


@pytest.mark.once
def test_the_docs_name_every_command_and_no_other() -> None:
    table = (ROOT / "docs/cli.md").read_text().split("\n## Commands\n")[1].split("\n## ")[0]
    named = re.findall(r"^\| `runstead ([a-z_ ]+?)(?: [\[A-Z].*?)?` \|", table, re.MULTILINE)
    assert [tuple(words.split()) for words in sorted(named)] == sorted(all_commands())


@pytest.mark.once
def test_the_docs_name_every_exit_code() -> None:
    table = (ROOT / "docs/cli.md").read_text().split("| Exit code |")[1].split("\n\n")[0]
    named = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    codes = {error.exit_code for error in vars(errors).values() if hasattr(error, "exit_code")}
    assert named == codes | {0, errors.WRONG_USAGE, errors.INTERRUPTED}


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(cli, ["--version"]).stdout == f"runstead, version {__version__}\n"


def test_help_loads_nothing_that_it_does_not_need() -> None:
    code = (
        "from runstead_cli.main import cli; cli.main(['--help'], standalone_mode=False); print(*sys.modules)"
    )
    loaded = python(code).splitlines()[-1].split()
    assert [name for name in loaded if name.split(".")[0] in HEAVY and name not in LIGHT] == []
    assert [name for name in loaded if name.startswith("runstead_cli.commands")] == []


@pytest.mark.once
def test_help_is_there_at_once() -> None:
    code = "from runstead_cli.main import cli; cli.main(['--help'], standalone_mode=False)"
    assert min(_seconds(code) - _seconds("pass") for _ in range(3)) < 0.3


def _seconds(code: str) -> float:
    """The time of the processor, which others do not take away."""
    before = os.times()
    python(code)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def test_an_unknown_command_is_wrong_usage() -> None:
    assert CliRunner().invoke(cli, ["fly"]).exit_code == errors.WRONG_USAGE


def test_a_wrong_option_is_wrong_usage(ada_cli: Runstead) -> None:
    assert ada_cli("runs", "list", "--status", "WELL").exit_code == errors.WRONG_USAGE


def test_without_a_server_one_is_told_to_sign_in(runstead: Runstead) -> None:
    result = runstead("runs", "list")
    assert (result.exit_code, result.stdout) == (errors.SIGN_IN_NEEDED, "")
    assert "runstead login" in result.stderr


def test_what_is_not_there_is_not_found(ada_cli: Runstead) -> None:
    for words in ("01a1fc81-2107-7605-8d7a-e13803c1f733", "no such run"):
        assert ada_cli("runs", "show", words).exit_code == errors.NOT_FOUND


def test_a_server_that_does_not_answer_is_unreachable(ada_cli: Runstead) -> None:
    ada_cli.wire.is_cut = True
    result = ada_cli("runs", "list")
    assert result.exit_code == errors.UNREACHABLE
    assert result.stderr == "Error: http://testserver cannot be reached: nothing listens there.\n"


def test_what_the_server_refuses_is_told_in_its_words(ada_cli: Runstead) -> None:
    result = ada_cli("runs", "list", "--ordering", "colour")
    assert result.exit_code == errors.REFUSED
    assert "ordering: must be one of completed_at, created" in result.stderr


def test_an_accident_is_one_line_unless_debugged(ada_cli: Runstead, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a screw is loose")

    monkeypatch.setattr(ada_cli.wire, "send", break_down)
    result = ada_cli("runs", "list")
    assert (result.exit_code, result.stderr.count("\n")) == (errors.FAILED, 1)
    assert "a screw is loose" in result.stderr
    assert "Traceback" in ada_cli("--debug", "runs", "list").stderr


def test_debugging_shows_requests_and_no_secrets(ada_cli: Runstead) -> None:
    result = ada_cli.well("runs", "list", "--debug", "--search", "confidential")
    assert "GET /api/v2/workflows/workflowruns/ 200" in result.stderr
    assert "confidential" not in result.stderr
    assert "Authorization" not in result.stderr


def test_stopping_is_told_by_the_exit_code(ada_cli: Runstead, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ada_cli.wire, "send", stop)
    result = ada_cli("runs", "list")
    assert (result.exit_code, "Stopped." in result.stderr) == (errors.INTERRUPTED, True)


def moved(request: requests.PreparedRequest) -> requests.Response:
    """The answer of a server that has moved."""
    answer = requests.Response()
    answer.status_code, answer.url = 301, str(request.url)
    answer.request, answer.raw = request, HTTPResponse(io.BytesIO(), preload_content=False)
    answer.headers["Location"] = "http://new.example.org/api/v2/users/me/"
    return answer


def test_a_writing_request_is_not_sent_to_where_the_server_moved(ada_cli: Runstead, ada: object) -> None:
    run = a_run(ada)
    plain_send: Any = ada_cli.wire.send

    def send(request: requests.PreparedRequest, **options: object) -> requests.Response:
        return moved(request) if request.method == "DELETE" else plain_send(request, **options)

    ada_cli.wire.send = send  # type: ignore[method-assign, assignment]
    result = ada_cli("runs", "delete", run.pk, "--yes")
    assert result.exit_code == errors.FAILED
    assert "runstead login http://new.example.org" in result.stderr


def test_the_token_does_not_follow_to_where_the_server_moved(ada_cli: Runstead) -> None:
    seen: dict[str, str | None] = {}
    plain_send: Any = ada_cli.wire.send

    def send(request: requests.PreparedRequest, **options: object) -> requests.Response:
        host = str(urlsplit(str(request.url)).hostname)
        seen[host] = request.headers.get("Authorization")
        return moved(request) if host == "testserver" else plain_send(request, **options)

    ada_cli.wire.send = send  # type: ignore[method-assign, assignment]
    assert ada_cli("whoami").exit_code != 0
    assert (bool(seen["testserver"]), seen["new.example.org"]) == (True, None)


def test_a_page_instead_of_an_answer_is_told_as_such(ada_cli: Runstead) -> None:
    plain_send: Any = ada_cli.wire.send

    def send(request: requests.PreparedRequest, **options: object) -> requests.Response:
        request.prepare_url("http://testserver/sign-in/", {})
        return plain_send(request, **options)

    ada_cli.wire.send = send  # type: ignore[method-assign, assignment]
    result = ada_cli("whoami")
    assert result.exit_code == errors.UNREACHABLE
    assert "is no Runstead" in result.stderr


@pytest.mark.parametrize("shell", completion.WHERE)
def test_each_shell_is_taught_to_complete(shell: str) -> None:
    script = CliRunner().invoke(cli, ["completion", shell]).stdout
    assert f"_RUNSTEAD_COMPLETE={shell}_complete" in script or f"_RUNSTEAD_COMPLETE {shell}" in script


def test_commands_are_completed() -> None:
    environment = {"_RUNSTEAD_COMPLETE": "bash_complete", "COMP_WORDS": "runstead runs sh", "COMP_CWORD": "2"}
    result = CliRunner().invoke(cli, [], prog_name="runstead", env=environment)
    assert result.stdout == "plain,show\n"


def test_the_group_is_what_completes() -> None:
    assert isinstance(cli, Group)


@pytest.mark.parametrize(
    ("words", "beginning", "offered"),
    [
        (["import"], "s", {"sources", "status"}),
        (["import"], "--fo", {"--follow"}),
        (["import", "https://example.org"], "--cr", {"--create-datasets"}),
        (["graph", "run", "--kind"], "", {"jobs", "files", "parameters", "steps"}),
        (["import", "status"], "--st", {"--state"}),
    ],
)
def test_a_shell_completes_commands_options_and_choices(
    words: list[str], beginning: str, offered: set[str]
) -> None:
    found = ShellComplete(cli, {}, "runstead", "_RUNSTEAD_COMPLETE").get_completions(words, beginning)
    assert {one.value for one in found} == offered


def test_help_tells_both_ways_to_call_a_group_that_is_a_command() -> None:
    told = CliRunner().invoke(cli, ["import", "--help"], prog_name="runstead").stdout
    assert told.startswith(
        "Usage: runstead import [OPTIONS] URL...\n   or: runstead import COMMAND [ARGS]...\n"
    )
    assert "--server" in told
    assert "  credentials " in told
