"""Imports on the command line: asked for with every option, from anywhere, waited for, left going."""

from pathlib import Path
from typing import Any

import click
import pytest

from accounts.models import Group, User
from galaxy_import.serializers import ImportFromGalaxySerializer
from run_import.models import RunCredential, RunImport, RunServer
from run_import.serializers import ImportRunsSerializer
from runstead_cli.commands.import_ import from_anywhere, galaxy
from runstead_cli.importing.following import open_children
from tests.cli.conftest import Runstead
from tests.factories import a_galaxy_import, a_galaxy_server, a_run
from tests.run_import.paper import BASE

SHEET = f"{BASE}/sheets/run-1"
URL = "https://galaxy.example.org/workflows/invocations/0123456789abcdef"


@pytest.fixture(autouse=True)
def listed(db: None) -> None:
    """The server may be asked."""
    a_galaxy_server()


def settle(**facts: Any) -> Any:
    """What a worker does meanwhile."""
    return lambda: RunImport.objects.update(**facts)


@pytest.mark.parametrize(
    ("command", "serializer"),
    [(from_anywhere, ImportRunsSerializer), (galaxy, ImportFromGalaxySerializer)],
)
def test_every_option_of_the_api_is_one_here(command: click.Command, serializer: type) -> None:
    spelled = {"group": "owned_by"}
    options = {spelled.get(str(one.name), one.name) for one in command.params} - {"wait"}
    assert {name for name in options if not str(name).startswith("shared_")} | {"url"} == {
        *serializer().fields
    }


def test_an_import_is_asked_for(ada_cli: Runstead, ada: User) -> None:
    result = ada_cli.well("import", "galaxy", URL)
    wanted = RunImport.objects.get()
    assert (wanted.url, wanted.owner, wanted.create_datasets) == (URL, ada, False)
    assert f"runstead import status {wanted.pk}" in result.stderr
    assert result.stdout == ""


def test_all_options_reach_the_server(ada_cli: Runstead, genomics: Group) -> None:
    words = ["--create-datasets", "--outputs", "all", "--download", "--rocrate", "--follow", "--public"]
    told = ada_cli.json("import", "galaxy", URL, *words, "--group", genomics.name)
    wanted = RunImport.objects.get()
    assert (wanted.create_datasets, wanted.outputs, wanted.download, wanted.rocrate) == (
        True,
        "all",
        True,
        True,
    )
    assert (wanted.follow, wanted.makes_public, wanted.owned_by) == (True, True, genomics)
    assert told[0]["id"] == str(wanted.pk)


def test_contents_need_datasets_and_make_them(ada_cli: Runstead) -> None:
    ada_cli.well("import", "galaxy", URL, "--download")
    assert RunImport.objects.get().create_datasets


def test_an_import_is_waited_for(ada_cli: Runstead, ada: User) -> None:
    run = a_run(ada)
    ada_cli.meanwhile = settle(state="DONE", workflowrun=run, jobs_total=4, jobs_done=4)
    result = ada_cli.well("import", "galaxy", URL, "--wait")
    assert f"{URL}  DONE" in result.stdout
    assert f"http://testserver/runs/{run.pk}/" in result.stdout
    assert ada_cli.pauses == [2.0]


def test_one_that_fails_is_told_with_what_to_do(ada_cli: Runstead) -> None:
    ada_cli.meanwhile = settle(state="FAILED", error="Galaxy wants a key.", error_code="galaxy_key_needed")
    result = ada_cli("import", "galaxy", URL, "--wait")
    assert result.exit_code == 1
    assert "Galaxy wants a key." in result.stderr
    assert "1 of 1 imports failed." in result.stderr


def test_stopping_leaves_the_import_going(ada_cli: Runstead) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    ada_cli.meanwhile = stop
    result = ada_cli("import", "galaxy", URL, "--wait")
    wanted = RunImport.objects.get()
    assert (result.exit_code, wanted.state) == (130, "PENDING")
    assert f"The server goes on importing. runstead import status {wanted.pk}" in result.stderr


def test_the_runs_of_a_history_are_waited_for(ada_cli: Runstead, ada: User) -> None:
    history = a_galaxy_import(ada, kind="HISTORY", state="DONE", url=URL)
    child = a_galaxy_import(ada, parent=history, external_id="b" * 16)
    told = ada_cli.json("import", "status", history.pk)[0]
    assert (told["children"], open_children(told)) == ({"PENDING": 1}, 1)
    RunImport.objects.filter(pk=child.pk).update(state="DONE")
    assert open_children(ada_cli.json("import", "status", history.pk)[0]) == 0


def test_imports_are_listed_stopped_and_tried_again(ada_cli: Runstead, ada: User) -> None:
    wanted = a_galaxy_import(ada)
    assert wanted.url in ada_cli.well("import", "status").stdout
    assert ada_cli.json("import", "cancel", wanted.pk)[0]["state"] == "CANCELLED"
    assert ada_cli.json("import", "retry", wanted.pk)[0]["state"] == "PENDING"
    assert ada_cli("import", "retry", wanted.pk).exit_code == 6


