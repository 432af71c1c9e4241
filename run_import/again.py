"""Asking once more for a run that was imported: to bring it up to date, or for the contents of some of its files."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from common.errors import Conflict, InvalidInput, NotAllowed, Violation
from run_import.asking import Asked, ImportOptions, Wish
from run_import.models import ImportedRun, RunImport
from run_import.servers import list_servers_of_settings, may_be_asked
from run_import.sources import source_named
from workflows.models import WorkflowRun

MOST_PATTERNS, LONGEST_PATTERN = 100, 500


def imports_of(imported: ImportedRun) -> Any:
    """The imports that wrote the run, or are to, the newest first."""
    rows = RunImport.objects.filter(workflowrun=imported.workflowrun_id, server=imported.server_id)
    return rows.select_related("owner", "owned_by", "server").order_by("-id")


def bring_up_to_date(*, imported: ImportedRun, user: Any) -> RunImport:
    """Have the run asked for again, with the options that its last import had; returns the work.

    NotAllowed for who may not change the run for its group; Conflict where its server is not asked any more.
    """
    last = imports_of(imported).first()
    return _asked_for(imported, user, ImportOptions.of(last) if last else ImportOptions())


def fetch_files(*, imported: ImportedRun, paths: Sequence[str], user: Any) -> RunImport:
    """Have the contents of those files fetched whose paths fit one of the patterns; returns the work.

    The run is asked for again first, as files may be new. A pattern is as in a shell, and ``*`` stands for ``/``, too.
    InvalidInput for a pattern that can fit no file; NotAllowed and Conflict as above.
    """
    wrong = [(f"paths.{number}", _refused(one)) for number, one in enumerate(paths)]
    if violations := [Violation(field, sentence) for field, sentence in wrong if sentence]:
        raise InvalidInput(violations)
    last = imports_of(imported).first()
    known = ImportOptions.of(last) if last else ImportOptions()
    wanted = replace(known, download=False, rocrate=False, follow=False, paths=tuple(dict.fromkeys(paths)))
    return _asked_for(imported, user, wanted)


def _asked_for(imported: ImportedRun, user: Any, options: ImportOptions) -> RunImport:
    _must_be_allowed(imported, user)
    _must_be_askable(imported)
    page = source_named(imported.server.source).page_of(imported.server.url, imported.external_id)
    with transaction.atomic():
        asked = Asked(user, imported.workflowrun.owned_by, False, options)
        wish = Wish(imported.server, RunImport.RUN, imported.external_id, page)
        [wanted] = asked.work_for([wish])
        asked.send()
    return wanted


def _must_be_allowed(imported: ImportedRun, user: Any) -> None:
    """What is imported is written for the run's group, by somebody who may change the run."""
    run = imported.workflowrun
    group = run.owned_by_id
    is_member = group is None or user.is_superuser or group in user.group_ids()
    if not is_member or not WorkflowRun.objects.editable_by(user).filter(pk=run.pk).exists():
        raise NotAllowed(
            "Only a member of the run's group who may change the run can have it imported again."
        )


def _must_be_askable(imported: ImportedRun) -> None:
    server = imported.server
    list_servers_of_settings()
    server.refresh_from_db(fields=["is_listed", "is_enabled"])
    if not may_be_asked(server):
        raise Conflict(
            f"{server.url} is not asked by this registry any more: ask your administrator to list or to enable it."
        )
    if problem := source_named(server.source).problem:
        raise Conflict(problem)


def _refused(pattern: str) -> str:
    """Why no file of a run can have a path that fits the pattern; empty where one can."""
    if pattern.startswith("/") or "\\" in pattern or any(one in (".", "..") for one in pattern.split("/")):
        return "must be a relative path with / between its parts, without . or .., such as results/*.txt"
    return "" if pattern.isprintable() else "has characters that no path has"
