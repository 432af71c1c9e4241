"""Imports from Galaxy on the command line: asked for with every option, waited for, left going."""

from typing import Any

import pytest
import yaml

from accounts.models import Group, User
from run_import.models import RunImport
from runstead_cli.commands.import_ import OPTIONS, open_children
from tests.cli.conftest import Runstead
from tests.cli.test_runs import ROOT
from tests.factories import a_galaxy_import, a_galaxy_server, a_run

URL = "https://galaxy.example.org/workflows/invocations/0123456789abcdef"


@pytest.fixture(autouse=True)
def listed(db: None) -> None:
    """The server may be asked."""
    a_galaxy_server()


def settle(**facts: Any) -> Any:
    """What a worker does meanwhile."""
    return lambda: RunImport.objects.update(**facts)


@pytest.mark.once
def test_every_option_of_the_api_is_one_here() -> None:
    document = yaml.load((ROOT / "openapi.yaml").read_bytes(), yaml.CSafeLoader)
    known = set(document["components"]["schemas"]["ImportFromGalaxyRequest"]["properties"])
    assert {*OPTIONS, "url", "urls", "owned_by"} == known


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
