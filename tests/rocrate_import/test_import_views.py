"""The doors of imports: what is asked for, who may, and what is said to wrong input."""

import json
from typing import Any

import pytest
from django.conf import settings as product_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Group, Membership, User
from rocrate_import.models import CrateImport
from tests.conftest import Api
from tests.rocrate_import.conftest import IMPORT, IMPORTS, RUNS
from tests.rocrate_import.crates import a_run_crate, packed
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db


def test_an_upload_is_answered_with_the_work_that_was_begun(send: Any, ada: User, ada_api: Api) -> None:
    answer = send(a_run_crate(), name="sorted.crate.zip")
    assert answer.status_code == 202
    told = answer.json()
    assert (told["state"], told["name"], told["owner"]["username"]) == ("PENDING", "sorted.crate.zip", "ada")
    assert answer["Location"] == f"{IMPORTS}{told['id']}/"
    assert ada_api.get(answer["Location"]).json()["id"] == told["id"]
    assert len(told["sha256"]) == 64


def test_a_run_can_be_made_public_and_given_to_another_group_of_ones_own(imported: Any, ada: User) -> None:
    other = Group.objects.create(name="Imaging")
    Membership.objects.create(user=ada, group=other)
    done = imported(a_run_crate(), Api(ada), owned_by=str(other.pk), public="true")
    run = WorkflowRun.objects.get(pk=done["workflowrun"])
    assert (run.owned_by, run.public, done["public"]) == (other, True, True)


def test_without_a_word_a_run_is_not_public(imported: Any) -> None:
    imported(a_run_crate())
    assert WorkflowRun.objects.get().public is False


def test_a_group_that_one_is_not_in_does_not_exist(send: Any, proteomics: Group, stored_files: Any) -> None:
    answer = send(a_run_crate(), owned_by=str(proteomics.pk))
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["field"] == "owned_by"
    assert stored_files() == []
    assert not CrateImport.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no zip at all", "no zip archive"), (b"", "empty"), (b"PK\3\4 begins like one", "no zip archive")],
)
def test_what_is_no_archive_is_refused_and_not_kept(
    send: Any, stored_files: Any, content: bytes, said: str
) -> None:
    answer = send(content)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "file"
    assert said in answer.json()["errors"][0]["message"]
    assert stored_files() == []
    assert not CrateImport.objects.exists()


def test_a_form_without_a_file_is_told_what_is_missing(ada_api: Api) -> None:
    answer = ada_api.post(IMPORT, {"public": "true"}, format="multipart")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "file")


def test_a_file_in_another_field_is_not_kept(ada_api: Api, stored_files: Any) -> None:
    upload = SimpleUploadedFile("a.zip", packed(a_run_crate()))
    assert ada_api.post(IMPORT, {"archive": upload}, format="multipart").status_code == 400
    assert stored_files() == []


def test_an_archive_above_the_limit_is_refused_before_it_is_read(
    send: Any, settings: Any, stored_files: Any
) -> None:
    settings.CRATE_MAX_BYTES = 1000
    answer = send(b"x" * 200_000)
    assert answer.status_code == 413
    assert "1000 bytes" in answer.json()["message"]
    assert stored_files() == []


def test_an_archive_just_above_the_limit_is_cut_off_while_it_is_read(
    send: Any, settings: Any, stored_files: Any
) -> None:
    settings.CRATE_MAX_BYTES = 1000
    assert send(b"x" * 2000).status_code == 413
    assert stored_files() == []


