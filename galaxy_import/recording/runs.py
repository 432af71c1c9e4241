"""Writing down what Galaxy told of an invocation: all of it, or nothing."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from galaxy_import.recording.dataset_rows import write_rows
from galaxy_import.recording.definitions import Definition, store_definition, version_of
from galaxy_import.recording.kept_paths import paths_of_run, with_kept_paths
from galaxy_import.recording.linking import Places, find_places
from galaxy_import.values import GalaxyRun
from run_import.models import RunImport
from run_import.recording.keeping import KeptAnswers
from run_import.recording.runs import Recorded, Recording, ToldRun
from workflows.models import WorkflowRun
from workflows.records import DatasetLink


def record_galaxy_run(
    *,
    wanted: RunImport,
    run: GalaxyRun,
    answers: KeptAnswers | None = None,
    also: Callable[[Recorded], None] | None = None,
) -> Recorded:
    """Write a run down as Galaxy tells it, or bring the one that is known up to date: see ``Recording``."""
    return GalaxyRecording(wanted=wanted, run=run, answers=answers, also=also).make()


class GalaxyRecording(Recording):
    """With a row for each of Galaxy's datasets, and the version by its UUID and steps."""

    def __init__(self, *, wanted: RunImport, run: GalaxyRun, **how: Any) -> None:
        super().__init__(wanted=wanted, told=_told(run), **how)
        self.galaxy = run
        self._definition = Definition()
        self._places = Places({}, ())

    def store(self) -> Sequence[str]:
        """The ``.ga`` file of the workflow, where the group has no such version."""
        group = self.ownership.group
        self._definition = store_definition(self.galaxy, group=group, identifier=self.wanted.pk)
        return [self._definition.storage_key] if self._definition.storage_key else []

    def known(self, run: WorkflowRun) -> None:
        """Files keep the paths that they have."""
        self.galaxy = with_kept_paths(self.galaxy, paths_of_run(run.pk))
        self.told = _told(self.galaxy)

    def version_of(self, run: WorkflowRun | None) -> UUID | None:
        """None where a run that has a version comes without the workflow's file."""
        if run is not None and run.workflowversion_id is not None and self.galaxy.definition is None:
            return None
        version = version_of(self._definition, self.ownership)
        return version.pk if version else None

    def datasets(self, run: WorkflowRun | None) -> tuple[Sequence[DatasetLink], Mapping[str, UUID] | None]:
        """Those that the registry has, or makes if that is wanted."""
        self._places = find_places(
            wanted=self.wanted, data=self.galaxy.data, run=run, ownership=self.ownership
        )
        return self._places.links(), self._places.file_ids()

    def rest(self, run: WorkflowRun) -> None:
        """The inputs and outputs as Galaxy has them."""
        server = self.wanted.server_id
        write_rows(run_id=run.pk, server_id=server, places=self._places, ownership=self.ownership)


def _told(run: GalaxyRun) -> ToldRun:
    environment = run.record.run_environment
    invocation = environment.get("invocation", {}) if isinstance(environment, dict) else {}
    return ToldRun(
        record=run.record, external_id=run.invocation_id, container_id=run.history_id,
        state=str(invocation.get("state") or ""), has_ended=run.has_ended, remarks=run.remarks, tags=run.tags,
    )  # fmt: skip
