"""Any directory can be registered, once somebody says what its files are."""

import pytest

from run_directories.findings import Certainty, Role
from run_directories.generic import NO_PATTERNS, GenericSniffer
from run_directories.override_file import parse_overrides, read_overrides
from run_directories.planning import plan
from run_directories.sniffers import NotThisEngine, Unreadable, sniff

SAID = "name: mine\npatterns: {INPUT: data/, OUTPUT: out/}\n"


@pytest.fixture
def directory(tmp_path):
    for name in ("data/a.txt", "out/b.txt", "notes.txt"):
        path = tmp_path / "run" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "run"


def test_it_recognises_what_somebody_wrote_a_file_for(directory):
    assert GenericSniffer().look(directory).certainty == Certainty.NO
    (directory / "runstead.yaml").write_text(SAID)
    assert GenericSniffer().look(directory).certainty == Certainty.MAYBE


def test_the_patterns_of_the_file_decide(directory):
    (directory / "runstead.yaml").write_text(SAID)
    (run,) = sniff(directory)
    planned = plan(run, read_overrides(directory), directory)
    assert planned.run.name == "mine"
    assert {(one.name, one.role) for one in planned.datasets} == {
        ("a.txt", Role.INPUT),
        ("b.txt", Role.OUTPUT),
    }
    assert planned.remarks == ()


def test_the_patterns_of_the_command_decide(directory):
    (run,) = sniff(directory, "generic")
    assert run.name == "run"
    assert run.remarks == (NO_PATTERNS,)
    planned = plan(run, parse_overrides("patterns: {OUTPUT: '*.txt'}"), directory)
    assert sorted(file.uri for file in planned.files()) == ["data/a.txt", "notes.txt", "out/b.txt"]


def test_it_is_the_same_run_each_time_and_another_from_another_directory(directory, tmp_path):
    first, again = (GenericSniffer().read(directory)[0].external_id for _ in range(2))
    (tmp_path / "other").mkdir()
    (tmp_path / "link").symlink_to(directory)
    assert first == again == GenericSniffer().read(tmp_path / "link")[0].external_id
    assert first != GenericSniffer().read(tmp_path / "other")[0].external_id


def test_a_directory_that_was_used_again_holds_another_run(directory):
    ids = []
    for hour in ("10", "11"):
        (directory / "runstead.yaml").write_text(f"started_at: 2026-11-20T{hour}:00:00Z\n")
        ids.append(GenericSniffer().read(directory)[0].external_id)
    assert ids[0] != ids[1]


def test_a_wrong_file_is_told(directory):
    (directory / "runstead.yaml").write_text("nmae: x\n")
    with pytest.raises(Unreadable, match=r"runstead\.yaml: Line 1: nmae is not known"):
        sniff(directory)


def test_a_file_is_no_directory(directory):
    with pytest.raises(NotThisEngine, match="is not a directory"):
        GenericSniffer().read(directory / "notes.txt")
