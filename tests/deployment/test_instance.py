"""One product per data directory, and nothing left of one that was killed."""

import json
import os
import subprocess

import pytest

from common.embedded.instance import AlreadyRunning, Instance
from common.embedded.processes import birth_of
from tests.deployment.waiting import until

pytestmark = pytest.mark.once


@pytest.fixture
def sleeper():
    process = subprocess.Popen(["sleep", "63"], process_group=0)
    yield process
    process.kill()
    process.wait()


def test_a_second_one_is_told_who_is_there(tmp_path):
    with Instance(tmp_path) as first:
        first.write(url="http://127.0.0.1:8000", children={})
        with (
            pytest.raises(AlreadyRunning, match=f"at http://127.0.0.1:8000, process {os.getpid()}"),
            Instance(tmp_path),
        ):
            pass


def test_it_may_start_again_after_it_ended(tmp_path):
    for _ in range(2):
        with Instance(tmp_path) as instance:
            instance.write(url="http://127.0.0.1:8000", children={})


def test_children_of_a_killed_one_are_ended(tmp_path, sleeper):
    _left_behind(tmp_path, sleeper.pid, birth_of(sleeper.pid))
    until_reaped = sleeper.poll
    with Instance(tmp_path):
        assert until(lambda: until_reaped() is not None)


def test_a_stranger_who_got_the_same_process_id_is_left_alone(tmp_path, sleeper):
    _left_behind(tmp_path, sleeper.pid, "of another time")
    with Instance(tmp_path):
        assert sleeper.poll() is None


def _left_behind(directory, pid, birth):
    note = {"pid": 1, "url": "http://127.0.0.1:8000", "children": {"web": [pid, birth]}}
    (directory / "up.json").write_text(json.dumps(note))
