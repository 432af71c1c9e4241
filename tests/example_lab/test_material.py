"""The material is small, whole, and gives nothing away."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from example_lab.definitions import MATERIAL, RUNS, WORKFLOWS
from example_lab.directories import OWNERS, PUBLIC
from example_lab.fetched import FETCHED, IMPORTED, read_told
from example_lab.people import PEOPLE
from example_lab.recorded import OWNERS as RECORDED
from example_lab.told import to_plain
from tests.example_lab.fetched import fetched

MOST_BYTES = 3_000_000
GIVES_AWAY = re.compile(
    r"BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|\brs_\w{20}|/root/|(?<!\w)/work/"
    r"|(?i:access_token|api[-_]?key|passw(or)?d|secret|bearer )\W{0,4}\w",
)
MAIL = re.compile(r"[\w.+-]+@([\w-]+\.[\w.-]+)")


def files() -> Iterator[Path]:
    return (path for path in MATERIAL.rglob("*") if path.is_file() and path.name != "README.md")


def test_it_is_small():
    assert sum(path.stat().st_size for path in MATERIAL.rglob("*") if path.is_file()) < MOST_BYTES


def test_it_holds_no_link_that_leads_elsewhere():
    assert [path for path in MATERIAL.rglob("*") if path.is_symlink()] == []


def test_it_holds_no_key_no_password_and_no_path_of_a_machine():
    found = {path.name: match[0] for path in files() if (match := GIVES_AWAY.search(path.read_text()))}
    assert found == {}


def test_all_mail_addresses_are_examples():
    hosts = {host for path in files() for host in MAIL.findall(path.read_text())}
    assert hosts <= {"example.org"}


def test_every_directory_is_described_and_has_an_owner():
    assert {path.name for path in RUNS.iterdir() if path.is_dir()} == set(OWNERS)
    assert {path.stem for path in RUNS.glob("*.json")} == set(OWNERS)
    assert set(OWNERS) >= PUBLIC


@pytest.mark.parametrize("name", OWNERS)
def test_every_described_file_lies_in_the_directory(name):
    told = json.loads((RUNS / f"{name}.json").read_text())
    for dataset in told["datasets"]:
        for file in dataset["files"]:
            path = file if isinstance(file, str) else file["path"]
            assert (RUNS / name / path).is_file(), path


def test_every_run_names_a_workflow_that_is_defined():
    defined = {version.key for workflow in WORKFLOWS for version in workflow.versions}
    named = {json.loads((RUNS / f"{name}.json").read_text())["workflow"] for name in OWNERS}
    for source in RECORDED:
        named |= {run["workflow"] for run in json.loads((MATERIAL / f"recorded/{source}.json").read_text())}
    assert named == defined


@pytest.mark.parametrize("orcid", [person.orcid for person in PEOPLE if person.orcid])
def test_orcids_have_valid_checksums(orcid):
    *digits, check = orcid.replace("-", "")
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    assert "0123456789X"[(12 - total % 11) % 11] == check


def test_every_fetched_run_has_an_owner():
    assert {path.stem for path in FETCHED.glob("*.json")} == set(IMPORTED)


@pytest.mark.once
@pytest.mark.parametrize("file", IMPORTED)
def test_fetched_runs_are_what_the_sources_read_in_their_recordings(file):
    """Where a source reads more now: ``python -m tests.example_lab.fetched`` writes them anew."""
    assert json.loads((FETCHED / f"{file}.json").read_text()) == fetched(file)


@pytest.mark.parametrize("file", IMPORTED)
def test_fetched_runs_are_read_as_they_were_written(file):
    assert to_plain(read_told(file)) == json.loads((FETCHED / f"{file}.json").read_text())
