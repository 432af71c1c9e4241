"""Signing in, tokens, oneself, and one's groups."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import ApiToken, Group, User, digest_of
from tests.conftest import PASSWORD, Api

API = "/api/v2/"


def sign_in(**more: Any) -> Any:
    """Ask for a token as Ada."""
    return Api(None).post(f"{API}auth/token/", {"username": "ada", "password": PASSWORD, **more})


def test_a_password_gives_a_token_that_opens_the_door(ada: User) -> None:
    answer = sign_in(name="laptop")
    assert answer.status_code == 201
    api = Api(None)
    for scheme in ("Token", "Bearer", "token"):
        api.credentials(HTTP_AUTHORIZATION=f"{scheme} {answer.json()['token']}")
        assert api.get(f"{API}users/me/").json()["username"] == "ada"
    assert answer.json()["name"] == "laptop"


@pytest.mark.parametrize("wrong", [{"password": "x"}, {"username": "nobody"}, {"username": "ADA"}])
def test_a_wrong_password_is_a_401(ada: User, wrong: dict[str, str]) -> None:
    answer = sign_in(**wrong)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
    assert ApiToken.objects.count() == 0


def test_somebody_who_left_cannot_sign_in(ada: User, ada_api: Api) -> None:
    User.objects.update(is_active=False)
    assert sign_in().status_code == 401
    assert ada_api.get(f"{API}users/me/").status_code == 401


def test_guessing_is_slowed_down(ada: User) -> None:
    answers = [sign_in(username=f"u{number}", password="x") for number in range(21)]
    assert [one.status_code for one in answers] == [401] * 20 + [429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 61
    assert answers[-1].json()["code"] == "throttled"


def test_after_five_wrong_passwords_for_one_name_even_the_right_one_waits(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [sign_in(password=str(number)).status_code for number in range(5)] == [401] * 5
    refused = sign_in()
    assert refused.status_code == 429
    assert 290 < int(refused["Retry-After"]) <= 301
    now = time.time()
    monkeypatch.setattr("accounts.attempts.time.time", lambda: now + 301)
    assert sign_in().status_code == 201


def test_the_right_password_forgets_the_wrong_ones(ada: User) -> None:
    for _ in range(3):
        assert [sign_in(password="x").status_code for _ in range(4)] == [401] * 4
        assert sign_in().status_code == 201


@pytest.mark.parametrize("header", ["Token", "Token x", "Token rs_ä", "Basic YTpi", "Token  ", "rs_x"])
def test_a_header_that_is_no_token_opens_nothing(ada: User, header: str) -> None:
    api = Api(None)
    api.credentials(HTTP_AUTHORIZATION=header)
    answer = api.get(f"{API}users/me/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
    assert set(answer.json()) == {"message", "code", "errors"}


def test_a_token_is_stored_as_a_digest_and_never_told_again(ada: User, ada_api: Api) -> None:
    key = sign_in().json()["token"]
    token = ApiToken.objects.get(digest=digest_of(key))
    assert key not in str(ApiToken.objects.filter(pk=token.pk).values().get())
    told = ada_api.get(f"{API}auth/tokens/{token.pk}/").content + ada_api.get(f"{API}auth/tokens/").content
    assert key.encode() not in told
    assert token.digest.encode() not in told


def test_a_token_ends_when_it_was_asked_to(ada: User) -> None:
    soon = timezone.now() + timedelta(hours=1)
    api = Api(None)
    api.credentials(HTTP_AUTHORIZATION=f"Token {sign_in(expires_at=soon.isoformat()).json()['token']}")
    assert api.get(f"{API}users/me/").status_code == 200
    ApiToken.objects.update(expires_at=timezone.now())
    assert api.get(f"{API}users/me/").status_code == 401


def test_a_token_can_be_revoked_and_stays_in_the_list(ada: User, ada_api: Api) -> None:
    made = ada_api.post(f"{API}auth/tokens/", {"name": "laptop"})
    assert made.status_code == 201
    api = Api(None)
    api.credentials(HTTP_AUTHORIZATION=f"Token {made.json()['token']}")
    assert api.get(f"{API}users/me/").status_code == 200
    assert ada_api.delete(f"{API}auth/tokens/{made.json()['id']}/").status_code == 204
    assert api.get(f"{API}users/me/").status_code == 401
    listed = {one["name"]: one["revoked_at"] for one in ada_api.get(f"{API}auth/tokens/").json()["results"]}
    assert listed["laptop"] is not None


def test_the_last_use_of_a_token_is_noted(ada: User, ada_api: Api) -> None:
    ApiToken.objects.update(last_used_at=None)
    ada_api.get(f"{API}users/me/")
    assert ApiToken.objects.get().last_used_at is not None


def test_one_changes_what_is_said_about_oneself(ada: User, ada_api: Api, genomics: Group) -> None:
    change = {"first_name": "Ada", "last_name": "Lovelace", "orcid": "0000-0002-1825-0097"}
    told = ada_api.patch(f"{API}users/me/", {**change, "username": "root", "is_superuser": True}).json()
    assert {name: told[name] for name in change} == change
    assert (told["username"], told["is_superuser"], told["full_name"]) == ("ada", False, "Ada Lovelace")
    assert told["groups"] == [{"id": str(genomics.pk), "name": "Genomics Core", "role": "member"}]


@pytest.mark.parametrize("wrong", [{"orcid": "1"}, {"email": "x"}])
def test_what_is_said_about_oneself_has_a_form(ada_api: Api, wrong: dict[str, str]) -> None:
    assert ada_api.patch(f"{API}users/me/", wrong).status_code == 400


def test_the_primary_group_is_one_of_ones_own(ada_api: Api, proteomics: Group) -> None:
    answer = ada_api.patch(f"{API}users/me/", {"primary_group": str(proteomics.pk)})
    assert answer.status_code in (400, 404)
    assert ada_api.get(f"{API}users/me/").json()["primary_group"] != str(proteomics.pk)


def test_one_sees_ones_own_groups(ada_api: Api, ada: User, bob: User, eve: User, admin: User) -> None:
    listed = ada_api.get(f"{API}groups/").json()["results"]
    assert [one["name"] for one in listed] == ["Genomics Core"]
    assert {one["username"] for one in listed[0]["members"]} == {"ada", "bob"}
    assert ada_api.get(f"{API}groups/{eve.primary_group_id}/").status_code == 404
    assert Api(admin).get(f"{API}groups/").json()["count"] == 2


def test_people_are_found_by_a_part_of_their_names(ada_api: Api, ada: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(first_name="Robert")
    assert [one["username"] for one in ada_api.get(f"{API}users/?search=ROB").json()["results"]] == ["bob"]
    assert "email" not in ada_api.get(f"{API}users/").json()["results"][0]
