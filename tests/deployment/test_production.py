"""Production without a container engine: the commands of docker-compose.yml on PostgreSQL and Redis."""

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.deployment import compose
from tests.deployment.running import ROOT, Running, ask, clean_environment, free_port
from tests.deployment.waiting import until

pytestmark = pytest.mark.once

PROGRAMS = Path(sys.executable).parent
KEY = "a-key-of-more-than-fifty-characters-for-the-tests-0123456789-abcdefghij"
REQUIRED = {"SECRET_KEY": KEY, "ALLOWED_HOSTS": "runstead.example.org", "POSTGRES_PASSWORD": "secret"}
AS_PROXY = {"Host": "runstead.example.org", "X-Forwarded-Proto": "https"}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` with nothing but this environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env=clean_environment(**environment), cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_check_for_deployment_finds_nothing(tmp_path):
    done = manage(
        "check", "--deploy", "--fail-level", "WARNING",
        DEBUG="0", SECRET_KEY=KEY, ALLOWED_HOSTS="runstead.example.org", RUNSTEAD_DATA=str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_a_missing_secret_key_stops_the_start_in_one_sentence(tmp_path):
    done = manage("check", DEBUG="0", RUNSTEAD_DATA=str(tmp_path))
    assert done.returncode != 0
    assert "SECRET_KEY is not set. Give a long random string" in done.stderr
    assert not (tmp_path / "secret-key").exists()


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_what_must_be_given_is_asked_for_by_name(name):
    with pytest.raises(compose.MissingVariable, match=f"{name} must be set"):
        compose.services({key: value for key, value in REQUIRED.items() if key != name})


def test_the_services_of_production_are_there():
    found = compose.services(REQUIRED)
    always = {name for name, service in found.items() if "profiles" not in service}
    assert always == {"db", "redis", "migrate", "web", "worker", "beat"}
    assert all(found[name]["environment"]["DEBUG"] == "0" for name in ("migrate", "web", "worker", "beat"))


def test_the_example_of_the_settings_file_names_what_must_be_given():
    named = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(REQUIRED) <= named


@pytest.fixture
def database_url() -> Iterator[str]:
    """An empty database of PostgreSQL, dropped afterwards."""
    server = os.environ["RUNSTEAD_TEST_DATABASE_URL"]
    name = f"runstead_production_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def environment(database_url, tmp_path) -> dict[str, str]:
    """What the compose file gives to its containers, with the servers and directories of this test."""
    web = compose.services(REQUIRED)["web"]["environment"]
    here = {
        "DATABASE_URL": database_url,
        "REDIS_URL": os.environ["RUNSTEAD_PRODUCTION_REDIS_URL"],
        "RUNSTEAD_DATA": str(tmp_path / "data"),
        "DROPBOX_ROOT": str(tmp_path / "dropboxes"),
        "STATIC_ROOT": str(tmp_path / "static"),
        "BIND": "127.0.0.1",
        "PORT": str(free_port()),
    }
    return web | here


@contextlib.contextmanager
def started(name: str, environment: dict[str, str]) -> Iterator[Running]:
    """One service of the compose file, ended afterwards."""
    service = compose.services(REQUIRED)[name]
    running = Running(compose.command_of(service, PROGRAMS), clean_environment(**environment))
    try:
        yield running
    finally:
        running.kill_all()


@pytest.mark.production
def test_web_worker_and_beat_work_together_and_end_when_asked(environment):
    port = int(environment["PORT"])
    assert manage("collectstatic", "--no-input", **environment).returncode == 0
    with started("migrate", environment) as migrate:
        assert migrate.wait_for_its_end(seconds=120) == 0, migrate.said
    with (
        started("web", environment) as web,
        started("worker", environment) as worker,
        started("beat", environment) as beat,
    ):
        services = (web, worker, beat)
        until(lambda: _well(port), seconds=60, told=lambda: "\n".join(each.said for each in services))
        assert _ping(environment) == 0
        _the_pages_are_for_https_alone(port)
        until(lambda: "common.tasks.sweep" in beat.said, seconds=40, told=lambda: beat.said)
        for each in services:
            each.end(signal.SIGTERM, seconds=20)
            assert each.process.returncode in (0, -signal.SIGTERM), each.said
            assert "Traceback" not in each.said, each.said


def _well(port: int) -> bool:
    with contextlib.suppress(OSError):
        status, parts = ask(port, "GET", "/api/v2/health/", headers=AS_PROXY)
        return status == 200 and all(part["ok"] for part in parts.values())
    return False


def _ping(environment: dict[str, str]) -> int:
    """The health check of the image."""
    command = [sys.executable, "-m", "common.embedded.ping"]
    return subprocess.run(command, env=clean_environment(**environment), cwd=ROOT, check=False).returncode


def _the_pages_are_for_https_alone(port: int) -> None:
    """Also shows that the static files of the pages were collected: their names hold a fingerprint."""
    plain = {"Host": AS_PROXY["Host"]}
    assert ask(port, "GET", "/admin/login/", headers=plain)[0] == 301
    status, page = ask(port, "GET", "/admin/login/", headers=AS_PROXY)
    assert status == 200
    style = re.search(r'href="(/static/admin/css/base\.\w+\.css)"', page)
    assert style
    assert ask(port, "GET", style[1], headers=AS_PROXY)[0] == 200
