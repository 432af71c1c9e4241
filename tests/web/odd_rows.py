"""What is unlike the rest: records of which nothing is known, and a run of a thousand jobs."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

from tests import factories
from tests.web.everything import routes
from tests.web.rows import START
from workflows.models import WorkflowRunJob

LISTS = (
    "run-list", "run-strip", "workflow-list", "dataset-list", "collection-list", "file-list", "import-list",
    "import", "register", "trash", "group-list", "tokens", "servers",
)  # fmt: skip
THE_SAME = ("/edit/", "/records/", "/add/", "/new/", "/status/")  # forms, which no record leaves empty


def empty_lists() -> list[str]:
    """Where somebody who has just come sees that there is nothing, and what to do first."""
    return [reverse(f"web:{name}") for name in LISTS] + [reverse("web:search") + "?q=nothing"]


def bare_pages(user: Any) -> list[str]:
    """Pages about records of which nothing is known but their names."""
    workflow = factories.a_workflow(user)
    dataset = factories.a_dataset(user)
    ids = {
        "run_id": factories.a_run(user).pk,
        "workflow_id": workflow.pk,
        "version_id": factories.a_version(workflow).pk,
        "dataset_id": dataset.pk,
        "collection_id": factories.a_collection(user).pk,
    }
    about = [one for one in routes(ids) if any(str(known) in one for known in ids.values())]
    return [one for one in about if not any(part in one for part in THE_SAME)]


def pages_of_a_thousand_jobs(user: Any) -> list[str]:
    """A run of ten steps with a hundred jobs each, of which one failed; its steps and its logs."""
    times = {"started_at": START, "completed_at": START + timedelta(minutes=3)}
    run = factories.a_run(user, "A thousand jobs", status="FAILED", **times)
    steps = [factories.a_step(run, f"step {number}", position=number) for number in range(10)]
    WorkflowRunJob.objects.bulk_create(
        WorkflowRunJob(
            workflowrun=run, step=step, name=f"job {place}", stdout="done", **times,
            status="FAILED" if (step, place) == (steps[0], 7) else "SUCCESS",
        )
        for step in steps for place in range(100)
    )  # fmt: skip
    return [reverse(f"web:{name}", args=[run.pk]) for name in ("run", "run-steps", "run-logs")]
