"""The log of a run on its page, and changing how the run stands."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import an_event
from tests.web.rows import START, a_job, a_run
from web.models import PAGE_SIZES
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db


def history_of(browser: Client, run: WorkflowRun, query: str = "") -> str:
    return browser.get(reverse("web:run-history", args=[run.pk]) + query).content.decode()


def several(run: WorkflowRun, count: int) -> None:
    for number in range(count):
        an_event(run, message=f"said {number:02}", at=START + timedelta(seconds=number), level="debug")


def test_the_events_stand_above_the_history_newest_first(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    assert "Events</h2>" not in history_of(ada_browser, run)
    job = a_job(run, 1)
    an_event(run, message="It <began>", type="job.started", job=job)
    an_event(run, type="job.failed", level="error", data={"exit_code": 137})
    page = history_of(ada_browser, run)
    assert page.index("job.failed") < page.index("It &lt;began&gt;") < page.index('id="history"')
    assert '<span class="badge badge-failed">Error</span>' in page
    assert "&quot;exit_code&quot;: 137" in page
    assert f"?job={job.pk}#jobs" in page


def test_events_are_narrowed_and_turned_without_losing_one(ada: Any, ada_browser: Client) -> None:
    run, size = a_run(ada), min(PAGE_SIZES)
    several(run, size + 3)
    first = history_of(ada_browser, run, f"?page_size={size}")
    assert (f"said {size + 2:02}" in first, "said 02" in first) == (True, False)
    assert f"older={4}" in first
    second = history_of(ada_browser, run, f"?page_size={size}&older=4")
    assert all(f"said {number:02}" in second for number in range(3))
    assert "newer=3" in second
    back = history_of(ada_browser, run, f"?page_size={size}&newer=3")
    assert (f"said {size + 2:02}" in back, "said 03" in back, "said 02" in back) == (True, True, False)
    assert "said 07" in history_of(ada_browser, run, "?said=07&level=debug")
    assert "No event is like that." in history_of(ada_browser, run, "?said=07&level=error")
    assert "said 07" in history_of(ada_browser, run, "?older=x&newer=-1&level=loud")


def test_the_status_is_changed_and_the_reason_is_told(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, status="SUCCESS")
    address = reverse("web:run-status", args=[run.pk])
    form = ada_browser.get(address)
    sent = {"status": "FAILED", "state": form.context["state"]}
    refused = ada_browser.post(address, sent)
    assert "SUCCESS is the end of a run. To correct it to FAILED, give a reason." in refused.content.decode()
    late = ada_browser.post(address, {**sent, "reason": "Empty output", "state": '"old"'})
    assert "Somebody changed this record since you read it" in late.content.decode()
    done = ada_browser.post(address, {**sent, "reason": "Empty output", "message": "No variant"}, follow=True)
    assert "The run is Failed now." in done.content.decode()
    run.refresh_from_db()
    assert (run.status, run.message) == ("FAILED", "No variant")
    assert "<p>Empty output</p>" in history_of(ada_browser, run)


def test_who_may_only_see_a_run_is_told_so(ada: Any, ada_browser: Client, bob_browser: Client) -> None:
    run = a_run(ada)
    address = reverse("web:run-status", args=[run.pk])
    assert address in ada_browser.get(reverse("web:run", args=[run.pk])).content.decode()
    assert address not in bob_browser.get(reverse("web:run", args=[run.pk])).content.decode()
    assert "You may see this, but not change it" in bob_browser.get(address, follow=True).content.decode()


def test_only_a_run_that_goes_on_listens_to_its_events(
    ada: Any, ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "EVENT_STREAMS", 1)
    going, over = a_run(ada, status="RUNNING"), a_run(ada, status="FAILED")
    stream = reverse("run-event-stream", args=[going.pk])
    assert (
        f'data-stream="{stream}?after=latest"'
        in ada_browser.get(reverse("web:run", args=[going.pk])).content.decode()
    )
    assert "data-stream" not in ada_browser.get(reverse("web:run", args=[over.pk])).content.decode()