def test_a_disk_that_is_full_is_told_and_nothing_stays(
    send: Any, stored_files: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rocrate_import import uploads

    def full(self: Any, raw_data: bytes, start: int) -> None:
        raise uploads._as_answer(OSError(28, "No space left on device"))

    monkeypatch.setattr(uploads.StorageUploadHandler, "receive_data_chunk", full)
    answer = send(a_run_crate())
    assert (answer.status_code, "full" in answer.json()["message"]) == (503, True)
    assert stored_files() == []


def test_nobody_uploads_who_is_not_signed_in(send: Any, stored_files: Any) -> None:
    assert send(a_run_crate(), Api(None)).status_code == 401
    assert stored_files() == []


def test_a_browser_needs_the_token_of_the_form(ada: User, stored_files: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    answer = browser.post(IMPORT, {"file": SimpleUploadedFile("a.zip", packed(a_run_crate()))})
    assert answer.status_code == 403
    assert stored_files() == []


# --- looking, cancelling, trying again ----------------------------------------------------------------------


def test_the_group_sees_an_import_and_strangers_do_not(send: Any, bob: User, eve: User) -> None:
    key = send(a_run_crate()).json()["id"]
    assert Api(bob).get(f"{IMPORTS}{key}/").status_code == 200
    for method, address in (("get", ""), ("post", "cancel/"), ("post", "retry/")):
        assert getattr(Api(eve), method)(f"{IMPORTS}{key}/{address}").status_code == 404
    assert Api(eve).get(IMPORTS).json()["count"] == 0


@pytest.mark.parametrize("deed", ["cancel", "retry"])
def test_who_only_sees_an_import_changes_nothing_about_it(send: Any, bob: User, deed: str) -> None:
    key = send(a_run_crate()).json()["id"]
    assert Api(bob).post(f"{IMPORTS}{key}/{deed}/").status_code == 403
    assert CrateImport.objects.get().state == "PENDING"


def test_imports_are_found_by_state_archive_and_run(imported: Any, send: Any, ada_api: Api) -> None:
    done = imported(a_run_crate())
    waiting = send(a_run_crate({"b.txt": b"b"}, run_id="https://example.org/other"), name="other.zip").json()
    for query, expected in (
        ("state=DONE", done),
        ("state=PENDING", waiting),
        (f"sha256={waiting['sha256']}", waiting),
        (f"workflowrun={done['workflowrun']}", done),
        ("search=other", waiting),
        ("ordering=created&page_size=1", done),
        (f"created_after={waiting['created'].replace('+', '%2B')}", waiting),
    ):
        results = ada_api.get(f"{IMPORTS}?{query}").json()["results"]
        assert [one["id"] for one in results] == [expected["id"]], query
    assert ada_api.get(f"{IMPORTS}?stat=DONE").status_code == 400


def test_a_list_costs_the_same_whatever_is_in_it(
    send: Any, ada_api: Api, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        send(a_run_crate({"a.txt": b"%d" % number}))
    with django_assert_num_queries(2):  # the token, and the rows, which are all on one page
        assert ada_api.get(IMPORTS).json()["count"] == 3


def test_what_was_cancelled_leaves_nothing_but_the_archive_and_can_be_tried_again(
    send: Any, run_tasks: Any, ada_api: Api, stored_files: Any
) -> None:
    key = send(a_run_crate()).json()["id"]
    assert ada_api.post(f"{IMPORTS}{key}/cancel/").json()["state"] == "CANCELLED"
    assert run_tasks() == 0
    assert ada_api.post(f"{IMPORTS}{key}/cancel/").status_code == 409
    assert [path.split("/")[0] for path in stored_files()] == ["crates"]
    assert ada_api.post(f"{IMPORTS}{key}/retry/").json()["state"] == "PENDING"
    run_tasks()
    assert ada_api.get(f"{IMPORTS}{key}/").json()["state"] == "DONE"


def test_what_is_done_cannot_be_tried_again(imported: Any, ada_api: Api) -> None:
    key = imported(a_run_crate())["id"]
    assert ada_api.post(f"{IMPORTS}{key}/retry/").status_code == 409
    assert ada_api.post(f"{IMPORTS}{key}/cancel/").status_code == 409


def test_what_was_refused_has_to_be_sent_again(imported: Any, ada_api: Api) -> None:
    told = imported({"readme.txt": b"no crate"})
    assert (told["state"], "ro-crate-metadata.json" in told["error"]) == ("FAILED", True)
    answer = ada_api.post(f"{IMPORTS}{told['id']}/retry/")
    assert (answer.status_code, "send it again" in answer.json()["message"]) == (409, True)


def test_settings_of_the_limit_are_the_products() -> None:
    assert product_settings.CRATE_MAX_BYTES >= 10**9


def test_json_must_name_a_path(ada_api: Api) -> None:
    for body in (
        {},
        {"path": ""},
        {"path": 3},
        {"path": "/etc/passwd", "owned_by": 3},
    ):
        answer = ada_api.post(IMPORT, body)
        assert answer.status_code == 400, body
        assert json.loads(answer.content)["errors"]


def test_the_history_of_the_run_names_the_archive(imported: Any, ada_api: Api) -> None:
    done = imported(a_run_crate(), name="sorted.zip")
    events = ada_api.get(f"{RUNS}{done['workflowrun']}/history/").json()
    assert any(one["action"] == "imported" and "sorted.zip" in str(one) for one in events)
