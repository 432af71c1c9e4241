"""The command line as people get it: a wheel, in an environment in which there is no Django."""

import json
import shutil
import subprocess
import sys
import venv
import zipfile
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from runstead_cli import __version__
from tests.cli.test_runs import ROOT

NEEDED = (
    "click", "rich", "requests", "yaml", "urllib3", "idna", "certifi", "charset_normalizer", "pygments",
    "markdown_it", "mdurl",
)  # fmt: skip
NEVER = ("django", "rest_framework", "celery", "config", "workflows", "tests")

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(
        find_spec("hatchling") is None, reason="hatchling is not installed (make test installs it)"
    ),
]


def run(*words: object, cwd: Path | None = None) -> str:
    """What a program prints; it must end well."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy, so that nothing is left in the repository."""
    copy = tmp_path_factory.mktemp("repository")
    for name in ("cli", "run_directories", "rocrate_packages"):
        shutil.copytree(
            ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc", "dist")
        )
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", cwd=copy / "cli")
    (built,) = (copy / "cli/dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment with the wheel, and of the others only what it says it needs."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=True)
    words = (
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--disable-pip-version-check",
        wheel,
    )
    run(home / "bin/python", *words)
    (packages,) = home.glob("lib/python*/site-packages")
    for name in NEEDED:
        (packages / name).symlink_to(import_module(name).__path__[0])
    return home / "bin/python"


def test_the_wheel_holds_what_it_needs_and_no_more(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {
        "runstead_cli",
        "run_directories",
        "rocrate_packages",
        f"runstead-{__version__}.dist-info",
    }
    assert not [name for name in names if "__pycache__" in name or "test" in name.lower()]
    modules = {f"{path.relative_to(ROOT)}" for path in (ROOT / "run_directories").rglob("*.py")}
    assert modules <= set(names)


def test_the_wheel_says_what_it_needs(wheel: Path) -> None:
    told = zipfile.ZipFile(wheel).read(f"runstead-{__version__}.dist-info/METADATA").decode()
    needs = {line.split()[1].split(">")[0] for line in told.splitlines() if line.startswith("Requires-Dist:")}
    assert needs == {"click", "rich", "requests", "pyyaml"}


def test_it_runs_where_there_is_no_django(python: Path, tmp_path: Path) -> None:
    program = python.with_name("runstead")
    assert run(program, "--version", cwd=tmp_path) == f"runstead, version {__version__}\n"
    assert "Exit codes:" in run(program, "--help", cwd=tmp_path)
    assert "wfrun" in run(program, "register", "--help", cwd=tmp_path)
    assert "RUN" in run(program, "crate", "download", "--help", cwd=tmp_path)


def test_every_module_of_it_loads_there(python: Path, tmp_path: Path) -> None:
    code = """
import importlib, json, pkgutil, sys
for top in ("runstead_cli", "run_directories", "rocrate_packages"):
    package = importlib.import_module(top)
    for found in pkgutil.walk_packages(package.__path__, top + "."):
        importlib.import_module(found.name)
print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""
    loaded = json.loads(run(python, "-c", code, cwd=tmp_path))
    assert not set(NEVER) & set(loaded)
    assert {"runstead_cli", "run_directories", "requests"} <= set(loaded)
