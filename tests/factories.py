"""Rows for the tests of the API: each says only what matters to it."""

import io
from typing import Any
from uuid import uuid4

from django.utils import timezone

from common.models import AnnotationType, Share
from common.storage import key_for, measure, store
from data_management.models import CollectionItem, DataFile, Dataset, DatasetCollection, FileTransfer
from galaxy_import.models import GalaxyDataset
from rocrate_export.models import CrateExport
from rocrate_import.models import CrateImport
from run_import.models import ImportedRun, RunImport, RunServer
from workflows.models import (
    ComputeNode,
    RunEvent,
    StatusChange,
    Workflow,
    WorkflowFile,
    WorkflowRun,
    WorkflowRunDataset,
    WorkflowRunJob,
    WorkflowRunParameter,
    WorkflowRunStep,
    WorkflowVersion,
)
from workflows.services import index_text


def owned(user: Any, **facts: Any) -> dict[str, Any]:
    """The columns of a row that belongs to a user and the user's group."""
    given = {"owner": user, "owned_by": user.default_group(), "created_by": user, "modified_by": user}
    return {**given, **facts}


def a_workflow(user: Any, name: str = "Variants", **facts: Any) -> Workflow:
    """A workflow without versions."""
    return Workflow.objects.create(**{"name": name, "workflow_manager": "SNAKEMAKE", **owned(user), **facts})


def a_version(workflow: Workflow, *, index: int = 1, is_latest: bool = True, **facts: Any) -> WorkflowVersion:
    """An open version without files."""
    given = {"name": f"v{index}", "created_by": workflow.owner, "modified_by": workflow.owner, **facts}
    return WorkflowVersion.objects.create(workflow=workflow, index=index, is_latest=is_latest, **given)


def a_workflow_file(
    version: WorkflowVersion,
    path: str = "Snakefile",
    data_type: str = "MAIN",
    content: bytes = b"rule all:\n",
) -> WorkflowFile:
    """A stored file of a version."""
    file = WorkflowFile(workflowversion=version, path=path, data_type=data_type)
    file.storage_key = key_for("workflows", file.id, path)
    kept = store(io.BytesIO(content), file.storage_key)
    file.size, file.sha256 = kept.size, kept.sha256
    file.save()
    return file


def a_run(user: Any, name: str = "NA12878", **facts: Any) -> WorkflowRun:
    """A run that can be found by its text and has begun its history."""
    run = WorkflowRun.objects.create(**{"name": name, "status": "SUCCESS", **owned(user), **facts})
    StatusChange.objects.create(workflowrun=run, status=run.status, by=user)
    index_text(run)
    return run


def a_dataset(user: Any, name: str = "Reads", **facts: Any) -> Dataset:
    """A dataset without files."""
    return Dataset.objects.create(**{"name": name, **owned(user), **facts})


def a_collection(user: Any, *datasets: Dataset, name: str = "Inputs", **facts: Any) -> DatasetCollection:
    """A collection of these datasets."""
    collection = DatasetCollection.objects.create(**{"name": name, **owned(user), **facts})
    for position, dataset in enumerate(datasets):
        CollectionItem.objects.create(collection=collection, dataset=dataset, position=position)
    return collection


def a_file(
    dataset: Dataset, name: str = "reads.fastq", content: bytes | None = None, **facts: Any
) -> DataFile:
    """A file of a dataset; with ``content`` it lies in the storage and is ONLINE."""
    file = DataFile(dataset=dataset, name=name, path=name, **facts)
    if content is not None:
        file.storage_key = key_for("data", file.id, name)
        kept = store(io.BytesIO(content), file.storage_key)
        file.size, file.sha256, file.md5sum, file.status = kept.size, kept.sha256, kept.md5sum, "ONLINE"
    file.save()
    return file


def sha256_of(content: bytes) -> str:
    """The SHA-256 of a content in hexadecimal."""
    return measure(io.BytesIO(content)).sha256


def a_link(run: WorkflowRun, dataset: Dataset, data_type: str = "INPUT") -> WorkflowRunDataset:
    """Say what a dataset was to a run."""
    return WorkflowRunDataset.objects.create(
        workflowrun=run, dataset=dataset, data_type=data_type, owner=run.owner, owned_by=run.owned_by
    )


