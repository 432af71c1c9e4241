"""What a run's page shows of the import that a run came by, whatever its source."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from common.api.files import file_answer
from common.errors import Conflict
from common.models import UserLike
from data_management.models import DataFile
from data_management.records import FileStatus
from galaxy_import.source import GalaxySource
from run_import.models import ImportedRun, RunImport
from run_import.sources import source_named
from web.requests import SignedInRequest
from web.run.frame import rights_on, seen_run
from web.sources import may_edit, may_import_again, newest_import, why_not
from workflows.models import WorkflowRun, WorkflowRunDataset


@dataclass(frozen=True, slots=True)
class ImportedPart:
    """A run as its source has it, and what can be done about that here."""

    imported: ImportedRun
    title: str
    problem: str
    may_edit: bool
    may_import_again: bool
    files_elsewhere: bool
    newest_import: RunImport | None

    @property
    def server(self) -> Any:
        """Where it was asked for."""
        return self.imported.server


def imported_part(run: WorkflowRun, user: UserLike) -> ImportedPart | None:
    """What is known of ``run`` at its source; None for those of Galaxy, of which more is said, and for others."""
    imported = getattr(run, "imported", None)
    if imported is None or imported.server.source == GalaxySource.name:
        return None
    source = source_named(imported.server.source)
    problem, is_editor = why_not(source), may_edit(run, user)
    may_again = may_import_again(run, user, is_editor=is_editor)
    return ImportedPart(
        imported=imported,
        title=source.title,
        problem=problem,
        may_edit=is_editor,
        may_import_again=may_again and not problem,
        files_elsewhere=may_again and _has_files_elsewhere(run),
        newest_import=newest_import(run, user),
    )


def _has_files_elsewhere(run: WorkflowRun) -> bool:
    """Whether there is content to fetch: of files that are known, or of datasets that were not made yet."""
    links = WorkflowRunDataset.objects.filter(workflowrun=run)
    if not links.exists():
        return True
    files = DataFile.objects.filter(dataset__in=links.values("dataset"))
    return bool(files.exclude(status=FileStatus.ONLINE).exists())


@require_safe
@login_required
def source_answers(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """The source's own answers, gzip, one JSON object a line; for those who may edit the run."""
    run = seen_run(request, run_id)
    imported = getattr(run, "imported", None)
    if imported is None or not imported.answers_key:
        raise Http404
    if not rights_on(run, request.user).edit:
        raise PermissionDenied
    name = f"{imported.server.source}-{run.pk}.jsonl.gz"
    try:
        answer: HttpResponse = file_answer(
            request, key=imported.answers_key, name=name, size=imported.answers_size, sha256=""
        )
    except Conflict as problem:
        raise Http404(problem.message) from problem
    return answer
