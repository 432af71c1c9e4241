"""One shape of errors everywhere, and what strangers are told of our health."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from common.models import WorkerBeat
from tests.conftest import Api
from tests.factories import a_run

API = "/api/v2/"
RUNS = f"{API}workflows/workflowruns/"
JSON = "application/json"

WRONG: dict[str, tuple[int, str, dict[str, Any]]] = {
    "no JSON": (400, "post", {"path": RUNS, "data": "{", "content_type": JSON}),
    "no object": (400, "post", {"path": RUNS, "data": "[]", "content_type": JSON}),
    "a NUL": (400, "post", {"path": RUNS, "data": '{"name": "\\u0000"}', "content_type": JSON}),
    "half a character": (400, "post", {"path": RUNS, "data": '{"name": "\\ud800"}', "content_type": JSON}),
    "no UTF-8": (400, "post", {"path": RUNS, "data": b'{"name": "\xff"}', "content_type": JSON}),
    "a form": (
        415,
        "post",
        {"path": RUNS, "data": "name=x", "content_type": "application/x-www-form-urlencoded"},
    ),
    "JSON for a file": (415, "post", {"path": f"{API}workflows/workflowfiles/", "data": {}}),
    "another method": (405, "delete", {"path": RUNS}),
    "XML": (406, "get", {"path": RUNS, "headers": {"Accept": "application/xml"}}),
    "an unknown format": (404, "get", {"path": f"{RUNS}?format=xml"}),
    "no such record": (404, "get", {"path": f"{RUNS}00000000-0000-7000-8000-000000000000/"}),
    "no UUID": (404, "get", {"path": f"{RUNS}1/"}),
    "no such address": (404, "get", {"path": f"{API}nowhere/"}),
    "an unknown filter": (400, "get", {"path": f"{RUNS}?x=1"}),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_every_error_has_the_same_shape(ada_api: Api, case: str) -> None:
    status, method, asked = WRONG[case]
    answer = getattr(ada_api, method)(**asked)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith(JSON)
    told = answer.json()
    assert set(told) == {"message", "code", "errors"}
    assert told["message"]
    assert told["code"].islower()
    assert all(set(one) == {"field", "message"} for one in told["errors"])


@override_settings(REQUEST_MAX_BYTES=50)
def test_a_body_above_the_limit_is_a_413(ada_api: Api) -> None:
    answer = ada_api.post(RUNS, {"name": "x" * 100})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_an_error_of_a_list_in_csv_is_json_all_the_same(ada_api: Api) -> None:
    answer = ada_api.get(f"{RUNS}?format=csv&x=1")
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (400, JSON)


def test_a_browser_session_needs_the_csrf_token(ada: User) -> None:
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(ada)
    assert browser.get(RUNS).status_code == 200
    answer = browser.post(RUNS, {"name": "x"}, format="json")
    assert (answer.status_code, set(answer.json())) == (403, {"message", "code", "errors"})


def test_nothing_is_kept_by_caches_between(ada_api: Api, ada: User) -> None:
    assert ada_api.get(f"{RUNS}{a_run(ada).pk}/")["Cache-Control"] == "private, no-cache"


# --- health -------------------------------------------------------------------------------------------------


def test_all_is_well_while_the_worker_gives_signs_of_life(db: None) -> None:
    WorkerBeat.objects.create(name="worker", at=timezone.now())
    answer = Api(None).get(f"{API}health/")
    assert answer.status_code == 200
    assert {name: one["ok"] for name, one in answer.json().items()} == dict.fromkeys(
        ("database", "queue", "worker", "storage"), True
    )


@pytest.mark.parametrize("silence", [None, timedelta(minutes=5)])
def test_a_silent_worker_is_a_503_without_details(db: None, silence: timedelta | None) -> None:
    if silence:
        WorkerBeat.objects.create(name="worker", at=timezone.now() - silence)
    answer = Api(None).get(f"{API}health/")
    assert answer.status_code == 503
    told = answer.json()
    assert (told["worker"]["ok"], told["database"]["ok"]) == (False, True)
    assert "celery" not in told["worker"]["detail"]


def test_a_storage_that_cannot_be_written_is_a_503_that_names_no_path(db: None, tmp_path: Any) -> None:
    WorkerBeat.objects.create(name="worker", at=timezone.now())
    (tmp_path / "file").write_text("in the way")
    place = {
        "BACKEND": "common.storage.AtomicFileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "file")},
    }
    with override_settings(STORAGES={**settings.STORAGES, "default": place}):
        answer = Api(None).get(f"{API}health/")
    assert answer.status_code == 503
    assert str(tmp_path) not in answer.content.decode()


def test_ping_and_version_need_nobody(db: None) -> None:
    assert Api(None).get(f"{API}ping/").json() == {"message": "pong"}
    assert Api(None).get(f"{API}version/").json()["api"] == "v2"
