"""The account: who one is, password, tokens."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, Group, digest_of
from accounts.orcid import bare_orcid, check_character, is_orcid

pytestmark = pytest.mark.django_db
ACCOUNT, PASSWORD, TOKENS = reverse("web:account"), reverse("web:change-password"), reverse("web:tokens")
OLD, NEW = "correct horse battery staple", "another long sentence 42"
ORCID = "0000-0002-1825-0097"


def profile(**facts: str) -> dict[str, str]:
    """The form as it is sent."""
    usual = {"first_name": "Ada", "last_name": "Example", "email": "ada@example.org", "orcid": ""}
    return {**usual, "primary_group": "", **facts}


def test_a_profile_is_kept(ada: Any, ada_browser: Client, genomics: Group) -> None:
    sent = profile(orcid=ORCID, primary_group=str(genomics.pk))
    assert ada_browser.post(ACCOUNT, sent)["Location"] == ACCOUNT
    ada.refresh_from_db()
    assert (ada.full_name, ada.email, ada.orcid) == ("Ada Example", "ada@example.org", ORCID)
    assert ada.primary_group == genomics
    page = ada_browser.get(ACCOUNT).content.decode()
    assert f'href="https://orcid.org/{ORCID}"' in page
    assert reverse("web:group", args=[genomics.pk]) in page


def test_an_orcid_is_taken_from_its_address(ada: Any, ada_browser: Client) -> None:
    ada_browser.post(ACCOUNT, profile(orcid=f" https://orcid.org/{ORCID}/ "))
    ada.refresh_from_db()
    assert ada.orcid == ORCID


@pytest.mark.parametrize("orcid", ["0000-0002-1825-0098", "0000000218250097", "javascript:alert(1)", "x"])
def test_an_orcid_that_was_copied_badly_is_refused(ada: Any, ada_browser: Client, orcid: str) -> None:
    answer = ada_browser.post(ACCOUNT, profile(orcid=orcid))
    assert answer.status_code == 400
    assert "This is not a valid ORCID iD" in answer.content.decode()
    ada.refresh_from_db()
    assert (ada.orcid, ada.first_name) == ("", "")


def test_the_api_refuses_a_wrong_orcid_as_well(ada_api: Any) -> None:
    answer = ada_api.patch("/api/v2/users/me/", {"orcid": "0000-0002-1825-0098"})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "orcid"
    assert ada_api.patch("/api/v2/users/me/", {"orcid": ORCID}).status_code == 200


@pytest.mark.parametrize(
    "orcid", [ORCID, "0000-0001-5109-3700", "0000-0002-1694-233X", "0000-0000-0000-0204"]
)
def test_the_last_character_of_an_orcid_checks_the_others(orcid: str) -> None:
    assert is_orcid(orcid)
    assert not is_orcid(orcid[:-1] + ("1" if orcid[-1] != "1" else "2"))
    assert bare_orcid(f"http://www.orcid.org/{orcid.lower()}") == orcid
    assert check_character(orcid.replace("-", "")[:-1]) == orcid[-1]


def test_a_group_of_others_cannot_be_the_primary_one(
    ada: Any, ada_browser: Client, proteomics: Group
) -> None:
    answer = ada_browser.post(ACCOUNT, profile(primary_group=str(proteomics.pk)))
    assert answer.status_code == 400
    assert "Proteomics" not in answer.content.decode()


def test_a_changed_password_keeps_this_browser_and_ends_the_others(ada: Any) -> None:
    ada.set_password(OLD)
    ada.save()
    here, there = Client(), Client()
    for browser in (here, there):
        assert browser.login(username="ada", password=OLD)
    form = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}
    assert here.post(PASSWORD, form)["Location"] == PASSWORD
    assert "Your password is changed" in here.get(PASSWORD).content.decode()
    assert there.get(PASSWORD).status_code == 302
    assert Client().login(username="ada", password=NEW)


def test_a_password_is_not_changed_without_the_old_one(ada: Any, ada_browser: Client) -> None:
    before = ada.password
    form = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    answer = ada_browser.post(PASSWORD, form)
    assert "Your old password was entered incorrectly" in answer.content.decode()
    assert NEW not in answer.content.decode()
    ada.refresh_from_db()
    assert ada.password == before


def test_the_old_password_cannot_be_guessed_in_a_session_that_was_left_open(
    ada: Any, ada_browser: Client
) -> None:
    ada.set_password(OLD)
    ada.save()
    ada_browser.force_login(ada)
    form = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    assert [ada_browser.post(PASSWORD, form).status_code for _ in range(5)] == [400] * 5
    answer = ada_browser.post(PASSWORD, {**form, "old_password": OLD})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 300
    assert "Too many wrong passwords" in answer.content.decode()
    ada.refresh_from_db()
    assert ada.check_password(OLD)


def test_a_token_is_shown_once_and_opens_the_door(ada: Any, ada_browser: Client) -> None:
    answer = ada_browser.post(TOKENS, {"name": "login node", "days": "30"})
    page = answer.content.decode()
    key = re.search(r">(rs_[\w-]{40,})</pre>", page)
    assert key is not None
    token = ApiToken.objects.valid().get(digest=digest_of(key[1]), user=ada)
    assert token.expires_at is not None
    assert "no-store" in answer["Cache-Control"]
    assert "runstead login http://testserver --token" in page
    later = ada_browser.get(TOKENS).content.decode()
    assert "login node" in later
    assert key[1] not in later


def test_a_token_may_last_until_it_is_revoked(ada: Any, ada_browser: Client) -> None:
    ada_browser.post(TOKENS, {"name": "sequencer", "days": ""})
    assert ApiToken.objects.get(user=ada).expires_at is None


def test_a_token_needs_a_name(ada: Any, ada_browser: Client) -> None:
    answer = ada_browser.post(TOKENS, {"name": "", "days": "30"})
    assert answer.status_code == 400
    assert "This field is required" in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_a_revoked_token_opens_nothing_and_is_gone_from_the_list(ada: Any, ada_browser: Client) -> None:
    token, _ = ApiToken.issue(user=ada, name="old laptop")
    revoke = reverse("web:revoke-token", args=[token.id])
    assert ada_browser.get(revoke).status_code == 405
    assert ada_browser.post(revoke)["Location"] == TOKENS
    assert not ApiToken.objects.valid().exists()
    ada_browser.get(TOKENS)  # takes the message away
    assert "old laptop" not in ada_browser.get(TOKENS).content.decode()


def test_nobody_sees_or_revokes_the_token_of_another(ada: Any, bob_browser: Client) -> None:
    token, _ = ApiToken.issue(user=ada, name="of ada")
    assert "of ada" not in bob_browser.get(TOKENS).content.decode()
    assert bob_browser.post(reverse("web:revoke-token", args=[token.id])).status_code == 404
    assert ApiToken.objects.valid().get() == token


@pytest.mark.parametrize("route", ["account", "change-password", "preferences", "tokens", "servers"])
def test_the_pages_of_the_account_lead_to_each_other(ada_browser: Client, route: str) -> None:
    page = ada_browser.get(reverse(f"web:{route}")).content.decode()
    assert page.count('aria-current="page"') == 1
    assert f'href="{reverse(f"web:{route}")}" aria-current="page"' in page