def test_a_galaxy_that_is_not_listed_is_refused(ada_cli: Runstead) -> None:
    result = ada_cli("import", "galaxy", URL.replace("galaxy.", "unknown."))
    assert result.exit_code == 6
    assert RunImport.objects.count() == 0


# --- from any source ------------------------------------------------------------------------------------------------


@pytest.fixture
def paper(settings: Any) -> RunServer:
    """A source that is neither Galaxy nor asked over the network, and its server."""
    settings.RUN_SOURCES = {**settings.RUN_SOURCES, "paper": "tests.run_import.paper.PaperSource"}
    settings.RUN_SERVERS = [f"paper={BASE}"]
    return RunServer.objects.create(
        source="paper", name="Paper", url=BASE, is_listed=True, is_from_settings=True
    )


@pytest.mark.usefixtures("paper")
def test_an_address_of_any_source_is_imported_without_saying_which(ada_cli: Runstead) -> None:
    assert SHEET in ada_cli.well("import", "--follow", SHEET).stderr
    wanted = RunImport.objects.get()
    assert (wanted.server.source, wanted.external_id, wanted.follow) == ("paper", "run-1", True)
    ada_cli.well("import", "run-2", "--server", BASE, "--source", "paper")
    told = ada_cli.well("import", "status", "--source", "paper").stdout
    assert ("run-2" in told, SHEET in told) == (True, True)
    assert ada_cli.json("import", "cancel", SHEET)[0]["state"] == "CANCELLED"


def test_a_misspelt_command_is_not_taken_for_an_address(ada_cli: Runstead) -> None:
    result = ada_cli("import", "statsu")
    assert (result.exit_code, "Did you mean status?" in result.stderr) == (2, True)
    assert ada_cli.wire.requests == []


def test_what_no_source_understands_is_told_with_examples(ada_cli: Runstead) -> None:
    result = ada_cli("import", "https://example.org/what")
    assert (result.exit_code, "Understood are" in result.stderr) == (6, True)


def test_sources_are_told_and_why_one_is_not_available(ada_cli: Runstead, settings: Any) -> None:
    settings.RUN_SOURCES = {"paper": "tests.run_import.paper.PaperSource", "lost": "nowhere.Lost"}
    told = ada_cli.well("import", "sources").stdout
    assert f"paper  Paper\n  {SHEET}\n  credentials (if the server asks for them): region, token" in told
    assert "not available: Runs of lost cannot be imported here: nowhere is not installed." in told


@pytest.mark.usefixtures("paper")
def test_an_import_that_needs_credentials_says_how_to_store_them(ada_cli: Runstead) -> None:
    ada_cli.meanwhile = settle(state="FAILED", error="Paper wants a token.", error_code="key_refused")
    result = ada_cli("import", SHEET, "--wait")
    server = RunImport.objects.get().server_id
    assert (result.exit_code, f"runstead import credentials {server}" in result.stderr) == (1, True)


# --- credentials ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("paper")
def test_credentials_are_asked_for_stored_shown_and_forgotten(ada_cli: Runstead) -> None:
    stored = ada_cli.well("import", "credentials", "paper", input="eu\ns3cret\n")
    shown = ada_cli.well("import", "credentials", BASE, "--show")
    listed = ada_cli.well("import", "credentials")
    assert "knows you as ada@paper" in stored.stdout
    assert ("eu" in shown.stdout, "yours (ada@paper)" in listed.stdout) == (True, True)
    assert "s3cret" not in "".join(one.output for one in (stored, shown, listed))
    ada_cli.well("import", "credentials", BASE, "--forget")
    assert not RunCredential.objects.exists()
    assert ada_cli("import", "credentials", BASE, "--show").exit_code == 4


@pytest.mark.usefixtures("paper")
def test_credentials_come_from_stdin_and_files_but_a_secret_is_no_argument(
    ada_cli: Runstead, tmp_path: Path
) -> None:
    words = ("import", "credentials", BASE)
    refused = ada_cli(*words, "--set", "region=eu", "--set", "token=s3cret")
    assert (refused.exit_code, "s3cret" in refused.output) == (2, False)
    assert ada_cli.json(*words, "--set", "region=eu", "--stdin", input="s3cret\n")["shown"] == {
        "region": "eu"
    }
    (tmp_path / "token").write_text("s3cret\n")
    assert ada_cli.well(*words, "--set", f"token=@{tmp_path / 'token'}", input="us\n")
    ada_cli.well(*words, "--stdin", input='{"region": "us", "token": "s3cret"}')
    broken = ada_cli(*words, "--stdin", input='{"token": "s3cret"')
    assert (broken.exit_code, "s3cret" in broken.output) == (1, False)
    assert ada_cli(*words, "--stdin", input='{"region": "us", "token": "bad"}').exit_code == 6


def test_a_server_that_is_not_known_is_not_found(ada_cli: Runstead) -> None:
    result = ada_cli("import", "credentials", "https://unknown.example.org")
    assert (result.exit_code, "Known: https://galaxy.example.org" in result.stderr) == (4, True)
