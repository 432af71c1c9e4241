"""What can be done with every kind of record: share it, put it into the trash, remark on it, look back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.models import Annotation, AnnotationType, HistoryEvent, Note, Share
from data_management.models import DatasetCollection
from tests.web.rows import a_dataset, a_run, a_version
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>[x](javascript:alert(1))"
Maker = Callable[[Any], Any]
MAKERS: dict[str, Maker] = {
    "run": a_run,
    "dataset": lambda user: a_dataset(user),
    "collection": lambda user: DatasetCollection.objects.create(
        name="All reads", owner=user, owned_by=user.default_group()
    ),
    "workflow": lambda user: a_version(user).workflow,
    "version": a_version,
}


@pytest.fixture(params=MAKERS)
def word(request: Any) -> str:
    """Each kind in a word."""
    return str(request.param)


@pytest.fixture
def record(word: str, ada: Any) -> Any:
    """A record of Ada's of that kind."""
    return MAKERS[word](ada)


def post(browser: Client, door: str, *ids: Any, **data: str) -> Any:
    """Knock with a form."""
    return browser.post(reverse(f"web:{door}", args=ids), data)


def test_a_note_is_written_changed_and_removed_by_its_author(
    word: str, record: Any, ada_browser: Client
) -> None:
    assert post(ada_browser, f"note-{word}", record.pk, content="**Odd** peak").status_code == 302
    note = Note.objects.get(object_id=record.pk)
    assert note.content == "**Odd** peak"
    post(ada_browser, f"change-note-{word}", record.pk, note.pk, content="No peak")
    note.refresh_from_db()
    assert note.content == "No peak"
    post(ada_browser, f"change-note-{word}", record.pk, note.pk, remove="1")
    assert not Note.objects.exists()
    assert HistoryEvent.objects.filter(object_id=record.pk, action="remarked").count() == 3


def test_nobody_else_writes_or_changes_a_note(
    word: str, record: Any, ada: Any, bob_browser: Client, eve_browser: Client
) -> None:
    note = Note.objects.create(kind=record.record_kind(), object_id=record.pk, content="mine", created_by=ada)
    for browser, status in ((bob_browser, 302), (eve_browser, 404)):
        assert post(browser, f"note-{word}", record.pk, content="x").status_code == status
        assert post(browser, f"change-note-{word}", record.pk, note.pk, content="x").status_code == status
    assert [one.content for one in Note.objects.all()] == ["mine"]


def test_a_record_goes_into_the_trash_and_comes_back(word: str, record: Any, ada_browser: Client) -> None:
    assert post(ada_browser, f"into-trash-{word}", record.pk).status_code == 302
    record.refresh_from_db()
    assert record.deleted
    assert post(ada_browser, f"out-of-trash-{word}", record.pk).status_code == 302
    record.refresh_from_db()
    assert not record.deleted


def test_a_member_who_may_not_delete_is_told_so(
    word: str, record: Any, bob_browser: Client, eve_browser: Client
) -> None:
    answer = post(bob_browser, f"into-trash-{word}", record.pk)
    assert "but not delete it" in str(next(iter(answer.wsgi_request._messages)))
    assert post(eve_browser, f"into-trash-{word}", record.pk).status_code == 404
    record.refresh_from_db()
    assert not record.deleted


@pytest.fixture(params=[word for word in MAKERS if word != "version"])
def shareable(request: Any) -> str:
    """Each kind that can be shared."""
    return str(request.param)


def test_a_record_is_shared_by_its_owner_until_it_is_not(
    shareable: str, ada: Any, eve: Any, ada_browser: Client
) -> None:
    record = MAKERS[shareable](ada)
    page = reverse(f"web:share-{shareable}", args=[record.pk])
    found = ada_browser.get(page, {"q": eve.username[:2]}).content.decode()
    assert f'name="user_id" value="{eve.pk}"' in found
    said = ada_browser.post(page, {"user_id": str(eve.pk), "can_edit": "on"}, follow=True).content.decode()
    assert f"Shared with {eve.full_name}, who may view and edit it." in said
    share = Share.objects.get(object_id=record.pk)
    assert (share.user, share.can_edit, share.can_delete) == (eve, True, False)
    assert type(record).objects.editable_by(eve).filter(pk=record.pk).exists()
    assert eve.full_name in ada_browser.get(page).content.decode()
    post(ada_browser, f"unshare-{shareable}", record.pk, share.pk)
    assert f"No longer shared with {eve.full_name}." in ada_browser.get(page).content.decode()
    assert not Share.objects.exists()


