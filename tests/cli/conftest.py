"""The command line as a person or a script uses it, on the real API."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from accounts.models import ApiToken, User
from runstead_cli.main import cli
from runstead_cli.session import Session
from tests.cli.wire import SERVER, Wire


@dataclass
class Runstead:
    """``runstead("runs", "list")`` runs a command; ``pauses`` are the seconds that it would have waited.

    ``meanwhile`` is what happens in the first pause: what a worker does, for example.
    """

    wire: Wire = field(default_factory=Wire)
    pauses: list[float] = field(default_factory=list)
    meanwhile: Callable[[], Any] | None = None

    def __call__(self, *words: object, input: str | None = None) -> Result:
        """Run a command."""
        session = Session(self.wire, self._pause)
        return CliRunner().invoke(cli, [str(word) for word in words], input=input, obj=session)

    def well(self, *words: object, input: str | None = None) -> Result:
        """Run a command that must end well."""
        result = self(*words, input=input)
        assert result.exit_code == 0, result.output
        return result

    def json(self, *words: object, input: str | None = None) -> Any:
        """What a command that must end well says as JSON, on stdout alone."""
        return json.loads(self.well(*words, "--json", input=input).stdout)

    def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if self.meanwhile and seconds:
            self.meanwhile()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the configuration lies; nothing is known, and the environment says nothing."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("RUNSTEAD_URL", raising=False)
    monkeypatch.delenv("RUNSTEAD_TOKEN", raising=False)
    return tmp_path / "config" / "runstead"


@pytest.fixture
def runstead(db: None) -> Runstead:
    """The command line, with nobody signed in."""
    return Runstead()


@pytest.fixture
def sign_in(runstead: Runstead, monkeypatch: pytest.MonkeyPatch) -> Callable[[User], Runstead]:
    """``sign_in(bob)``: the command line as Bob, by the environment."""

    def as_user(user: User) -> Runstead:
        _, key = ApiToken.issue(user=user, name="tests")
        monkeypatch.setenv("RUNSTEAD_URL", SERVER)
        monkeypatch.setenv("RUNSTEAD_TOKEN", key)
        return runstead

    return as_user


@pytest.fixture
def ada_cli(ada: User, sign_in: Callable[[User], Runstead]) -> Runstead:
    """The command line as Ada."""
    return sign_in(ada)
