"""What stays at home, and what does not have to."""

import pytest

from rocrate_export.confidential import (
    is_secret_parameter,
    is_secret_variable,
    open_lines,
    open_parameter,
    open_values,
    without_secrets,
)


@pytest.mark.parametrize(
    "name",
    [
        "GITHUB_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "db_password",
        "PGPASSWORD",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "sshKey",
    ],
)
def test_a_variable_that_may_hold_a_secret_is_known_by_its_name(name: str) -> None:
    assert is_secret_variable(name)


@pytest.mark.parametrize("name", ["PATH", "LC_ALL", "NXF_VER", "CONDA_PREFIX"])
def test_other_variables_are_open(name: str) -> None:
    assert not is_secret_variable(name)


@pytest.mark.parametrize("name", ["password", "api_key", "aws.secret_key", "github-token", "apiKey"])
def test_a_secret_parameter_is_known_by_its_name(name: str) -> None:
    assert is_secret_parameter(name)


@pytest.mark.parametrize("name", ["max_tokens", "key_column", "tokenizer", "k", "monkey"])
def test_parameters_that_only_sound_like_it_are_open(name: str) -> None:
    assert not is_secret_parameter(name)


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("run --token abc --k 3", "run --token *** --k 3"),
        ("run --api-key=abc", "run --api-key=***"),
        ("run --password 'a b' x", "run --password *** x"),
        ("API_KEY=abc run", "API_KEY=*** run"),
        ("git clone https://ada:pw@example.org/x", "git clone https://***@example.org/x"),
        ("run --token --k 3", "run --token --k 3"),
        ("run --max-tokens 5 --key-column 2", "run --max-tokens 5 --key-column 2"),
        ("the token is lost", "the token is lost"),
    ],
)
def test_a_command_keeps_all_but_its_secrets(command: str, shown: str) -> None:
    assert without_secrets(command) == shown


def test_lines_that_set_a_secret_go() -> None:
    assert open_lines("A=1\nexport MY_TOKEN=x\nHOST: y\r\nMY_KEY: z\n") == "A=1\nHOST: y\r\n"


def test_members_that_hold_a_secret_go_at_any_depth() -> None:
    assert open_values({"a": [{"token": "x", "b": 1}], "SECRET": {}}) == {"a": [{"b": 1}]}


def test_members_of_a_parameter_go_only_where_their_names_say_secret() -> None:
    value = {"key_column": 2, "db": {"password": "x", "hosts": ["ada:pw@h", "ftp://ada:pw@h/x"]}}
    assert open_parameter(value) == {"key_column": 2, "db": {"hosts": ["ada:pw@h", "ftp://***@h/x"]}}
