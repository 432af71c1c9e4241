"""Rows for the pages of runs that were imported from another source than Galaxy."""

from typing import Any

from django.utils import timezone

from run_import.models import ImportedRun, RunImport, RunServer
from tests.factories import owned

URL = "https://reana.example.org"
RUN_ID = "3f583040-3180-4d62-9f3c-2d1f6f0b6a01"
ADDRESS = f"{URL}/details/{RUN_ID}"


def a_reana(url: str = URL, **facts: Any) -> RunServer:
    """A listed server of REANA."""
    return RunServer.objects.get_or_create(
        source="reana", url=url, defaults={"name": "REANA Example", **facts}
    )[0]


def imported(run: Any, user: Any, *, error: str = "", **facts: Any) -> ImportedRun:
    """The run as REANA has it, and the import by which it came."""
    about = {"state": "finished", "answers_key": "answers/1", "answers_size": 10, "answers_count": 3, **facts}
    server = a_reana()
    RunImport.objects.create(
        server=server,
        url=ADDRESS,
        external_id=RUN_ID,
        state="DONE",
        workflowrun=run,
        error=error,
        **owned(user),
    )
    return ImportedRun.objects.create(
        workflowrun=run, server=server, external_id=RUN_ID, uuid=RUN_ID, asked_at=timezone.now(), **about
    )
