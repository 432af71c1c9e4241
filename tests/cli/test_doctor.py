"""doctor: what is not well is named, from the nearest to the farthest."""

from pathlib import Path
from typing import Any

import pytest
import time_machine

from data_management.models import Dropbox
from runstead_cli.config import Config, Server
from tests.cli.conftest import Runstead
from tests.cli.wire import SERVER


def states(cli: Runstead, *, code: int = 0) -> dict[str, str]:
    """What each look found."""
    import json

    result = cli("doctor", "--json")
    assert result.exit_code == code, result.output
    return {one["what"]: one["state"] for one in json.loads(result.stdout)}


def test_all_is_well(ada_cli: Runstead, dropbox: Path) -> None:
    found = states(ada_cli)
    assert {found[what] for what in ("configuration", "server", "version", "token", "dropbox")} == {"ok"}
    assert str(dropbox) in ada_cli.well("doctor").stdout


def test_without_a_server_it_ends_early(runstead: Runstead) -> None:
    assert states(runstead, code=1) == {"command line": "ok", "configuration": "odd", "server": "BAD"}


def test_tokens_that_others_can_read_are_bad(ada_cli: Runstead, home: Path) -> None:
    Config().remember(Server(SERVER, "secret"))
    (home / "servers.json").chmod(0o640)
    assert states(ada_cli, code=1)["configuration"] == "BAD"
    assert f"chmod 600 {home / 'servers.json'}" in ada_cli("doctor").stdout


def test_a_server_that_does_not_answer_is_bad(ada_cli: Runstead) -> None:
    ada_cli.wire.is_cut = True
    assert states(ada_cli, code=1) == {"command line": "ok", "configuration": "ok", "server": "BAD"}


def test_a_token_that_is_not_known_is_bad(ada_cli: Runstead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNSTEAD_TOKEN", "rs_nobody")
    assert states(ada_cli, code=1)["token"] == "BAD"


def test_a_clock_that_goes_wrong_is_odd(ada_cli: Runstead, dropbox: Path) -> None:
    plain_send: Any = ada_cli.wire.send

    def an_hour_ago(request: Any, **options: Any) -> Any:
        answer = plain_send(request, **options)
        answer.headers["Date"] = "Mon, 15 Jan 2024 10:00:00 GMT"
        return answer

    ada_cli.wire.send = an_hour_ago  # type: ignore[method-assign]
    with time_machine.travel("2024-01-15T11:00:00Z", tick=False):
        assert "3600 s before the server's" in ada_cli("doctor").stdout
    with time_machine.travel("2024-01-15T10:00:05Z", tick=False):
        assert states(ada_cli)["clock"] == "ok"


def test_dropboxes_are_looked_at(ada_cli: Runstead, dropbox: Path) -> None:
    Dropbox.objects.update(path=str(dropbox / "elsewhere"))
    assert states(ada_cli)["dropbox"] == "odd"
    Dropbox.objects.all().delete()
    assert "givedropbox" in ada_cli.well("doctor").stdout
