"""Asking for an import from Galaxy, and how far it is."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Group, Membership
from run_import.models import RunCredential, RunImport
from tests.web.galaxy_rows import ADDRESS, URL, a_galaxy_import, a_galaxy_run, a_server

pytestmark = pytest.mark.django_db
FORM, LIST = reverse("web:import-runs"), reverse("web:import-list")
PAGE = reverse("web:import")


def page_of(wanted: RunImport) -> str:
    return reverse("web:run-import", args=[wanted.pk])


def shown(browser: Client, wanted: RunImport) -> str:
    answer = browser.get(page_of(wanted))
    assert answer.status_code == 200
    return answer.content.decode()


def sent(urls: str, **wishes: Any) -> dict[str, Any]:
    return {f"import-{name}": value for name, value in {"urls": urls, **wishes}.items()}


def seconds_to_refresh(browser: Client, wanted: RunImport) -> int | None:
    """Without JavaScript the page refreshes itself, with it a part of it is; both after as long."""
    page = shown(browser, wanted)
    plain = re.search(r'<noscript><meta http-equiv="refresh" content="(\d+)">', page)
    live = re.search(r'id="live" [^>]*hx-trigger="load delay:(\d+)s"', page)
    assert (plain and plain[1]) == (live and live[1])
    return int(plain[1]) if plain else None


def test_an_address_leads_to_the_imports_page(ada: Any, ada_browser: Client) -> None:
    a_server()
    answer = ada_browser.post(FORM, sent(f" {ADDRESS} \n"))
    wanted = RunImport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page_of(wanted))
    assert (wanted.owner, wanted.owned_by, wanted.url) == (ada, ada.default_group(), ADDRESS)
    assert not any(
        [wanted.create_datasets, wanted.download, wanted.rocrate, wanted.follow, wanted.makes_public]
    )
    assert wanted.outputs == "labelled"


def test_what_is_ticked_is_asked_for(ada: Any, ada_browser: Client) -> None:
    a_server()
    other = Group.objects.create(name="Imaging")
    Membership.objects.create(user=ada, group=other, role="member")
    names = ("create_datasets", "all_outputs", "download", "rocrate", "follow", "public")
    ada_browser.post(FORM, sent(ADDRESS, owned_by=str(other.pk), **dict.fromkeys(names, "on")))
    wanted = RunImport.objects.get()
    assert all([wanted.create_datasets, wanted.download, wanted.rocrate, wanted.follow, wanted.makes_public])
    assert (wanted.outputs, wanted.owned_by) == ("all", other)


def test_several_addresses_lead_to_the_list(ada_browser: Client) -> None:
    a_server()
    other = f"{URL}/workflows/invocations/{'b' * 16}"
    answer = ada_browser.post(FORM, sent(f"{ADDRESS}\n\n{other}\n{ADDRESS}"))
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert {one.url for one in RunImport.objects.all()} == {ADDRESS, other}
    assert "2 imports have started" in ada_browser.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Paste the URL of a run"),
        ("https://elsewhere.example/workflows/invocations/351a9b2758cde034", "is not listed"),
        (f"{URL}/no/<b>invocation</b>", "See “Example URLs”"),
    ],
)
def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(
    ada_browser: Client, typed: str, said: str
) -> None:
    a_server()
    answer = ada_browser.post(FORM, sent(typed, follow="on"))
    assert answer.status_code == 400
    errors = answer.context["form"].errors
    assert said in " ".join(errors["urls"])
    page = answer.content.decode()
    assert typed.replace("<", "&lt;").replace(">", "&gt;") in page
    assert "<b>invocation" not in page
    assert re.search(r'name="import-follow"[^>]* checked', page)
    assert not RunImport.objects.exists()


def test_a_refused_line_stays_in_the_form_and_the_others_are_imported(ada_browser: Client) -> None:
    a_server()
    good = [f"{URL}/workflows/invocations/{letter * 16}" for letter in "abc"]
    bad = [f"https://elsewhere.example/workflows/invocations/{letter * 16}" for letter in "de"]
    answer = ada_browser.post(FORM, sent("\n\n".join([good[0], bad[0], good[1], bad[1], good[2], bad[0]])))
    assert {one.url for one in RunImport.objects.all()} == set(good)
    assert answer.context["form"]["urls"].value() == "\n".join(bad)
    errors = answer.context["form"].errors["urls"]
    assert [one.partition(": ")[0] for one in errors] == ["Line 1", "Line 2"]
    page = answer.content.decode()
    assert "3 imports have started. What was refused is still in the form." in page
    assert all(str(one.pk) in page for one in RunImport.objects.all())


def test_what_somebody_else_has_under_way_keeps_none_of_the_others(
    ada: Any, bob: Any, ada_browser: Client
) -> None:
    a_server()
    a_galaxy_import(bob, owned_by=ada.default_group())
    others = [f"{URL}/workflows/invocations/{letter * 16}" for letter in "bcd"]
    answer = ada_browser.post(FORM, sent("\n".join([others[0], ADDRESS, *others[1:]]), follow="on"))
    assert {one.url for one in RunImport.objects.filter(owner=ada)} == set(others)
    assert answer.context["form"]["urls"].value() == ADDRESS
    assert "already, without follow" in str(answer.context["form"].errors["urls"])


def test_more_addresses_than_can_be_imported_at_once_are_refused(ada_browser: Client) -> None:
    a_server()
    many = "\n".join(f"{URL}/workflows/invocations/{number:016x}" for number in range(1001))
    answer = ada_browser.post(FORM, sent(many))
    assert "1,001 addresses" in str(answer.context["form"].errors["urls"])


def test_contents_need_datasets(ada_browser: Client) -> None:
    a_server()
    answer = ada_browser.post(FORM, sent(ADDRESS, download="on"))
    assert answer.status_code == 400
    assert "Create datasets" in str(answer.context["form"].errors["download"])


def test_a_group_that_one_is_not_in_is_no_choice(ada_browser: Client, proteomics: Group) -> None:
    a_server()
    answer = ada_browser.post(FORM, sent(ADDRESS, owned_by=str(proteomics.pk)))
    assert answer.status_code == 400
    assert answer.context["form"].errors["owned_by"]


def test_the_page_says_which_servers_may_be_asked_and_as_whom(
    ada: Any, bob: Any, ada_browser: Client
) -> None:
    server = a_server()
    a_server("https://off.example.org", name="Switched off", is_enabled=False)
    a_server(
        "https://shared.example.org", name="Shared", shared_key="sealed-text", shared_account="lab@x.org"
    )
    now = timezone.now()
    RunCredential.objects.create(
        user=ada, server=server, sealed="sealed-own", account="ada@x.org", checked_at=now
    )
    RunCredential.objects.create(
        user=bob, server=server, sealed="sealed-bob", account="bob@x.org", checked_at=now
    )
    page = ada_browser.get(PAGE).content.decode()
    assert "you are signed in as ada@x.org" in page
    assert "signs in as lab@x.org" in page
    assert reverse("web:servers") in page
    assert "Switched off" not in page
    assert "bob@x.org" not in page
    assert "sealed-" not in page


def test_the_form_is_for_those_who_are_signed_in(client: Client, ada: Any) -> None:
    for answer in (client.post(FORM, sent(ADDRESS)), client.get(page_of(a_galaxy_import(ada)))):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("web:sign-in"))
    assert RunImport.objects.count() == 1


def test_the_form_has_one_address_for_reading(ada_browser: Client) -> None:
    assert ada_browser.get(FORM)["Location"] == PAGE


def test_the_page_tells_how_far_it_is_and_asks_again(ada: Any, ada_browser: Client) -> None:
    counts = {"jobs_total": 4010, "jobs_done": 1207, "steps_total": 12, "steps_done": 3}
    bytes_of = {"files_total": 9, "files_done": 4, "files_failed": 1, "bytes_total": 9000, "bytes_done": 4000}
    wanted = a_galaxy_import(ada, state="RUNNING", phase="JOBS", **counts, **bytes_of)
    page = shown(ada_browser, wanted)
    for text in ("asking for the jobs", "1,207 / 4,010", "3 / 12", "4 / 9, 1 failed", "4.00 kB / 9.00 kB"):
        assert text in page
    assert f'<a href="{ADDRESS}" rel="noreferrer noopener">' in page
    assert "Cancel" in page
    assert "Try again" not in page
    assert seconds_to_refresh(ada_browser, wanted) == 2


def test_a_run_that_is_followed_says_when_it_is_asked_for_next(ada: Any, ada_browser: Client) -> None:
    due = timezone.now() + timedelta(minutes=4, seconds=30)
    wanted = a_galaxy_import(ada, phase="FOLLOWING", due_at=due, asked_count=3, follow=True)
    page = shown(ada_browser, wanted)
    assert "Following" in page
    assert ">in 4 min</time>" in page
    assert "checked 3 times so far" in page
    assert seconds_to_refresh(ada_browser, wanted) == 60


def test_an_import_that_ended_stays_as_it_is(ada: Any, ada_browser: Client) -> None:
    run = a_galaxy_run(ada)
    wanted = a_galaxy_import(ada, state="DONE", workflowrun=run, finished_at=timezone.now())
    page = shown(ada_browser, wanted)
    assert seconds_to_refresh(ada_browser, wanted) is None
    assert reverse("web:run", args=[run.pk]) in page
    assert "Cancel" not in page
    assert "Try again" not in page


def test_the_run_is_there_as_soon_as_it_is_known(ada: Any, ada_browser: Client, eve: Any) -> None:
    run = a_galaxy_run(ada)
    page = shown(ada_browser, a_galaxy_import(ada, state="RUNNING", phase="JOBS", workflowrun=run))
    assert reverse("web:run", args=[run.pk]) in page
    hidden = a_galaxy_run(eve)
    page = shown(ada_browser, a_galaxy_import(ada, state="RUNNING", external_id="x", workflowrun=hidden))
    assert str(hidden.pk) not in page


def test_an_error_says_what_to_do_and_leads_to_the_keys(ada: Any, ada_browser: Client) -> None:
    facts = {"error": "The key was <refused>.", "error_code": "key_refused", "warnings": ["<i>odd</i>"]}
    page = shown(ada_browser, a_galaxy_import(ada, state="FAILED", **facts))
    assert "The key was &lt;refused&gt;." in page
    assert "A key is stored with" in page
    assert reverse("web:servers") in page
    assert "&lt;i&gt;odd" in page
    assert "<i>odd" not in page
    assert "Try again" in page


def test_only_a_web_address_becomes_a_link(ada: Any, ada_browser: Client) -> None:
    page = shown(ada_browser, a_galaxy_import(ada, url="javascript:alert(1)"))
    assert "<code>javascript:alert(1)</code>" in page
    assert 'href="javascript' not in page


def test_files_that_were_left_behind_can_be_tried_again(ada: Any, ada_browser: Client) -> None:
    wanted = a_galaxy_import(ada, state="DONE", files_total=3, files_done=2, files_failed=1, download=True)
    assert "Try again" in shown(ada_browser, wanted)
    ada_browser.post(page_of(wanted), {"deed": "retry"})
    assert RunImport.objects.get().state == "PENDING"


def test_strangers_do_not_see_an_import_and_the_group_cannot_stop_it(
    ada: Any, ada_browser: Client, bob_browser: Client, eve_browser: Client
) -> None:
    wanted = a_galaxy_import(ada)
    assert eve_browser.get(page_of(wanted)).status_code == 404
    assert eve_browser.post(page_of(wanted), {"deed": "cancel"}).status_code == 404
    assert "Cancel" not in shown(bob_browser, wanted)
    bob_browser.post(page_of(wanted), {"deed": "cancel"})
    assert RunImport.objects.get().state == "PENDING"
    ada_browser.post(page_of(wanted), {"deed": "cancel"})
    assert RunImport.objects.get().state == "CANCELLED"
    ada_browser.post(page_of(wanted), {"deed": "retry"})
    assert RunImport.objects.get().state == "PENDING"


def test_a_history_lists_its_invocations_and_goes_on_as_long_as_they_do(
    ada: Any, ada_browser: Client
) -> None:
    history = a_galaxy_import(ada, kind="HISTORY", state="DONE", external_id="hist")
    failed = a_galaxy_import(ada, parent=history, external_id="inv-1", state="FAILED", error="Not <shared>.")
    going = a_galaxy_import(ada, parent=history, external_id="inv-2", state="RUNNING", phase="DATASETS")
    page = shown(ada_browser, history)
    assert "0 done, 1 under way, 1 failed" in page
    assert page_of(failed) in page
    assert page_of(going) in page
    assert "Not &lt;shared&gt;." in page
    assert "asking for the datasets" in page
    assert seconds_to_refresh(ada_browser, history) == 5
    assert "Cancel" in page
    assert "Try again" in page
    assert page_of(history) in shown(ada_browser, going)
    RunImport.objects.filter(pk=going.pk).update(state="DONE")
    assert seconds_to_refresh(ada_browser, history) is None


def test_a_page_of_many_invocations_costs_no_more_queries_than_one(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    history = a_galaxy_import(ada, kind="HISTORY", external_id="hist")
    for number in range(60):
        a_galaxy_import(ada, parent=history, external_id=f"inv-{number}")
    with django_assert_max_num_queries(11):
        page = shown(ada_browser, history)
    assert "1–50 of 60" in page
    assert "inv-59" in ada_browser.get(f"{page_of(history)}?page=2").content.decode()


def test_pasted_addresses_are_told_apart_without_asking_anybody(
    ada: Any, ada_browser: Client, no_network: None
) -> None:
    a_server()
    text = f"{ADDRESS}\n{URL}/histories/view?id=f2db41e1fa331b3e\n<b>nonsense</b>\nhttps://other.example.org/workflows/invocations/f2db41e1fa331b3e"
    page = ada_browser.post(reverse("web:import-check"), sent(text)).content.decode()
    assert page.count('class="mark"') == 4
    assert page.count('class="wrong"') == 2
    assert "Galaxy: invocation <code>" in page
    assert "Galaxy: history <code>" in page
    assert "without a key" in page
    assert "&lt;b&gt;nonsense" in page
    assert "this server is not set up" in page
    assert not RunImport.objects.exists()
