"""What pages do through the API's door."""

from typing import Any

import pytest
from django import forms
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404
from django.test import RequestFactory
from django.urls import reverse

from tests.web.rows import a_run
from web.deeds import do

pytestmark = pytest.mark.django_db


class NameForm(forms.Form):
    name = forms.CharField(required=False)


def request_of(user: Any) -> Any:
    """A page's own request."""
    request = RequestFactory().post("/a/page/")
    request.user, request.session = user, SessionStore()
    return request


def address(run: Any) -> str:
    return reverse("workflowrun-detail", args=[run.pk])


def test_a_deed_is_done_in_the_name_of_who_asks_and_stands_in_the_history(ada: Any) -> None:
    run = a_run(ada)
    answer = do(request_of(ada), "PATCH", address(run), {"name": "Liver"})
    assert answer.is_done
    assert answer.data["name"] == "Liver"
    run.refresh_from_db()
    assert run.name == "Liver"
    told = do(request_of(ada), "GET", reverse("workflowrun-history", args=[run.pk])).data
    assert told[-1]["by"]["username"] == "ada"


def test_what_one_may_only_see_is_refused_in_the_words_of_the_api(ada: Any, bob: Any) -> None:
    run = a_run(ada)
    answer = do(request_of(bob), "PATCH", address(run), {"name": "Mine"})
    assert (answer.is_done, answer.status) == (False, 403)
    assert "not change it" in answer.message
    run.refresh_from_db()
    assert run.name == "NA12878"


def test_what_one_may_not_see_is_not_there(ada: Any, eve: Any) -> None:
    with pytest.raises(Http404):
        do(request_of(eve), "PATCH", address(a_run(ada)), {"name": "Mine"})


def test_what_is_wrong_stands_at_its_field_and_the_rest_above(ada: Any) -> None:
    answer = do(request_of(ada), "PATCH", address(a_run(ada)), {"name": "x" * 300, "status": "DONE"})
    form = NameForm({})
    answer.tell(form)
    assert "255" in form.errors["name"][0]
    assert form.non_field_errors()[0].startswith("status: ")


def test_a_query_reaches_the_api(ada: Any) -> None:
    a_run(ada, status="FAILED")
    a_run(ada, status="SUCCESS")
    answer = do(request_of(ada), "GET", reverse("workflowrun-list") + "?status=FAILED")
    assert [one["status"] for one in answer.data["results"]] == ["FAILED"]


def test_an_edit_of_what_changed_meanwhile_is_refused(ada: Any) -> None:
    answer = do(request_of(ada), "PATCH", address(a_run(ada)), {"name": "b"}, HTTP_IF_MATCH='"old"')
    assert answer.status == 412
