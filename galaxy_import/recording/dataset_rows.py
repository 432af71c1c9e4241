"""What Galaxy says of a run's inputs and outputs, row by row: equal rows are left alone, the others written in bulk."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from common.bulk import insert_rows, update_rows
from common.identifiers import uuid7_batch
from data_management.services import Ownership
from galaxy_import.carrying_out.missing_files import PACKED
from galaxy_import.models import GalaxyDataset
from galaxy_import.recording.linking import Place, Places
from galaxy_import.values import GalaxyData, GalaxyFile

COLUMNS = (
    "collection_id", "src", "galaxy_id", "uuid", "data_type", "position", "label", "name", "path", "is_labelled",
    "collection_type", "element_count", "state", "condition", "note", "extension", "size", "hashes", "url",
    "content_url", "job", "dataset_id", "datafile_id", "known_by",
)  # fmt: skip
REGISTRYS = ("dataset_id", "datafile_id", "known_by")  # not Galaxy's to tell
ROWS_AT_ONCE = 2000
LONGEST: dict[str, int] = {
    field.attname: longest
    for field in GalaxyDataset._meta.concrete_fields
    if (longest := getattr(field, "max_length", None))
}
Row = dict[str, Any]
KeyOf = Callable[[Row], tuple[Any, ...]]


def write_rows(*, run_id: UUID, server_id: UUID, places: Places, ownership: Ownership) -> None:
    """Make a run's rows say what Galaxy says and what the registry has of it; within a transaction.

    Rows of what Galaxy no longer names stay.
    """
    rows = _Rows(run_id, server_id, ownership)
    told = [_of_data(number, one, places.of(one)) for number, one in enumerate(places.data)]
    rows.write(told, _data_key, collection=None)
    elements = [
        element
        for one, row in zip(places.data, told, strict=True)
        if one.collection_type
        for element in _of_elements(one, row, places.of(one))
    ]
    if elements:
        unlike = list({_element_key(one): one for one in elements}.values())
        rows.write(unlike, _element_key, collection__isnull=False)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one run."""

    run_id: UUID
    server_id: UUID
    ownership: Ownership

    def write(self, told: Sequence[Row], key_of: KeyOf, **which: Any) -> None:
        """Write what is new or changed among the rows of one kind; each row then has its id."""
        present = GalaxyDataset.objects.filter(workflowrun=self.run_id, **which)
        before = {
            key_of(row): row for row in present.values("id", *COLUMNS).iterator(chunk_size=ROWS_AT_ONCE)
        }
        new = [row for row in told if key_of(row) not in before]
        for row, key in zip(new, uuid7_batch(len(new)), strict=True):
            row["id"] = key
        changed = list(_changed(told, before, key_of))
        self._insert(new)
        self._update(changed)

    def _insert(self, rows: Iterable[Row]) -> None:
        fields = ("id", *COLUMNS)
        insert_rows(
            GalaxyDataset, fields, _values(rows, fields),
            workflowrun_id=self.run_id, server_id=self.server_id, **self.ownership.authorship(),
        )  # fmt: skip

    def _update(self, rows: Iterable[Row]) -> None:
        fields = ("id", *COLUMNS)
        changed_by = {"modified": timezone.now(), "modified_by_id": self.ownership.user.pk}
        update_rows(GalaxyDataset, fields, _values(rows, fields), **changed_by)


def _changed(told: Iterable[Row], before: Mapping[tuple[Any, ...], Row], key_of: KeyOf) -> Iterator[Row]:
    """The rows that are there and say something else. What the registry had and has no more is not forgotten."""
    for row in told:
        here = before.get(key_of(row))
        if here is None:
            continue
        row["id"] = here["id"]
        if here["note"] == PACKED:
            row["note"] = row["note"] or PACKED
        if not row["known_by"]:
            row |= {name: here[name] for name in REGISTRYS}
        if any(here[name] != row[name] for name in COLUMNS):
            yield row


def _values(rows: Iterable[Row], fields: Sequence[str]) -> Iterator[list[Any]]:
    return ([row[name] for name in fields] for row in rows)


def _data_key(row: Row) -> tuple[Any, ...]:
    return row["src"], row["galaxy_id"], row["data_type"], row["label"]


def _element_key(row: Row) -> tuple[Any, ...]:
    return row["collection_id"], row["galaxy_id"], row["label"]


def _of_data(number: int, one: GalaxyData, place: Place | None) -> Row:
    """The row of a dataset, or of a collection without its elements."""
    file = one.files[0] if one.files and not one.collection_type else GalaxyFile(one.id, "", one.name)
    return _fitting({
        **_of_file(file, place),
        "collection_id": None, "src": one.src, "galaxy_id": one.id, "data_type": str(one.role), "position": number,
        "label": one.label, "name": one.name, "is_labelled": one.is_labelled, "collection_type": one.collection_type,
        "element_count": one.element_count, "state": one.state or file.state, "condition": str(one.condition),
        "note": one.note or file.note, "url": one.url or file.url,
    })  # fmt: skip


def _of_elements(one: GalaxyData, collection: Row, place: Place | None) -> Iterator[Row]:
    for number, file in enumerate(one.files):
        yield _fitting({
            **_of_file(file, place),
            "collection_id": collection["id"], "src": file.src, "galaxy_id": file.id, "data_type": str(one.role),
            "position": number, "label": file.element or file.path.rpartition("/")[2], "name": file.name,
            "is_labelled": one.is_labelled, "collection_type": "", "element_count": None, "state": file.state,
            "condition": str(file.condition), "note": file.note, "url": file.url,
        })  # fmt: skip


def _of_file(file: GalaxyFile, place: Place | None) -> Row:
    return {
        "uuid": file.uuid, "path": file.path, "extension": file.extension, "size": file.size,
        "hashes": dict(file.hashes), "content_url": file.content_url, "job": file.job,
        "dataset_id": place.dataset if place else None,
        "datafile_id": place.files.get(file.id) if place else None,
        "known_by": str(place.known_by) if place else "",
    }  # fmt: skip


def _fitting(row: Row) -> Row:
    """Texts that a foreign server may make as long as it likes, cut to what their columns hold."""
    return {
        name: value[: LONGEST[name]] if isinstance(value, str) and name in LONGEST else value
        for name, value in row.items()
    }
