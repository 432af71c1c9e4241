"""Ada at her command line, with a worker beside her."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Runstead
from tests.cli.register.examples import a_directory


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checksums are remembered for one test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def cli(ada_cli: Runstead, run_tasks: Callable[[], int]) -> Runstead:
    """Ada's, with a worker that does what waits while she waits."""
    ada_cli.meanwhile = run_tasks
    return ada_cli


@pytest.fixture
def directory(dropbox: Path) -> Path:
    """A directory with a runstead.yaml in Ada's dropbox."""
    return a_directory(dropbox / "run-1")