def test_only_who_may_share_is_offered_to(
    shareable: str, ada: Any, eve: Any, bob_browser: Client, eve_browser: Client
) -> None:
    record = MAKERS[shareable](ada)
    page = reverse(f"web:share-{shareable}", args=[record.pk])
    seen = bob_browser.get(page, {"q": "e"}).content.decode()
    assert "Only its owner and the managers of its group can share it" in seen
    assert "user_id" not in seen
    bob_browser.post(page, {"user_id": str(eve.pk)})
    assert eve_browser.get(page).status_code == 404
    assert not Share.objects.exists()


def test_a_record_is_made_public_and_private_again(shareable: str, ada: Any, ada_browser: Client) -> None:
    record = MAKERS[shareable](ada)
    post(ada_browser, f"publish-{shareable}", record.pk, public="on")
    record.refresh_from_db()
    assert record.public
    post(ada_browser, f"publish-{shareable}", record.pk)
    record.refresh_from_db()
    assert not record.public


# --- with a run, whose page shows it ------------------------------------------------------------------------


@pytest.fixture
def run(ada: Any) -> WorkflowRun:
    """A run of Ada's."""
    return a_run(ada)


def notes_of(browser: Client, run: WorkflowRun, **query: str) -> str:
    """The text of the tab."""
    return browser.get(reverse("web:run-notes", args=[run.pk]), query).content.decode()


def test_a_note_is_formatted_and_inert(run: WorkflowRun, ada_browser: Client) -> None:
    post(ada_browser, "note-run", run.pk, content=f"**Odd** {HOSTILE}")
    page = notes_of(ada_browser, run)
    assert "<strong>Odd</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_htmx_gets_the_part_of_the_page_and_what_became_of_it(run: WorkflowRun, ada_browser: Client) -> None:
    door = reverse("web:note-run", args=[run.pk])
    saved = ada_browser.post(door, {"content": "fine"}, headers={"HX-Request": "true"}).content.decode()
    assert saved.lstrip().startswith('<div id="remarks"')
    assert "The note is saved." in saved
    refused = ada_browser.post(door, {"content": " "}, headers={"HX-Request": "true"}).content.decode()
    assert "Not saved:" in refused
    note = Note.objects.get()
    change = reverse("web:change-note-run", args=[run.pk, note.pk])
    told = ada_browser.post(change, {"content": "*finer*"}, headers={"HX-Request": "true"}).content.decode()
    assert ">Saved</span>" in told
    assert "<em>finer</em>" in told


def test_a_note_that_was_changed_in_another_window_is_not_overwritten(
    run: WorkflowRun, ada_browser: Client
) -> None:
    post(ada_browser, "note-run", run.pk, content="first")
    note = Note.objects.get()
    change, seen = reverse("web:change-note-run", args=[run.pk, note.pk]), note.modified.isoformat()
    swap = {"HX-Request": "true"}
    saved = ada_browser.post(change, {"content": "second", "seen": seen}, headers=swap).content.decode()
    note.refresh_from_db()
    assert f'value="{note.modified.isoformat()}"' in saved, "the next save builds on this one"
    late = ada_browser.post(change, {"content": "other", "seen": seen}, headers=swap).content.decode()
    assert "changed in another window" in late
    note.refresh_from_db()
    assert note.content == "second"


def test_a_new_note_is_previewed_and_not_written(
    run: WorkflowRun, ada_browser: Client, eve_browser: Client
) -> None:
    door = reverse("web:note-run", args=[run.pk])
    asked = {"content": f"*odd* {HOSTILE}", "preview": "1"}
    page = ada_browser.post(door, asked, headers={"HX-Request": "true"}).content.decode()
    assert "<em>odd</em>" in page
    assert "<script" not in page
    assert eve_browser.post(door, asked, headers={"HX-Request": "true"}).status_code == 404
    assert not Note.objects.exists()


def test_saving_what_is_saved_already_leaves_no_trace(run: WorkflowRun, ada_browser: Client) -> None:
    post(ada_browser, "note-run", run.pk, content="fine")
    before = HistoryEvent.objects.count()
    post(ada_browser, "change-note-run", run.pk, Note.objects.get().pk, content="fine")
    assert HistoryEvent.objects.count() == before


