"""Workflows with their versions and files; runs with their datasets, parameters, steps and jobs."""

from workflows.models.datacounts import DataCount
from workflows.models.events import RunEvent
from workflows.models.logs import RunLog
from workflows.models.nodes import ComputeNode
from workflows.models.runs import StatusChange, WorkflowRun, WorkflowRunDataset
from workflows.models.search import RunText, ids_of_runs_with
from workflows.models.sent import SentBatch
from workflows.models.steps import JobFileLink, WorkflowRunJob, WorkflowRunParameter, WorkflowRunStep
from workflows.models.versions import Workflow, WorkflowFile, WorkflowVersion

__all__ = [
    "ComputeNode",
    "DataCount",
    "JobFileLink",
    "RunEvent",
    "RunLog",
    "RunText",
    "SentBatch",
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
