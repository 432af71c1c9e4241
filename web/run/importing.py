"""Whether a run is being brought up to date at this moment, by an import or by a registration."""

from common.background import BackgroundTask
from rocrate_import.models import CrateImport
from run_import.models import RunImport
from run_registration.models import DirectoryRegistration
from workflows.models import WorkflowRun

UNDER_WAY = (BackgroundTask.State.PENDING, BackgroundTask.State.RUNNING)


def is_importing(run: WorkflowRun) -> bool:
    """Whether its invocation, its archive or its directory is being read, for the group of the run."""
    if getattr(run, "imported", None) is not None:
        return RunImport.objects.filter(workflowrun=run, state__in=UNDER_WAY).exists()
    return _from_a_crate(run) or _from_a_directory(run)


def _from_a_crate(run: WorkflowRun) -> bool:
    """An archive on its way that the run has come from before; which run it is, is known when it is read."""
    archives = CrateImport.objects.filter(workflowrun=run).exclude(sha256="").values("sha256")
    going = CrateImport.objects.filter(state__in=UNDER_WAY, owned_by=run.owned_by_id)
    return going.filter(sha256__in=archives).exists()


def _from_a_directory(run: WorkflowRun) -> bool:
    """A directory that is being registered, and that the run has come from before."""
    paths = DirectoryRegistration.objects.filter(workflowrun=run).values("path")
    going = DirectoryRegistration.objects.filter(state__in=UNDER_WAY, owned_by=run.owned_by_id)
    return going.filter(goal=DirectoryRegistration.Goal.SEND, path__in=paths).exists()
