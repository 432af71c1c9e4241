"""The pages of groups."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Group, Membership
from tests.conftest import member
from tests.web.rows import a_dataset, a_run

pytestmark = pytest.mark.django_db
LIST = reverse("web:group-list")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def meg_browser(as_user: Any, meg: Any) -> Client:
    """The manager's browser."""
    return as_user(meg)


def page_of(group: Group) -> str:
    """Where a group's page is."""
    return reverse("web:group", args=[group.pk])


def roles(group: Group) -> dict[str, str]:
    """Who is in a group as what."""
    return dict(group.memberships.values_list("user__username", "role"))


def change(browser: Client, group: Group, user: Any, **form: str) -> Any:
    """Send one of the forms beside a member."""
    return browser.post(reverse("web:change-member", args=[group.pk, user.pk]), form)


def test_one_sees_ones_own_groups_and_an_administrator_all(
    ada_browser: Client, as_user: Any, admin: Any, genomics: Group, proteomics: Group
) -> None:
    mine = ada_browser.get(LIST).content.decode()
    assert "Genomics Core" in mine
    assert "Proteomics Lab" not in mine
    assert "Proteomics Lab" in as_user(admin).get(LIST).content.decode()


def test_who_is_in_no_group_is_told_what_that_means(as_user: Any, admin: Any, ada: Any) -> None:
    Membership.objects.all().delete()
    assert "You are in no group" in as_user(ada).get(LIST).content.decode()


def test_a_member_sees_who_is_in_it_and_may_change_nothing(
    ada_browser: Client, bob: Any, meg: Any, genomics: Group
) -> None:
    page = ada_browser.get(page_of(genomics)).content.decode()
    assert all(name in page for name in ("ada", "bob", "meg", "manager"))
    assert "Add a member" not in page
    assert "Leave the group" in page
    assert ada_browser.post(page_of(genomics), {"name": "Mine"}).status_code == 400
    assert change(ada_browser, genomics, bob, deed="remove").status_code == 302
    assert "bob" in roles(genomics)
    assert Group.objects.get(pk=genomics.pk).name == "Genomics Core"


def test_a_stranger_sees_nothing(eve_browser: Client, genomics: Group, meg: Any) -> None:
    assert eve_browser.get(page_of(genomics)).status_code == 404
    assert change(eve_browser, genomics, meg, deed="remove").status_code == 404
    assert (
        eve_browser.post(reverse("web:add-member", args=[genomics.pk]), {"username": "eve"}).status_code
        == 404
    )


def test_a_manager_renames_the_group(meg_browser: Client, genomics: Group) -> None:
    form = {"name": "Genomics", "description": "Sequencing", "url": "https://example.org/"}
    assert meg_browser.post(page_of(genomics), form)["Location"] == page_of(genomics)
    page = meg_browser.get(page_of(genomics)).content.decode()
    assert '<a href="https://example.org/"' in page
    assert "name changed" in page


def test_a_name_that_is_taken_is_refused_at_its_field(
    meg_browser: Client, genomics: Group, proteomics: Group
) -> None:
    answer = meg_browser.post(page_of(genomics), {"name": "Proteomics Lab"})
    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()


def test_a_manager_adds_somebody(meg_browser: Client, eve: Any, genomics: Group) -> None:
    add = reverse("web:add-member", args=[genomics.pk])
    assert meg_browser.post(add, {"username": "eve", "role": "manager"})["Location"] == page_of(genomics)
    assert roles(genomics)["eve"] == "manager"
    assert "eve is in the group now" in meg_browser.get(page_of(genomics)).content.decode()


@pytest.mark.parametrize("name", ["nobody", "", HOSTILE])
def test_nobody_unknown_is_added(meg_browser: Client, genomics: Group, name: str) -> None:
    answer = meg_browser.post(
        reverse("web:add-member", args=[genomics.pk]), {"username": name, "role": "member"}
    )
    assert answer.status_code == 400
    assert HOSTILE not in answer.content.decode()
    assert roles(genomics) == {"meg": "manager"}


def test_a_manager_gives_roles_and_takes_people_out(meg_browser: Client, bob: Any, genomics: Group) -> None:
    change(meg_browser, genomics, bob, role="manager")
    assert roles(genomics)["bob"] == "manager"
    assert "bob is a manager now" in meg_browser.get(page_of(genomics)).content.decode()
    change(meg_browser, genomics, bob, deed="remove")
    assert "bob" not in roles(genomics)


def test_the_last_manager_is_told_why_not(meg_browser: Client, meg: Any, ada: Any, genomics: Group) -> None:
    change(meg_browser, genomics, meg, deed="remove")
    assert "somebody else a manager first" in meg_browser.get(page_of(genomics)).content.decode()
    assert roles(genomics)["meg"] == "manager"


def test_who_leaves_is_led_to_the_other_groups(ada_browser: Client, ada: Any, genomics: Group) -> None:
    assert change(ada_browser, genomics, ada, deed="remove")["Location"] == LIST
    assert "You are no longer in the group" in ada_browser.get(LIST).content.decode()


def test_managers_are_offered_who_is_not_in_it_yet(
    meg_browser: Client, bob: Any, eve: Any, ada_browser: Client, genomics: Group
) -> None:
    address = reverse("web:group-people", args=[genomics.pk])
    assert 'value="eve"' in meg_browser.get(address, {"username": "EV"}).content.decode()
    assert "bob" not in meg_browser.get(address, {"username": "b"}).content.decode()
    assert "<option" not in meg_browser.get(address).content.decode()
    assert ada_browser.get(address, {"username": "ev"}).status_code == 404


def test_what_a_group_owns_is_counted_and_leads_there(ada: Any, ada_browser: Client, genomics: Group) -> None:
    a_run(ada)
    a_dataset(ada, "a.txt")
    page = ada_browser.get(page_of(genomics)).content.decode()
    assert f'href="{reverse("web:run-list")}?owned_by={genomics.pk}">1<' in page
    assert f'href="{reverse("web:dataset-list")}?owned_by={genomics.pk}">1<' in page


def test_more_members_and_groups_cost_no_more_queries(
    meg: Any, meg_browser: Client, genomics: Group, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        member(f"m{number}", genomics)
        Membership.objects.create(user=meg, group=Group.objects.create(name=f"g{number}"))
    with django_assert_max_num_queries(14):
        meg_browser.get(page_of(genomics))
    with django_assert_max_num_queries(7):
        meg_browser.get(LIST)
