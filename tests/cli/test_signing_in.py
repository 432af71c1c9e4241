"""login, logout, whoami: several servers, a token that only its owner can read, and an environment that wins."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from accounts.models import ApiToken, User
from runstead_cli.config import Config, Server, clean_url
from runstead_cli.errors import Failure
from tests.cli.conftest import Runstead
from tests.cli.wire import SERVER
from tests.conftest import PASSWORD

OTHER = "https://other.example.org"


def known(home: Path) -> dict[str, Any]:
    return dict(json.loads((home / "servers.json").read_text()))


def test_a_password_signs_in_and_is_not_kept(runstead: Runstead, ada: User, home: Path) -> None:
    result = runstead.well("login", SERVER, "--user", "ada", input=f"{PASSWORD}\n")
    assert f"Signed in as ada to {SERVER}, the default server." in result.stdout
    assert PASSWORD not in (home / "servers.json").read_text() + result.output
    assert runstead.json("whoami")["username"] == "ada"


def test_the_token_is_never_shown_and_nobody_else_can_read_it(
    runstead: Runstead, ada: User, home: Path
) -> None:
    outputs = [runstead.well("login", SERVER, "-u", "ada", input=f"{PASSWORD}\n").output]
    token = known(home)["servers"][SERVER]["token"]
    for words in (
        ["whoami"],
        ["whoami", "--all"],
        ["doctor"],
        ["whoami", "--json"],
        ["--debug", "runs", "list"],
    ):
        outputs.append(runstead(*words).output)
    assert token
    assert all(token not in output for output in outputs)
    assert stat.S_IMODE((home / "servers.json").stat().st_mode) == 0o600
    assert token not in repr(Config().chosen())


def test_a_file_with_a_mode_of_its_own_becomes_private(home: Path) -> None:
    Config().remember(Server(OTHER, "secret"))
    (home / "servers.json").chmod(0o644)
    assert not Config().is_private()
    Config().remember(Server(SERVER, "secret"))
    assert Config().is_private()


def test_a_wrong_password_says_so_and_changes_nothing(runstead: Runstead, ada: User, home: Path) -> None:
    result = runstead("login", SERVER, "-u", "ada", input="wrong\n")
    assert (result.exit_code, "do not fit together" in result.stderr) == (3, True)
    assert not (home / "servers.json").exists()


def test_a_token_signs_in(runstead: Runstead, ada: User) -> None:
    _, key = ApiToken.issue(user=ada, name="tests")
    runstead.well("login", SERVER, "--token", input=f"{key}\n")
    assert runstead.json("whoami")["username"] == "ada"


def test_secrets_come_from_stdin_for_scripts(runstead: Runstead, ada: User) -> None:
    runstead.well("login", SERVER, "-u", "ada", "--password-stdin", input=f"{PASSWORD}\n")
    _, key = ApiToken.issue(user=ada, name="tests")
    runstead.well("login", SERVER, "--token-stdin", input=f"{key}\n")
    assert "Nothing came from stdin" in runstead("login", SERVER, "--token-stdin", input="").stderr


def test_a_token_can_end_by_itself(runstead: Runstead, ada: User) -> None:
    runstead.well("login", SERVER, "-u", "ada", "--days", 30, input=f"{PASSWORD}\n")
    token = ApiToken.objects.get(user=ada)
    assert token.expires_at is not None
    assert 29 <= (token.expires_at - token.created).days <= 30


def test_the_first_server_is_the_default_until_another_is_made_so(runstead: Runstead, ada: User) -> None:
    Config().remember(Server(OTHER, "secret", "ada"))
    runstead.well("login", SERVER, "-u", "ada", input=f"{PASSWORD}\n")
    assert Config().default == OTHER
    runstead.well("login", SERVER, "-u", "ada", "--default", input=f"{PASSWORD}\n")
    assert [one["is_default"] for one in runstead.json("whoami", "--all")] == [True, False]
    assert [one["url"] for one in runstead.json("whoami", "--all")] == [SERVER, OTHER]


def test_a_server_is_chosen_for_one_call(runstead: Runstead, ada: User) -> None:
    runstead.well("login", SERVER, "-u", "ada", input=f"{PASSWORD}\n")
    Config().remember(Server(OTHER, "secret"), make_default=True)
    assert runstead.json("whoami", "--url", SERVER)["url"] == SERVER
    assert runstead.json("--url", SERVER, "whoami")["url"] == SERVER


def test_the_environment_wins(ada_cli: Runstead, home: Path) -> None:
    Config().remember(Server(OTHER, "another secret", "bob"))
    told = ada_cli.json("whoami")
    assert (told["url"], told["username"], told["token_from"]) == (SERVER, "ada", "RUNSTEAD_TOKEN")


def test_the_environments_token_goes_to_its_own_server_alone(ada_cli: Runstead) -> None:
    result = ada_cli("whoami", "--url", OTHER)
    assert result.exit_code == 3
    assert ada_cli.wire.requests == []


def test_signing_out_revokes_the_token_that_was_made(runstead: Runstead, ada: User, home: Path) -> None:
    runstead.well("login", SERVER, "-u", "ada", input=f"{PASSWORD}\n")
    runstead.well("logout")
    assert ApiToken.objects.get(user=ada).revoked_at is not None
    assert known(home) == {"default": "", "servers": {}}
    assert runstead("whoami").exit_code == 3


def test_signing_out_leaves_a_token_that_was_given(runstead: Runstead, ada: User) -> None:
    _, key = ApiToken.issue(user=ada, name="tests")
    runstead.well("login", SERVER, "--token-stdin", input=f"{key}\n")
    assert runstead.json("logout") == [SERVER]
    assert ApiToken.objects.get(user=ada).revoked_at is None


def test_signing_out_of_a_server_that_is_gone_forgets_it_all_the_same(runstead: Runstead, home: Path) -> None:
    Config().remember(Server(SERVER, "secret", "ada", "01a1fc81-2107-7605-8d7a-e13803c1f733"))
    runstead.wire.is_cut = True
    result = runstead.well("logout", "--all")
    assert "still valid" in result.stderr
    assert known(home)["servers"] == {}


def test_another_server_becomes_the_default_when_that_is_forgotten(home: Path) -> None:
    Config().remember(Server(OTHER))
    Config().remember(Server(SERVER))
    Config().forget(OTHER)
    assert Config().default == SERVER


def test_a_revoked_token_asks_for_signing_in(ada_cli: Runstead, ada: User) -> None:
    ApiToken.objects.filter(user=ada).delete()
    result = ada_cli("runs", "list")
    assert (result.exit_code, f"runstead login {SERVER}" in result.stderr) == (3, True)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("https://a.example.org/", "https://a.example.org"),
        ("a.example.org", "https://a.example.org"),
        ("http://127.0.0.1:8000/api/v2/", "http://127.0.0.1:8000"),
        ("https://A.example.org/registry/", "https://a.example.org/registry"),
    ],
)
def test_addresses_are_spelled_alike(said: str, meant: str) -> None:
    assert clean_url(said) == meant


@pytest.mark.parametrize("said", ["ftp://a.example.org", "https://", "https://ada:secret@a.example.org"])
def test_what_is_no_address_is_refused(said: str) -> None:
    with pytest.raises(Failure) as refusal:
        clean_url(said)
    assert "secret" not in refusal.value.message.replace("password", "")


def test_a_damaged_configuration_is_one_readable_line(runstead: Runstead, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "servers.json").write_text("{")
    result = runstead("whoami")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "sign in again" in result.stderr
