"""`manage.py up`: one command starts the product, Ctrl-C ends it, and a kill -9 loses nothing.

The tests share one data directory and go on with the product that the test before left running.
"""

import json
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.deployment.running import ROOT, Product, clean_environment, living, soon
from tests.deployment.waiting import until

pytestmark = pytest.mark.once

LARGE = 300 * 1024 * 1024  # bytes; copying them takes long enough to be interrupted


class Installation:
    """A data directory, and the product that serves it now."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.product: Product | None = None

    def up(self) -> Product:
        """The running product; started where none runs."""
        if self.product is None or self.product.process.poll() is not None:
            self.product = Product(self.data)
            self.product.wait_until_ready()
        return self.product

    @property
    def users(self) -> dict[str, dict[str, str]]:
        """Passwords and tokens by user name."""
        return json.loads((self.data / "example-lab.json").read_text())["users"]

    def ask_as(self, name: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A request of one of the lab's people."""
        return self.up().ask(method, f"/api/v2/{path}", body, token=self.users[name]["token"])

    def transfer(self, identifier: str, what: str = "state") -> tuple[Any, ...]:
        """What the database says about a transfer, also while nothing runs."""
        key = identifier.replace("-", "")
        assert self.product
        return self.product.rows(f"SELECT {what} FROM data_management_filetransfer WHERE id = '{key}'")[0]


@pytest.fixture(scope="module")
def installation(tmp_path_factory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("up") / "data")
    yield installation
    if installation.product:
        installation.product.kill_all()


def test_the_first_start_gives_a_working_product_with_an_example_lab(installation):
    up = installation.up()
    status, health = up.ask("GET", "/api/v2/health/")
    assert (status, [name for name, part in health.items() if not part["ok"]]) == (200, [])
    for name in ("ada", "bob", "eve"):
        keys = installation.users[name]
        assert installation.ask_as(name, "GET", "users/me/")[1]["username"] == name
        assert re.search(rf"{name} +{keys['password']} +{keys['token']}", up.said)
    assert f"http://127.0.0.1:{up.port}" in up.said
    assert "local trial" in up.said


def test_nobody_else_can_read_the_secrets_or_reach_more_than_the_web_server(installation):
    up = installation.up()
    for name in ("example-lab.json", "secret-key"):
        assert stat.S_IMODE((up.data / name).stat().st_mode) == 0o600
    links = [link for process in up.family() for link in process.net_connections("inet")]
    assert {link.laddr for link in links if link.status == "LISTEN"} == {("127.0.0.1", up.port)}


def test_a_second_one_on_the_same_data_says_who_is_there(installation):
    up = installation.up()
    second = Product(up.data)
    assert second.wait_for_its_end() == 1
    assert f"running on {up.data} at http://127.0.0.1:{up.port}, process {up.process.pid}" in second.said
    assert "Traceback" not in second.said


def test_a_port_in_use_is_said_in_a_sentence(installation, tmp_path):
    taken = installation.up().port
    other = Product(tmp_path / "other", PORT=str(taken))
    assert other.wait_for_its_end() == 1
    assert f"Cannot listen on 127.0.0.1, port {taken}" in other.said
    assert "Traceback" not in other.said


def test_doctor_finds_a_running_product_well_and_a_stopped_one_not(installation):
    up = installation.up()
    until(lambda: _ills_that_doctor_finds(up.data) == (0, set()), told=lambda: up.said)
    assert up.end(signal.SIGINT) < soon()
    assert up.process.returncode == 0
    assert "Traceback" not in up.said
    assert _ills_that_doctor_finds(up.data) == (1, {"queue"})


def test_started_again_it_keeps_everything_and_names_its_new_address(installation):
    up = installation.up()
    assert json.loads((up.data / "example-lab.json").read_text())["url"] == f"http://127.0.0.1:{up.port}"
    assert installation.users["ada"]["password"] in up.said
    assert "Making the example lab" not in up.said
    status, runs = installation.ask_as("ada", "GET", "workflows/workflowruns/")
    assert status == 200
    assert runs["count"] > 5


def test_the_signal_that_ends_services_ends_it_soon_also_in_the_middle_of_work(installation):
    transfer = _transfer_in_progress(installation, "first.bin")
    up = installation.up()
    _freeze_the_work(up)
    assert up.end(signal.SIGTERM) < soon()
    assert up.process.returncode == 0
    assert installation.transfer(transfer) == ("RUNNING",)
    _next_start_finishes(installation, transfer)


def test_killed_in_the_middle_of_work_the_next_start_finishes_it(installation):
    transfer = _transfer_in_progress(installation, "second.bin")
    installation.up().kill_all()
    assert installation.transfer(transfer) == ("RUNNING",)
    _next_start_finishes(installation, transfer)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends them")
def test_nothing_survives_a_killed_supervisor(installation):
    up = installation.up()
    family = up.family()
    up.process.kill()
    until(lambda: up.process.poll() is not None and not living(family[1:]), seconds=20)


def _ills_that_doctor_finds(data: Path) -> tuple[int, set[str]]:
    """The exit code of `manage.py doctor`, and what it says is not well."""
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        env=clean_environment(RUNSTEAD_DATA=str(data)), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert len(re.findall(r"^[✓✗] \w+", done.stdout, re.MULTILINE)) == 6, done.stdout + done.stderr
    return done.returncode, set(re.findall(r"^✗ (\w+)", done.stdout, re.MULTILINE))


def _transfer_in_progress(installation: Installation, name: str) -> str:
    """Ada registers a large file from her dropbox; returns the transfer's id while a worker copies it."""
    dropbox = installation.ask_as("ada", "GET", "data-management/dropbox/")[1][0]
    with (Path(dropbox["path"]) / name).open("wb") as file:
        file.truncate(LARGE)
    body = {
        "input_dir": dropbox["path"],
        "owned_by": dropbox["group"],
        "datasets": [{"name": name, "new": True, "datafiles": [{"name": name, "uri": name}]}],
    }
    status, answer = installation.ask_as("ada", "POST", "data-management/datasetcollections/register/", body)
    assert status == 201, answer
    transfer = answer["transfer"]["id"]
    until(lambda: installation.transfer(transfer) == ("RUNNING",))
    return transfer


def _freeze_the_work(up: Product) -> None:
    """However fast this machine is, the work will not be over before we are asked to end."""
    workers = [each for each in up.family() if "celery" in each.cmdline()]
    for child in workers[0].children():
        child.suspend()


def _next_start_finishes(installation: Installation, transfer: str) -> None:
    installation.up()
    until(lambda: installation.transfer(transfer) == ("DONE",), seconds=120)
    assert installation.transfer(transfer, "attempts, files_done, files_failed") == (2, 1, 0)
