"""Registering from a dropbox in a browser: looking around, having a directory looked at, correcting, sending."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Group, Membership
from data_management.models import DataFile, Dropbox, FileTransfer
from run_directories.registering.deciding import _short
from run_registration.models import DirectoryRegistration
from tests.cli.register.examples import a_directory
from tests.conftest import dropbox_of
from web.templatetags.imports import changed_fact
from workflows.models import WorkflowRun, WorkflowRunParameter

pytestmark = pytest.mark.django_db
REGISTER = reverse("web:register")
ODD_VALUES = "odd: .nan\nfar: -.inf\nhuge: 0b" + 20_000 * "1" + '\nhalf: "\\ud800 \\0"\n'


def page_of(work: DirectoryRegistration) -> str:
    return reverse("web:registration", args=[work.pk])


@pytest.fixture
def looked_at(ada_browser: Client, dropbox: Path, run_tasks: Any) -> DirectoryRegistration:
    """A directory that Ada has had looked at."""
    a_directory(dropbox / "run-1")
    ada_browser.post(REGISTER, {"path": str(dropbox / "run-1")})
    run_tasks()
    return DirectoryRegistration.objects.get()


def sent(work: DirectoryRegistration, deed: str = "send", **said: str) -> dict[str, str]:
    return {"deed": deed, "name": work.findings["name"], "glob-0": "", "role-0": "OUTPUT", **said}


def test_the_only_dropbox_is_shown_at_once_and_folders_of_engines_are_marked(
    ada_browser: Client, dropbox: Path
) -> None:
    a_directory(dropbox / "by <b>hand")
    (dropbox / "snake" / ".snakemake").mkdir(parents=True)
    (dropbox / "notes.txt").write_text("12345")
    page = ada_browser.get(REGISTER).content.decode()
    assert "by &lt;b&gt;hand/" in page
    assert 'looks">Snakemake<' in page
    assert 'looks">runstead.yaml<' in page
    assert "notes.txt" in page
    below = ada_browser.get(REGISTER, {"path": str(dropbox / "snake")}).content.decode()
    assert "Check this folder" in below
    assert "Dropbox of Genomics Core" in below


def test_who_has_several_dropboxes_chooses_one(
    ada: Any, ada_browser: Client, dropbox: Path, tmp_path: Path
) -> None:
    imaging = Group.objects.create(name="Imaging")
    Membership.objects.create(user=ada, group=imaging, role="member")
    second = dropbox_of(ada, imaging, tmp_path / "second")
    page = ada_browser.get(REGISTER).content.decode()
    assert str(dropbox) in page
    assert str(second) in page
    assert "Imaging" in page


def test_who_has_none_is_told_what_to_do(bob_browser: Client) -> None:
    assert "You have no dropbox yet" in bob_browser.get(REGISTER).content.decode()


@pytest.mark.parametrize("path", ["/etc", "../..", "\0", "/nowhere"])
def test_nobody_looks_elsewhere(ada_browser: Client, dropbox: Path, path: str) -> None:
    answer = ada_browser.get(REGISTER, {"path": path})
    assert answer.status_code == 400
    assert "hosts" not in answer.content.decode()
    ada_browser.post(REGISTER, {"path": path})
    assert not DirectoryRegistration.objects.exists()


def test_a_link_to_elsewhere_is_not_shown(ada_browser: Client, dropbox: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (dropbox / "linked").symlink_to(tmp_path / "elsewhere")
    assert "linked" not in ada_browser.get(REGISTER).content.decode()


def test_what_was_found_is_shown_before_anything_is_registered(
    ada_browser: Client, looked_at: DirectoryRegistration
) -> None:
    page = ada_browser.get(page_of(looked_at)).content.decode()
    assert "To confirm" in page
    assert "Counted samples" in page
    assert "results/counts.tsv" in page
    assert "Register the run" in page
    assert not WorkflowRun.objects.exists()


def test_corrections_are_looked_at_again_and_sent(
    ada_browser: Client, looked_at: DirectoryRegistration, run_tasks: Any
) -> None:
    parameters = "k: 21\nnew: [1, 2]\n" + ODD_VALUES
    said = {"name": "Mine", "parameters": parameters, "glob-0": "data/b.txt", "role-0": "IGNORE"}
    answer = ada_browser.post(page_of(looked_at), sent(looked_at, "look", **said))
    assert answer.status_code == 302
    waiting = ada_browser.get(page_of(looked_at)).content.decode()
    assert "hx-trigger" in waiting
    assert "<noscript><meta" in waiting
    run_tasks()
    page = ada_browser.get(page_of(looked_at)).content.decode()
    assert 'value="data/b.txt"' in page
    assert "<code>data/b.txt</code>" not in page
    looked_at.refresh_from_db()
    assert "message" not in looked_at.corrections
    ada_browser.post(page_of(looked_at), sent(looked_at, **said))
    run_tasks()
    run = WorkflowRun.objects.get()
    assert run.name == "Mine"
    values = dict(WorkflowRunParameter.objects.values_list("name", "value"))
    assert {name: values.pop(name) for name in ("k", "new")} == {"k": 21, "new": [1, 2]}
    assert {type(value) for value in values.values()} == {str}  # JSON has no way to say such numbers
    done = ada_browser.get(page_of(looked_at)).content.decode()
    assert reverse("web:run", args=[run.pk]) in done
    assert "Register the run" not in done


def test_times_are_corrected_and_those_that_were_found_stay_as_they_were(
    ada_browser: Client, looked_at: DirectoryRegistration, run_tasks: Any
) -> None:
    looked_at.findings["started_at"] = "2026-03-04T10:00:00.678+00:00"
    looked_at.save()
    assert 'value="2026-03-04T10:00:00"' in ada_browser.get(page_of(looked_at)).content.decode()
    said = {"started_at": "2026-03-04T10:00:00", "completed_at": "2026-03-04T11:00:00"}
    ada_browser.post(page_of(looked_at), sent(looked_at, **said))
    looked_at.refresh_from_db()
    assert looked_at.corrections == {"completed_at": "2026-03-04T11:00:00+00:00"}
    run_tasks()
    completed = WorkflowRun.objects.get().completed_at
    assert completed
    assert completed.isoformat() == "2026-03-04T11:00:00+00:00"


def test_where_dropboxes_of_two_groups_hold_it_the_group_is_chosen(
    ada: Any, ada_browser: Client, dropbox: Path, looked_at: DirectoryRegistration, run_tasks: Any
) -> None:
    assert "Group</label>" not in ada_browser.get(page_of(looked_at)).content.decode()
    imaging = Group.objects.create(name="Imaging")
    Membership.objects.create(user=ada, group=imaging, role="member")
    Dropbox.objects.create(user=ada, group=imaging, path=str(dropbox))
    assert "Group</label>" in ada_browser.get(page_of(looked_at)).content.decode()
    foreign = Group.objects.create(name="Foreign")
    refused = ada_browser.post(page_of(looked_at), sent(looked_at, owned_by=str(foreign.pk)))
    assert refused.status_code == 400
    ada_browser.post(page_of(looked_at), sent(looked_at, owned_by=str(imaging.pk)))
    run_tasks()
    assert WorkflowRun.objects.get().owned_by == imaging


def test_a_sixth_look_waits_for_one_of_five(ada: Any, ada_browser: Client, dropbox: Path) -> None:
    for number in range(6):
        (dropbox / f"run-{number}").mkdir()
        answer = ada_browser.post(REGISTER, {"path": str(dropbox / f"run-{number}")}, follow=True)
    assert "5 directories of yours are under way" in answer.content.decode()
    assert "run-5/" in answer.content.decode()
    works = DirectoryRegistration.objects.order_by("pk")
    assert works.count() == 5
    ada_browser.post(page_of(works[0]), {"deed": "cancel"})
    ada_browser.post(REGISTER, {"path": str(dropbox / "run-5")})
    assert DirectoryRegistration.objects.count() == 6


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"parameters": "no names"}, "one per line"),
        ({"parameters": "a: &x 1\nb: *x"}, "write out"),
        ({"parameters": "[" * 90_000}, "levels deep"),
        ({"glob-0": "!a"}, "must not begin with !"),
        ({"status": "SPLENDID"}, "Select a valid choice"),
        ({"started_at": "2026-02-01T10:00:00", "completed_at": "2026-01-01T10:00:00"}, "cannot end before"),
        ({"version": "01890a5d-ac96-774b-bcce-b302099a8057"}, "Select a valid choice"),
    ],
)
def test_the_form_says_what_is_wrong_with_corrections(
    ada_browser: Client, looked_at: DirectoryRegistration, said: dict[str, str], told: str
) -> None:
    answer = ada_browser.post(page_of(looked_at), sent(looked_at, **said))
    assert answer.status_code == 400
    assert told in answer.content.decode()
    looked_at.refresh_from_db()
    assert looked_at.is_ready


def test_a_failure_can_be_mended_on_the_page(ada_browser: Client, dropbox: Path, run_tasks: Any) -> None:
    (dropbox / "bare").mkdir()
    (dropbox / "bare" / "out.tsv").write_text("1")
    ada_browser.post(REGISTER, {"path": str(dropbox / "bare")})
    run_tasks()
    work = DirectoryRegistration.objects.get()
    page = ada_browser.get(page_of(work)).content.decode()
    assert "No known workflow engine" in page
    said = {"deed": "look", "name": "Bare", "glob-0": "*.tsv", "role-0": "OUTPUT"}
    ada_browser.post(page_of(work), said)
    run_tasks()
    assert "Register the run" in ada_browser.get(page_of(work)).content.decode()


def test_the_group_may_look_and_only_the_owner_may_send(
    looked_at: DirectoryRegistration, bob_browser: Client, eve_browser: Client, run_tasks: Any
) -> None:
    page = bob_browser.get(page_of(looked_at)).content.decode()
    assert "Counted samples" in page
    assert "Register the run" not in page
    bob_browser.post(page_of(looked_at), sent(looked_at))
    assert eve_browser.get(page_of(looked_at)).status_code == 404
    assert eve_browser.post(page_of(looked_at), sent(looked_at)).status_code == 404
    run_tasks()
    assert not WorkflowRun.objects.exists()


def test_files_that_failed_are_named_and_tried_again(
    ada_browser: Client, bob_browser: Client, looked_at: DirectoryRegistration, run_tasks: Any
) -> None:
    ada_browser.post(page_of(looked_at), sent(looked_at))
    run_tasks()  # which registers it
    run_tasks()  # and takes its files in
    assert "Files that failed" not in ada_browser.get(page_of(looked_at)).content.decode()
    lost = DataFile.objects.order_by("pk")[0]
    DataFile.objects.filter(pk=lost.pk).update(status="ERROR", error="The file is <b>no longer</b> there")
    FileTransfer.objects.update(files_failed=1)
    page = ada_browser.get(page_of(looked_at)).content.decode()
    assert "The file is &lt;b&gt;no longer&lt;/b&gt; there" in page
    assert reverse("web:file", args=[lost.pk]) in page
    assert "Try these files again" not in bob_browser.get(page_of(looked_at)).content.decode()
    answer = ada_browser.post(page_of(looked_at), {"deed": "retry-files"}, follow=True)
    assert "are tried again" in answer.content.decode()
    run_tasks()
    lost.refresh_from_db()
    assert (lost.status, lost.error) == ("ONLINE", "")
    assert "Files that failed" not in ada_browser.get(page_of(looked_at)).content.decode()


def test_what_files_say_is_inert(ada_browser: Client, dropbox: Path, run_tasks: Any) -> None:
    directory = a_directory(dropbox / "run-1")
    (directory / "results" / "<img src=x onerror=alert(1)>.tsv").write_text("1")
    yaml = (directory / "runstead.yaml").read_text()
    hostile = yaml.replace("Counted samples", "'<script>alert(1)</script>'").replace(
        "k: 31", "'<i>k': '<b>31'"
    )
    (directory / "runstead.yaml").write_text(hostile)
    ada_browser.post(REGISTER, {"path": str(directory)})
    run_tasks()
    page = ada_browser.get(page_of(DirectoryRegistration.objects.get())).content.decode()
    assert "&lt;script&gt;alert(1)" in page
    for bad in ("<script>alert", "<img src=x", "<b>31", "<i>k"):
        assert bad not in page


def test_a_crate_leads_to_the_import_of_crates(ada_browser: Client, dropbox: Path, run_tasks: Any) -> None:
    crates = Path(__file__).resolve().parents[2] / "data/crates"
    shutil.copytree(crates / "sapporo-ok", dropbox / "crate")
    ada_browser.post(REGISTER, {"path": str(dropbox / "crate")})
    run_tasks()
    page = ada_browser.get(page_of(DirectoryRegistration.objects.get())).content.decode()
    address = page.split('class="button primary" href="')[1].split('"')[0]
    assert str(dropbox / "crate") in ada_browser.get(address).content.decode()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("completed_at: nothing → 2026-11-21T02:27:39.09+00:00", ("Ended", "none", "21 Nov 2026, 02:27:39 UTC")),
        (
            "started_at: 2026-11-21T02:27:34Z → 2026-11-21T02:27:34.304551+00:00",
            ("Started", "02:27:34.000000 UTC", "02:27:34.304551 UTC"),
        ),
        ("status: RUNNING → SUCCESS", ("Status", "Running", "Success")),
        ("run_command: snakemake -j 1 → snakemake -j 2", ("Command", "snakemake -j 1", "snakemake -j 2")),
        ("3 new or changed files", ("Files", "3 new or changed files", "")),
        ("1 known dataset to be linked", ("Datasets", "1 known dataset to be linked", "")),
        ("started_at: x → 2026-13-41", ("Started", "none", "none")),
    ],
)  # fmt: skip
def test_what_changes_is_told_as_pages_tell_it(told: str, said: tuple[str, str, str]) -> None:
    assert changed_fact(told) == said


def test_parts_of_a_second_are_told_in_ones_own_time_zone() -> None:
    with timezone.override("Asia/Tokyo"):
        told = changed_fact("started_at: 2026-11-21T02:27:34Z → 2026-11-21T02:27:34.304551+00:00")
    assert told == ("Started", "11:27:34.000000 JST", "11:27:34.304551 JST")


def test_an_environment_that_changes_is_told_in_words() -> None:
    environment = {"platform": "Linux", "python": "3.11.7", "tools": ["a", "b"]}
    assert _short(environment) == "platform Linux, python 3.11.7, tools a, b"
    assert _short({}) == "nothing"
