"""What a registration answers: the ids of all that was made, and how far the files are."""

from typing import Any

from data_management.models import FileTransfer
from data_management.register.services import Registration
from data_management.serializers import FileTransferSerializer


def answer_of(done: Registration) -> dict[str, Any]:
    """The answer as plain data; ids are None in a dry run, as nothing was made."""
    return {
        "dry_run": done.dry_run,
        "workflowrun": _run(done),
        "collections": _collections(done),
        "datasets": _datasets(done),
        "transfer": _transfer(done.transfer) if done.transfer else None,
        "warnings": done.body.warnings,
    }


def _transfer(transfer: FileTransfer) -> dict[str, Any]:
    """As ``FileTransferSerializer`` would write it, whose making takes longer than the row's."""
    return {name: getattr(transfer, name) for name in FileTransferSerializer.Meta.fields}


def _run(done: Registration) -> dict[str, Any] | None:
    if done.body.run is None:
        return None
    run = done.run or done.plan.run
    name = run.name if run else done.body.run.fields.get("name", "")
    return {"id": run and run.pk, "name": name, "new": done.body.run.existing is None}


def _collections(done: Registration) -> list[dict[str, Any]]:
    ids: list[Any] = done.collections or [one.existing for one in done.body.collections]
    return [
        {"id": key, "label": one.label, "name": one.name, "new": one.existing is None}
        for key, one in zip(ids, done.body.collections, strict=True)
    ]


def _datasets(done: Registration) -> list[dict[str, Any]]:
    ids: list[Any] = done.datasets or [one.existing for one in done.body.datasets]
    return [
        {
            "id": key,
            "label": entry.label,
            "name": entry.name,
            "new": entry.existing is None,
            "data_type": entry.data_type and str(entry.data_type),
            "datafiles": _files(done, place),
        }
        for place, (key, entry) in enumerate(zip(ids, done.body.datasets, strict=True))
    ]


def _files(done: Registration, place: int) -> list[dict[str, Any]]:
    record = done.plan.datasets[place]
    files = record.files if record else ()
    ids: list[Any] = done.files[place] if done.files else [None] * len(files)
    return [{"id": key, "name": file.name, "uri": file.uri} for key, file in zip(ids, files, strict=True)]
