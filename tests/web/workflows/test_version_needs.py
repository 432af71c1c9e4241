"""What the page of a version tells of what its steps need."""

from typing import Any

from django.test import Client

from tests.factories import a_job, a_run, a_step, a_version, a_workflow

GIB = 2**30


def test_steps_stand_with_what_they_took_and_a_hint(ada: Any, ada_browser: Client) -> None:
    version = a_version(a_workflow(ada))
    for _ in range(3):
        run = a_run(ada, workflowversion=version)
        a_job(run, step=a_step(run, "align"), status="SUCCESS", requested={"memory_bytes": 64 * GIB},
              resources={"max_rss_bytes": 3 * GIB})  # fmt: skip
    text = ada_browser.get(f"/workflows/versions/{version.pk}/").content.decode()
    assert "Resources by step" in text
    assert "64 GiB are asked for, and never more than 3 GiB were in use; 4 GiB would do." in text


def test_where_nothing_was_measured_nothing_is_said(ada: Any, ada_browser: Client) -> None:
    version = a_version(a_workflow(ada))
    a_job(a_run(ada, workflowversion=version), status="SUCCESS")
    assert "Resources by step" not in ada_browser.get(f"/workflows/versions/{version.pk}/").content.decode()
