"""What a crate can be of: a run, or a version of a workflow. Both answer the same questions."""

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet

from rocrate_export.archive import CrateArchive, archive_of, archive_of_version
from rocrate_export.checksums import OnProgress
from rocrate_export.choice import Choice
from rocrate_export.models import StoredCrate
from rocrate_export.run_logs import logs_of
from workflows.models import WorkflowRun, WorkflowVersion
from workflows.recorded import RunState, read_record, state_of
from workflows.records import PersonRecord


@dataclass(frozen=True, slots=True)
class Subject(ABC):
    """One run or version; ``kind`` and ``id`` name it."""

    kind: ClassVar[str]
    id: UUID

    @property
    def named(self) -> dict[str, UUID]:
        """The run or the version, as the archives given for it name it."""
        return {f"{self.kind}_id": self.id}

    @abstractmethod
    def state(self, user: Any) -> RunState | None:
        """What a crate would hold, cheaply; None where ``user`` may not see the subject."""

    @abstractmethod
    def archive(
        self, user: Any, base_url: str, choice: Choice, on_progress: OnProgress | None = None
    ) -> CrateArchive | None:
        """The crate as ``user`` may have it; None where that is nothing."""

    @abstractmethod
    def rows(self) -> Any:
        """The row itself as a queryset, to ask who may see and change it."""


@dataclass(frozen=True, slots=True)
class RunSubject(Subject):
    """A run."""

    kind: ClassVar[str] = "run"

    def state(self, user: Any) -> RunState | None:
        """What a crate of the run would hold."""
        return state_of(self.id, user)

    def archive(
        self, user: Any, base_url: str, choice: Choice, on_progress: OnProgress | None = None
    ) -> CrateArchive | None:
        """The run's crate, with the datasets that ``user`` may see, and with its logs."""
        record = read_record(self.id, user)
        if record is None:
            return None
        return archive_of(record, base_url, choice, on_progress, logs_of(self.id, record, choice))

    def rows(self) -> Any:
        """The run."""
        return WorkflowRun.objects.filter(pk=self.id)


@dataclass(frozen=True, slots=True)
class VersionSubject(Subject):
    """A version of a workflow."""

    kind: ClassVar[str] = "version"

    def state(self, user: Any) -> RunState | None:
        """What a crate of the version would hold."""
        version = self._visible(user)
        if version is None:
            return None
        record = version.to_record()
        files = tuple(replace(file, crc32=None) for file in record.files)  # measuring one changes nothing
        facts = repr((replace(record, files=files), _people_of(version), version.created))
        return RunState(
            revision=hashlib.sha256(facts.encode()).hexdigest(),
            files=len(record.files),
            jobs=0,
            unmeasured_bytes=sum(file.size or 0 for file in record.files if file.crc32 is None),
            name=f"{record.name} {record.version}".strip(),
        )

    def archive(
        self, user: Any, base_url: str, choice: Choice, on_progress: OnProgress | None = None
    ) -> CrateArchive | None:
        """The version's Workflow RO-Crate."""
        version = self._visible(user)
        if version is None:
            return None
        people = _people_of(version)
        return archive_of_version(version.to_record(), base_url, choice, created=version.created, **people)

    def rows(self) -> Any:
        """The version."""
        return WorkflowVersion.objects.filter(pk=self.id)

    def _visible(self, user: Any) -> WorkflowVersion | None:
        visible = self.rows().visible_to(user)
        related = visible.select_related("workflow__owner", "workflow__owned_by").prefetch_related("files")
        found: WorkflowVersion | None = related.first()
        return found


SUBJECTS: dict[str, type[Subject]] = {one.kind: one for one in (RunSubject, VersionSubject)}


def originals_for(subject: Subject, user: Any) -> QuerySet[StoredCrate]:
    """The archives that were given for it and that ``user`` may have, the newest first."""
    return StoredCrate.objects.visible_to(user).filter(**subject.named).order_by("-id")


def newest_original(subject: Subject, user: Any) -> StoredCrate | None:
    """The archive that is served as it came, where there is one for ``user``."""
    return originals_for(subject, user).first()


def _people_of(version: WorkflowVersion) -> dict[str, Any]:
    owner, group = version.workflow.owner, version.workflow.owned_by
    return {
        "agent": PersonRecord(owner.full_name, owner.orcid) if owner else None,
        "group": group.name if group else "",
        "group_url": group.url if group else "",
    }
