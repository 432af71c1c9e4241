"""Workflows with their versions and files; runs with their datasets, parameters, steps and jobs."""

from workflows.models.runs import StatusChange, WorkflowRun, WorkflowRunDataset
from workflows.models.search import RunText, ids_of_runs_with
from workflows.models.steps import JobFileLink, WorkflowRunJob, WorkflowRunParameter, WorkflowRunStep
from workflows.models.versions import Workflow, WorkflowFile, WorkflowVersion

__all__ = [
    "JobFileLink",
    "RunText",
    "StatusChange",
    "Workflow",
    "WorkflowFile",
    "WorkflowRun",
    "WorkflowRunDataset",
    "WorkflowRunJob",
    "WorkflowRunParameter",
    "WorkflowRunStep",
    "WorkflowVersion",
    "ids_of_runs_with",
]