def a_parameter(run: WorkflowRun, name: str, value: Any) -> WorkflowRunParameter:
    """A parameter that the run can be found by."""
    parameter = WorkflowRunParameter.objects.create(workflowrun=run, name=name, value=value)
    index_text(run)
    return parameter


def a_step(run: WorkflowRun, key: str = "align", **facts: Any) -> WorkflowRunStep:
    """A step of a run."""
    return WorkflowRunStep.objects.create(workflowrun=run, key=key, **{"name": key, **facts})


def an_event(run: WorkflowRun, **facts: Any) -> RunEvent:
    """The next entry of the log of a run."""
    given = {"sequence": run.events.count() + 1, "at": timezone.now(), "type": "job.started", **facts}
    return RunEvent.objects.create(workflowrun=run, **given)


def a_job(run: WorkflowRun, name: str = "align (1)", **facts: Any) -> WorkflowRunJob:
    """A job of a run."""
    return WorkflowRunJob.objects.create(workflowrun=run, name=name, **facts)


def a_node(run: WorkflowRun, key: str = "node-1", **facts: Any) -> ComputeNode:
    """A machine that jobs of a run ran on."""
    return ComputeNode.objects.create(workflowrun=run, key=key, **facts)


def a_transfer(user: Any, **facts: Any) -> FileTransfer:
    """A transfer that waits."""
    return FileTransfer.objects.create(**{**owned(user), **facts})


def an_export(run: WorkflowRun, user: Any, **facts: Any) -> CrateExport:
    """The preparation of a run's crate, which the user has asked for."""
    about = {"subject_kind": "run", "subject_id": run.pk, "revision": "1", "fingerprint": uuid4().hex}
    export = CrateExport.objects.create(**{**about, "owner": user, **facts})
    export.wanted_by.add(user)
    return export


def an_annotation_type(name: str = "organism", **facts: Any) -> AnnotationType:
    """A kind of annotation."""
    return AnnotationType.objects.create(name=name, **facts)


def shared(
    record: Any, user: Any = None, *, group: Any = None, edit: bool = False, delete: bool = False
) -> Share:
    """Give a user or a group rights on a record."""
    return Share.objects.create(
        kind=record.record_kind(),
        object_id=record.pk,
        user=user,
        group=group,
        can_edit=edit,
        can_delete=delete,
    )


def a_crate_import(user: Any, **facts: Any) -> CrateImport:
    """An import of a crate that waits."""
    return CrateImport.objects.create(**{"name": "a.crate.zip", "sha256": "0" * 64, **owned(user), **facts})


def a_galaxy_server(url: str = "https://galaxy.example.org", **facts: Any) -> RunServer:
    """A server that an administrator listed."""
    return RunServer.objects.get_or_create(source="galaxy", url=url, defaults={"name": "Galaxy", **facts})[0]


def a_galaxy_import(user: Any, **facts: Any) -> RunImport:
    """An import of an invocation that waits."""
    server = facts.pop("server", None) or a_galaxy_server()
    known = {
        "server": server,
        "external_id": "a" * 16,
        "url": f"{server.url}/workflows/invocations/{'a' * 16}",
    }
    return RunImport.objects.create(**{**known, **owned(user), **facts})


def an_invocation(run: WorkflowRun, **facts: Any) -> ImportedRun:
    """What is known of a run as an invocation of Galaxy."""
    known = {
        "external_id": "a" * 16,
        "uuid": str(uuid4()),
        "state": "scheduled",
        "asked_at": timezone.now(),
    }
    server = facts.pop("server", None) or a_galaxy_server()
    return ImportedRun.objects.create(**{"workflowrun": run, "server": server, **known, **facts})


def a_galaxy_dataset(invocation: ImportedRun, name: str = "Reads", **facts: Any) -> GalaxyDataset:
    """An input of an invocation."""
    known = {"src": "hda", "galaxy_id": "b" * 16, "data_type": "INPUT", "label": name, "name": name}
    about = {"workflowrun": invocation.workflowrun, "server": invocation.server}
    return GalaxyDataset.objects.create(**{**about, **known, **facts})