def test_an_annotation_asks_for_what_its_type_wants(run: WorkflowRun, ada_browser: Client) -> None:
    kinds = {
        "organism": {"value_type": "choice", "choices": ["human", "mouse"]},
        "depth": {"value_type": "number"},
        "sampled": {"value_type": "date"},
    }
    made = {name: AnnotationType.objects.create(name=name, **facts) for name, facts in kinds.items()}
    assert "<option>mouse</option>" in notes_of(ada_browser, run, annotate=str(made["organism"].pk))
    assert 'type="number"' in notes_of(ada_browser, run, annotate=str(made["depth"].pk))
    assert 'type="date"' in notes_of(ada_browser, run, annotate=str(made["sampled"].pk))
    post(ada_browser, "annotate-run", run.pk, annotation_type_id=str(made["organism"].pk), value="mouse")
    post(ada_browser, "annotate-run", run.pk, annotation_type_id=str(made["depth"].pk), value="deep")
    assert [one.value for one in Annotation.objects.all()] == ["mouse"]
    assert "must be a number" in notes_of(ada_browser, run)
    post(ada_browser, "remove-annotation-run", run.pk, Annotation.objects.get().pk)
    assert not Annotation.objects.exists()


def test_who_may_only_look_is_offered_no_form(run: WorkflowRun, ada: Any, bob_browser: Client) -> None:
    Note.objects.create(kind=run.record_kind(), object_id=run.pk, content="seen", created_by=ada)
    page = notes_of(bob_browser, run)
    assert "seen" in page
    assert "<textarea" not in page


def test_the_history_says_who_changed_what_from_what_to_what(
    run: WorkflowRun, ada: Any, ada_browser: Client
) -> None:
    changes = {
        "name": ["NA12878", HOSTILE],
        "public": [False, True],
        "owned_by_id": [None, str(run.owned_by_id)],
    }
    HistoryEvent.objects.create(
        kind=run.record_kind(), object_id=run.pk, action="updated", changes=changes, by=ada
    )
    HistoryEvent.objects.create(kind=run.record_kind(), object_id=run.pk, action="deleted", by=None)
    run.status_changes.create(status="FAILED", by=None)
    page = ada_browser.get(reverse("web:run-history", args=[run.pk])).content.decode()
    for text in ("<del>NA12878</del>", "<ins>&lt;script&gt;", "<del>no</del>", "<ins>yes</ins>", "Failed"):
        assert text in page
    assert f"<ins>{run.owned_by.name}</ins>" in page
    assert page.index("Failed</span>", page.index('id="history"')) < page.index("Edited")
    only = ada_browser.get(reverse("web:run-history", args=[run.pk]), {"of": "status"}).content.decode()
    assert "Edited" not in only


def test_a_long_history_has_pages_and_long_values_are_cut(run: WorkflowRun, ada_browser: Client) -> None:
    about = {"kind": run.record_kind(), "object_id": run.pk, "action": "remarked"}
    HistoryEvent.objects.bulk_create(
        HistoryEvent(**about, changes={"note": [None, f"{n} " + "x" * 5000]}) for n in range(30)
    )
    address = reverse("web:run-history", args=[run.pk])
    first = ada_browser.get(address, {"page_size": "25"})
    assert len(first.context["history"].page.rows) == 25
    assert "x" * 301 not in first.content.decode()
    second = ada_browser.get(address, {"page_size": "25", "page": "2"}).context["history"].page
    made = 1  # the moment when the run was registered
    assert (len(second.rows), second.has_next, second.count) == (5 + made, False, 30 + made)


def test_the_history_tells_when_it_ran_and_who_registered_it(ada: Any, ada_browser: Client) -> None:
    then = datetime(2026, 3, 1, 8, tzinfo=UTC)
    times = {"started_at": then, "completed_at": then + timedelta(hours=2)}
    run = a_run(ada, source="snakemake", created_by=ada, **times)
    WorkflowRun.objects.filter(pk=run.pk).update(**times)
    run.status_changes.create(status="SUCCESS", by=ada)
    address = reverse("web:run-history", args=[run.pk])
    rows = ada_browser.get(address).context["history"].page.rows
    told = [(deed.words, deed.by) for deed in rows]
    assert told == [
        ("Status", ada),
        ("Registered from snakemake", ada),
        ("Run ended", None),
        ("Run started", None),
    ]
    narrowed = ada_browser.get(address, {"of": "status"}).context["history"].page.rows
    assert [deed.words for deed in narrowed] == ["Status", "Run ended", "Run started"]
    assert ada_browser.get(address, {"of": "edits"}).context["history"].page.rows == []


def test_any_shape_of_a_change_is_told(run: WorkflowRun, ada_browser: Client) -> None:
    about = {"kind": run.record_kind(), "object_id": run.pk, "action": "updated"}
    for changes in (
        [],
        "text",
        {"x": 3},
        {"x": [1]},
        {"x": [{"a": [1]}, None]},
        {"started_at": ["no time", ""]},
    ):
        HistoryEvent.objects.create(**about, changes=changes)
    assert ada_browser.get(reverse("web:run-history", args=[run.pk])).status_code == 200
