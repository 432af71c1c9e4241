"""The account: password and tokens."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, digest_of

pytestmark = pytest.mark.django_db
ACCOUNT = reverse("web:account")
OLD, NEW = "correct horse battery staple", "another long sentence 42"


def test_a_changed_password_keeps_this_browser_and_ends_the_others(ada: Any) -> None:
    ada.set_password(OLD)
    ada.save()
    here, there = Client(), Client()
    for browser in (here, there):
        assert browser.login(username="ada", password=OLD)
    form = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}
    assert here.post(reverse("web:change-password"), form)["Location"] == ACCOUNT
    assert "Your password is changed" in here.get(ACCOUNT).content.decode()
    assert there.get(ACCOUNT).status_code == 302
    assert Client().login(username="ada", password=NEW)


def test_a_password_is_not_changed_without_the_old_one(ada: Any, ada_browser: Client) -> None:
    before = ada.password
    form = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    answer = ada_browser.post(reverse("web:change-password"), form)
    assert "Your old password was entered incorrectly" in answer.content.decode()
    ada.refresh_from_db()
    assert ada.password == before


def test_a_token_is_shown_once_and_opens_the_door(ada: Any, ada_browser: Client) -> None:
    answer = ada_browser.post(reverse("web:make-token"), {"name": "login node", "days": "30"})
    key = re.search(r">(rs_[\w-]{40,})</pre>", answer.content.decode())
    assert key is not None
    token = ApiToken.objects.valid().get(digest=digest_of(key[1]), user=ada)
    assert token.expires_at is not None
    assert "no-store" in answer["Cache-Control"]
    later = ada_browser.get(ACCOUNT).content.decode()
    assert "login node" in later
    assert key[1] not in later


def test_a_token_needs_a_name(ada: Any, ada_browser: Client) -> None:
    answer = ada_browser.post(reverse("web:make-token"), {"name": "", "days": "30"})
    assert "This field is required" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_revoked_token_opens_nothing_and_is_gone_from_the_list(ada: Any, ada_browser: Client) -> None:
    token, _ = ApiToken.issue(user=ada, name="old laptop")
    revoke = reverse("web:revoke-token", args=[token.id])
    assert ada_browser.get(revoke).status_code == 405
    assert ada_browser.post(revoke)["Location"] == ACCOUNT
    assert not ApiToken.objects.valid().exists()
    ada_browser.get(ACCOUNT)  # takes the message away
    assert "old laptop" not in ada_browser.get(ACCOUNT).content.decode()


def test_nobody_sees_or_revokes_the_token_of_another(ada: Any, bob_browser: Client) -> None:
    token, _ = ApiToken.issue(user=ada, name="of ada")
    assert "of ada" not in bob_browser.get(ACCOUNT).content.decode()
    assert bob_browser.post(reverse("web:revoke-token", args=[token.id])).status_code == 404
    assert ApiToken.objects.valid().get() == token
