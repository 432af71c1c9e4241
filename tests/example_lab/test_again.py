"""The second start, the interrupted start, and the start of a registry that is in use."""

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.models import ApiToken, User
from data_management.models import DataFile, Dataset
from example_lab.build import ensure_example_lab
from tests.example_lab.conftest import URL, forget, places_below
from workflows.models import WorkflowRun, WorkflowVersion

pytestmark = pytest.mark.django_db
COUNTED = (User, ApiToken, WorkflowVersion, WorkflowRun, Dataset, DataFile)


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """A data folder in which nothing was made yet."""
    for name, value in places_below(tmp_path).items():
        setattr(settings, name, value)
    return tmp_path


class Killed(BaseException):
    """The process ends here."""


def counts() -> list[int]:
    return [model.objects.count() for model in COUNTED]


def test_a_second_start_changes_nothing_and_says_nothing(folder):
    said, lab = [], ensure_example_lab(URL, forget)
    before, note = counts(), (folder / "example-lab.json").read_bytes()
    assert ensure_example_lab("http://127.0.0.1:9999", said.append) == lab
    assert (counts(), (folder / "example-lab.json").read_bytes(), said) == (before, note, [])


@pytest.mark.parametrize("stage", range(5))
def test_killed_at_any_stage_the_next_start_makes_one_whole_lab(folder, stage):
    said = []

    def say(line: str) -> None:
        said.append(line)
        if len(said) > stage:
            raise Killed

    with pytest.raises(Killed):
        ensure_example_lab(URL, say)
    assert counts() == [0] * len(COUNTED)
    lab = ensure_example_lab(URL, said.append)
    assert User.objects.count() == len(lab["users"])
    assert WorkflowRun.objects.count() == len(set(WorkflowRun.objects.values_list("name", flat=True)))
    assert json.loads((folder / "example-lab.json").read_text()) == lab


def test_killed_after_the_commit_the_passwords_are_not_lost(folder):
    said = []

    def say(line: str) -> None:
        said.append(line)
        if "ready" in line:
            raise Killed

    with pytest.raises(Killed):
        ensure_example_lab(URL, say)
    lab = ensure_example_lab(URL, said.append)
    assert User.objects.get(username="ada").check_password(lab["users"]["ada"]["password"])


def test_a_registry_that_has_users_of_its_own_is_left_alone(folder):
    User.objects.create(username="grace")
    said = []
    assert ensure_example_lab(URL, said.append) is None
    assert (said, counts()[0], list(folder.iterdir())) == ([], 1, [])


def test_a_note_that_does_not_belong_to_the_users_is_not_handed_out(folder):
    (folder / "example-lab.json").write_text('{"url": "", "users": {"ada": {}}}')
    User.objects.create(username="grace")
    assert ensure_example_lab(URL, forget) is None
