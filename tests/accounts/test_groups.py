"""Groups over the API: who changes them, and what is told of it."""

from typing import Any

import pytest

from accounts.models import Group, Membership, User
from common.models import HistoryEvent
from tests.conftest import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(genomics: Group) -> str:
    """Where the group is."""
    return f"/api/v2/groups/{genomics.pk}/"


@pytest.fixture
def meg_api(meg: User) -> Api:
    """The manager's client."""
    return Api(meg)


def roles(group: Group) -> dict[str, str]:
    """Who is in a group as what."""
    return dict(group.memberships.values_list("user__username", "role"))


def told(group: Group) -> list[dict[str, Any]]:
    """What the history of a group says."""
    return list(HistoryEvent.objects.filter(object_id=group.pk).values_list("changes", flat=True))


def test_a_manager_renames_and_describes_the_group(meg_api: Api, address: str, genomics: Group) -> None:
    answer = meg_api.patch(address, {"name": "Genomics", "url": "https://ror.org/00hj8s172"})
    assert answer.status_code == 200
    assert answer.json()["name"] == "Genomics"
    assert told(genomics) == [
        {"name": ["Genomics Core", "Genomics"], "url": ["", "https://ror.org/00hj8s172"]}
    ]
    assert meg_api.patch(address, {"name": "Genomics"}).status_code == 200
    assert len(told(genomics)) == 1


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": 7}, {"name": "Proteomics Lab"}, {"url": "javascript:alert(1)"}]
)
def test_a_group_is_not_given_a_wrong_name_or_address(
    meg_api: Api, address: str, proteomics: Group, wrong: dict[str, Any]
) -> None:
    answer = meg_api.patch(address, wrong)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == next(iter(wrong))


def test_a_manager_adds_promotes_and_removes(
    meg: User, meg_api: Api, address: str, eve: User, genomics: Group
) -> None:
    added = meg_api.post(f"{address}members/", {"username": "eve"})
    assert added.status_code == 201
    assert added.json() == {"id": str(eve.pk), "username": "eve", "full_name": "eve", "role": "member"}
    place = f"{address}members/{eve.pk}/"
    assert meg_api.patch(place, {"role": "manager"}).json()["role"] == "manager"
    assert roles(genomics) == {"meg": "manager", "eve": "manager"}
    assert meg_api.delete(place).status_code == 204
    assert roles(genomics) == {"meg": "manager"}
    assert told(genomics) == [
        {"eve": [None, "member"]},
        {"eve": ["member", "manager"]},
        {"eve": ["manager", None]},
    ]
    assert not HistoryEvent.objects.exclude(by=meg).exists()


def test_who_is_in_a_group_is_listed(ada_api: Api, address: str, bob: User, meg: User) -> None:
    members = ada_api.get(f"{address}members/").json()
    assert [(one["username"], one["role"]) for one in members] == [
        ("ada", "member"),
        ("bob", "member"),
        ("meg", "manager"),
    ]


@pytest.mark.parametrize(
    "body", [{"username": "nobody"}, {"username": ""}, {}, {"username": "eve", "role": "king"}]
)
def test_nobody_unknown_is_added(meg_api: Api, address: str, eve: User, body: dict[str, str]) -> None:
    assert meg_api.post(f"{address}members/", body).status_code == 400


def test_who_cannot_sign_in_is_not_added(meg_api: Api, address: str, eve: User) -> None:
    User.objects.filter(pk=eve.pk).update(is_active=False)
    assert meg_api.post(f"{address}members/", {"username": "eve"}).status_code == 400


def test_nobody_is_added_twice(meg_api: Api, address: str, bob: User, genomics: Group) -> None:
    assert meg_api.post(f"{address}members/", {"username": "bob", "role": "manager"}).status_code == 409
    assert roles(genomics)["bob"] == "member"


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_the_last_manager_stays(meg: User, meg_api: Api, address: str, genomics: Group, method: str) -> None:
    place = f"{address}members/{meg.pk}/"
    body = ({"role": "member"},) if method == "patch" else ()
    answer = getattr(meg_api, method)(place, *body)
    assert answer.status_code == 409
    assert "somebody else a manager first" in answer.json()["message"]
    assert roles(genomics) == {"meg": "manager"}
    assert told(genomics) == []


def test_a_manager_leaves_where_another_stays(
    meg: User, meg_api: Api, address: str, ada: User, genomics: Group
) -> None:
    Membership.objects.filter(user=ada).update(role="manager")
    assert meg_api.delete(f"{address}members/{meg.pk}/").status_code == 204
    assert roles(genomics) == {"ada": "manager"}
    assert meg_api.get(address).status_code == 404


def test_a_member_leaves_and_changes_nobody_else(
    ada: User, ada_api: Api, address: str, bob: User, meg: User
) -> None:
    assert ada_api.delete(f"{address}members/{bob.pk}/").status_code == 403
    assert ada_api.patch(f"{address}members/{ada.pk}/", {"role": "manager"}).status_code == 403
    assert ada_api.delete(f"{address}members/{ada.pk}/").status_code == 204
    ada.refresh_from_db()
    assert ada.primary_group is None  # what she registers from now on is not the group's


def test_who_is_not_in_the_group_has_no_place_to_change(meg_api: Api, address: str, eve: User) -> None:
    assert meg_api.delete(f"{address}members/{eve.pk}/").status_code == 404
