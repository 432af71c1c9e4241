"""The floor of registering: the rows that the product writes for the same body, and nothing that looks at it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from uuid import UUID

import orjson
from django.db import connection, transaction

from common.identifiers import uuid7, uuid7_batch

COPY_FROM = 200
ON_SQLITE = connection.vendor == "sqlite"
MADE = "created, modified, created_by_id, modified_by_id"
OWNED = f"{MADE}, owner_id, owned_by_id, public"
KEPT = "deleted, deleted_by_id, deleted_date"


def register(user: Any, body: dict[str, Any]) -> bytes:
    """Write a new run with new datasets of one collection or none, all as ``body`` says; answer their ids."""
    rows = _Rows(user, body)
    with transaction.atomic(), connection.cursor() as cursor:
        for table, columns, found in rows.tables():
            if found:
                _write(cursor, table, columns, found)
    return orjson.dumps(rows.answer(), option=orjson.OPT_UTC_Z)


def _write(cursor: Any, table: str, columns: str, rows: Sequence[Sequence[Any]]) -> None:
    marks = f"({', '.join(['%s'] * len(rows[0]))})"
    if ON_SQLITE:
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES {marks}", rows)
    elif len(rows) < COPY_FROM:
        values = ", ".join([marks] * len(rows))
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {values}", list(chain.from_iterable(rows)))
    else:
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


class _Rows:
    def __init__(self, user: Any, body: dict[str, Any]) -> None:
        self.body, self.user, self.now = body, user, _moment(datetime.now(UTC))
        self.group = _stored(UUID(body["owned_by"]))
        self.made = (self.now, self.now, user, user)
        self.owned = (*self.made, user, self.group, False)
        self.datasets = uuid7_batch(len(body["datasets"]))
        numbers = iter(uuid7_batch(sum(len(one["datafiles"]) for one in body["datasets"])))
        self.files = [[next(numbers) for _ in one["datafiles"]] for one in body["datasets"]]
        self.collections = {one["id"]: uuid7() for one in body["collections"]}
        self.transfer, self.run, self.links = uuid7(), uuid7(), uuid7_batch(len(self.datasets))

    def tables(self) -> Iterable[tuple[str, str, list[tuple]]]:
        """Table, columns and rows, in an order that the foreign keys allow."""
        yield self._transfer()
        yield self._collections()
        yield self._datasets()
        yield self._datafiles()
        yield self._items()
        yield self._run()
        yield self._status()
        yield self._links()
        yield self._parameters()
        yield self._text()

    def answer(self) -> dict[str, Any]:
        """The ids of all that was made."""
        return {
            "dry_run": False,
            "workflowrun": {"id": self.run, "name": self.body["workflowrun"]["name"], "new": True},
            "collections": [
                {"id": self.collections[one["id"]], "label": one["id"], "name": one["name"], "new": True}
                for one in self.body["collections"]
            ],
            "datasets": [
                {
                    "id": key,
                    "label": "",
                    "name": one["name"],
                    "new": True,
                    "data_type": one["data_type"],
                    "datafiles": [
                        {"id": number, "name": file["name"], "uri": self._uri(file)}
                        for number, file in zip(numbers, one["datafiles"], strict=True)
                    ],
                }
                for key, one, numbers in zip(self.datasets, self.body["datasets"], self.files, strict=True)
            ],
            "transfer": {"id": self.transfer, "state": "PENDING"},
            "warnings": [],
        }

    def _transfer(self) -> tuple[str, str, list[tuple]]:
        files = [file for one in self.body["datasets"] for file in one["datafiles"]]
        columns = (
            f"id, {OWNED}, state, attempts, error, due_at, mode, input_dir, roots, files_total, files_done,"
            " files_failed, bytes_total, bytes_done"
        )
        roots = orjson.dumps([self.body["input_dir"].rpartition("/")[0]]).decode()
        state = ("PENDING", 0, "", self.now, "copy", self.body["input_dir"], roots)
        size = sum(file["size"] for file in files)
        row = (_stored(self.transfer), *self.owned, *state, len(files), 0, 0, size, 0)
        return "data_management_filetransfer", columns, [row]

    def _collections(self) -> tuple[str, str, list[tuple]]:
        rows = [
            (_stored(self.collections[one["id"]]), *self.owned, one["name"], "", False, None, None, False)
            for one in self.body["collections"]
        ]
        return "data_management_datasetcollection", f"id, {OWNED}, name, description, {KEPT}, is_raw", rows

    def _datasets(self) -> tuple[str, str, list[tuple]]:
        columns = f"id, {OWNED}, name, description, {KEPT}, dataset_type, is_raw, is_managed, status, file_count, size,"
        columns += " tags, metadata"
        rows = []
        for key, one in zip(self.datasets, self.body["datasets"], strict=True):
            size = sum(file["size"] for file in one["datafiles"])
            plain = (one["name"], "", False, None, None, "generic", False, True, "NEW")
            rows.append((_stored(key), *self.owned, *plain, len(one["datafiles"]), size, "{}", "{}"))
        return "data_management_dataset", columns, rows

    def _datafiles(self) -> tuple[str, str, list[tuple]]:
        columns = (
            f"id, {MADE}, dataset_id, position, name, path, uri, format, mime_type, size, sha256, md5sum, crc32,"
            " status, error, is_managed, storage_key, transfer_id"
        )
        made, transfer, rows = self.made, _stored(self.transfer), []
        for dataset, keys, one in zip(self.datasets, self.files, self.body["datasets"], strict=True):
            parent = _stored(dataset)
            for place, (key, file) in enumerate(zip(keys, one["datafiles"], strict=True)):
                told = (place, file["name"], file["uri"], self._uri(file), file["type"], "", file["size"])
                rest = ("", "", None, "NEW", "", True, "", transfer)
                rows.append((_stored(key), *made, parent, *told, *rest))
        return "data_management_datafile", columns, rows

    def _items(self) -> tuple[str, str, list[tuple]]:
        members = [
            (self.collections[one["collection"]], key)
            for key, one in zip(self.datasets, self.body["datasets"], strict=True)
            if one.get("collection")
        ]
        rows = [(_stored(one), _stored(key), place) for place, (one, key) in enumerate(members)]
        return "data_management_collectionitem", "collection_id, dataset_id, position", rows

    def _run(self) -> tuple[str, str, list[tuple]]:
        run = self.body["workflowrun"]
        start, end = (datetime.fromisoformat(run[name]) for name in ("started_at", "completed_at"))
        columns = (
            f"id, {OWNED}, name, description, {KEPT}, status, started_at, completed_at, duration, run_command,"
            " run_environment, is_imported, source, source_url, external_id, status_basis, license, people,"
            " message, source_status, source_deleted, rerun_of_external_id, declared, tags, metadata,"
            " workflowversion_id"
        )
        times = (_moment(start), _moment(end), (end - start).total_seconds())
        environment = orjson.dumps(run["run_environment"]).decode()
        told = (
            run["run_command"],
            environment,
            False,
            "",
            "",
            "",
            "REPORTED",
            "",
            "[]",
            "",
            "",
            False,
            "",
            "[]",
            "{}",
            "{}",
        )
        version = _stored(UUID(run["workflowversion"]))
        plain = (run["name"], "", False, None, None, run["status"])
        return (
            "workflows_workflowrun",
            columns,
            [(_stored(self.run), *self.owned, *plain, *times, *told, version)],
        )

    def _status(self) -> tuple[str, str, list[tuple]]:
        row = (
            _stored(uuid7()),
            self.body["workflowrun"]["status"],
            self.now,
            self.user,
            "",
            _stored(self.run),
        )
        return "workflows_statuschange", "id, status, at, by_id, reason, workflowrun_id", [row]

    def _links(self) -> tuple[str, str, list[tuple]]:
        run = _stored(self.run)
        rows = [
            (_stored(link), *self.owned, one["data_type"], _stored(key), run)
            for link, key, one in zip(self.links, self.datasets, self.body["datasets"], strict=True)
        ]
        return "workflows_workflowrundataset", f"id, {OWNED}, data_type, dataset_id, workflowrun_id", rows

    def _parameters(self) -> tuple[str, str, list[tuple]]:
        run, given = _stored(self.run), self.body["workflowrun"]["parameters"]
        rows = [
            (_stored(key), one["name"], orjson.dumps(one["value"]).decode(), str(one["value"]), run)
            for key, one in zip(uuid7_batch(len(given)), given, strict=True)
        ]
        return "workflows_workflowrunparameter", "id, name, value, value_key, workflowrun_id", rows

    def _text(self) -> tuple[str, str, list[tuple]]:
        run = self.body["workflowrun"]
        given = [f"{one['name']}={one['value']}" for one in run["parameters"]]
        text = "\n".join([run["name"], run["run_command"], *given])
        return "workflows_runtext", "workflowrun_id, text", [(_stored(self.run), text)]

    def _uri(self, file: dict[str, Any]) -> str:
        return f"{self.body['input_dir']}/{file['uri']}"


def _stored(key: UUID) -> Any:
    return key.hex if ON_SQLITE else key


def _moment(time: datetime) -> Any:
    return str(time.astimezone(UTC).replace(tzinfo=None)) if ON_SQLITE else time
