"""What of a run somebody may not see leaves no trace on any page of it that they may see."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.web.rows import START
from workflows.models import JobFileLink

pytestmark = pytest.mark.django_db
NAME, FILE, CONTENT = "zebrafish-secret", "platypus-secret.txt", b"nobody else reads this"
RUN_PAGES = (
    "run", "run-steps", "run-graph", "run-datasets", "run-logs", "run-environment", "run-notes", "run-history",
    "run-live", "run-again", "run-lineage", "about-crate", "run-files",
    "run-directory",
)  # fmt: skip


@pytest.fixture
def secret(ada: Any) -> dict[str, Any]:
    """A run that everybody sees, with one dataset for everybody and one that is Ada's group's alone, on each side."""
    times = {"status": "SUCCESS", "started_at": START, "completed_at": START + timedelta(minutes=1)}
    run = factories.a_run(ada, public=True, **times)
    jobs = [factories.a_job(run, name, **times) for name in ("make", "read")]
    hidden = factories.a_dataset(ada, NAME)
    file = factories.a_file(hidden, FILE, CONTENT)
    open_one = factories.a_dataset(ada, "Shown", public=True)
    factories.a_file(open_one, "shown.txt", b"everybody may read this")
    for kind in ("INPUT", "OUTPUT", "LOG", "CONFIG"):
        factories.a_link(run, hidden, kind)
    factories.a_link(run, open_one, "OUTPUT")
    for job, role in zip(jobs, ("MADE", "USED"), strict=True):
        JobFileLink.objects.create(job=job, datafile=file, role=role)
    collection = factories.a_collection(ada, hidden, open_one, public=True)
    return {"run": run, "hidden": hidden, "file": file, "shown": open_one, "collection": collection}


def addresses(secret: dict[str, Any]) -> list[str]:
    """What is to be seen of the run, and of what stands beside it."""
    run, shown, collection = (secret[name].pk for name in ("run", "shown", "collection"))
    second = f"{run},{run}"
    return [
        *(reverse(f"web:{name}", args=[run]) for name in RUN_PAGES),
        reverse("web:run-datasets", args=[run]) + "?view=datasets",
        reverse("web:run-datasets", args=[run]) + f"?search={FILE}",
        reverse("web:run-list"),
        reverse("web:run-list") + f"?dataset={secret['hidden'].pk}",
        reverse("web:compare") + f"?ids={second}&all=1",
        reverse("web:whence") + f"?sha256={secret['file'].sha256}",
        reverse("web:file-list") + f"?search={secret['file'].sha256}",
        *(
            reverse(f"web:{page}") + f"?q={text}"
            for page in ("search", "search-suggestions")
            for text in (NAME, FILE, secret["file"].sha256, secret["hidden"].pk, secret["file"].pk)
        ),
        reverse("web:dataset", args=[shown]),
        reverse("web:dataset-lineage", args=[shown]),
        reverse("web:collection", args=[collection]),
        reverse("web:collection-zip", args=[collection]),
    ]


def told_by(browser: Client, address: str) -> str:
    """Everything that is answered, whether it is a page or an archive."""
    answer = browser.get(address)
    assert answer.status_code in (200, 302), address
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("latin-1")


def traces(secret: dict[str, Any], told: str, address: str) -> list[str]:
    """What is found of the hidden dataset, but for what the address itself asked for."""
    words = [
        NAME,
        FILE,
        CONTENT.decode(),
        secret["file"].sha256,
        str(secret["hidden"].pk),
        str(secret["file"].pk),
    ]
    return [word for word in words if word in told and word not in address]


def test_data_that_one_may_not_see_leaves_no_trace(secret: dict[str, Any], eve_browser: Client) -> None:
    found = {one: traces(secret, told_by(eve_browser, one), one) for one in addresses(secret)}
    assert {address: words for address, words in found.items() if words} == {}


def test_nothing_follows_from_it_either(secret: dict[str, Any], eve_browser: Client) -> None:
    graph = eve_browser.get(reverse("web:run-graph", args=[secret["run"].pk])).json()
    assert graph["edges"] == []
    row = eve_browser.get(reverse("web:run-list")).context["page"].rows[0]
    assert (row.inputs, row.outputs) == (0, 1)
    totals = eve_browser.get(reverse("web:run", args=[secret["run"].pk])).context["totals"]
    assert totals["datasets"] == 1
    listed = eve_browser.get(reverse("web:run-list") + f"?dataset={secret['hidden'].pk}")
    assert listed.context["page"].rows == []


def test_who_may_see_it_finds_it(secret: dict[str, Any], bob_browser: Client) -> None:
    page = told_by(bob_browser, reverse("web:run-datasets", args=[secret["run"].pk]))
    assert FILE in page
    assert bob_browser.get(reverse("web:run-graph", args=[secret["run"].pk])).json()["edges"] != []
