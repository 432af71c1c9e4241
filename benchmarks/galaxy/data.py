"""The datasets and collections of the made invocation, one step after the other, each numbered from 1."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.galaxy.numbering import HISTORY, MERGE, SAMPLES, STEPS, USER, Json, encoded, made_uuid, moment

UNREAD: Json = {  # what else Galaxy says of each dataset, so that the answers have their size
    "annotation": None, "api_type": "file", "created_from_basename": None, "display_apps": [], "display_types": [],
    "drs_id": "hda-23e30142b24d0d6b", "meta_files": [], "metadata_column_names": [], "metadata_comment_lines": 0,
    "metadata_column_types": ["str", "str", "str"], "metadata_dbkey": "?", "metadata_delimiter": "\t",
    "object_store_id": None, "permissions": {"manage": [USER], "access": []}, "quota_source_label": None,
    "rerunnable": True, "resubmitted": False, "type": "file", "validated_state": "unknown",
    "validated_state_message": None,
}  # fmt: skip


@dataclass(frozen=True)
class MadeData:
    """What there is when a list of so many ``elements`` has gone through the steps: that list's datasets first."""

    elements: int

    @property
    def jobs(self) -> int:
        """How many jobs it has."""
        return 2 * self.elements + 1

    @property
    def datasets(self) -> int:
        """How many datasets it took in and made, elements of its collections counted each."""
        return 3 * self.elements + 1

    def dataset(self, number: int) -> Json:
        """``GET /api/datasets/{id}``, and the same in a detailed page of its history."""
        step, element = divmod(number - 1, self.elements)
        name = f"sample_{element:05}" if step == SAMPLES else f"{STEPS[min(step, MERGE)].label} on {number}"
        job = number - self.elements
        return {
            "model_class": "HistoryDatasetAssociation",
            "id": encoded(number),
            "type_id": f"dataset-{encoded(number)}",
            "history_content_type": "dataset",
            "history_id": HISTORY,
            "hda_ldda": "hda",
            "hid": number,
            "name": name,
            "state": "ok",
            "extension": "tabular",
            "file_ext": "tabular",
            "data_type": "galaxy.datatypes.tabular.Tabular",
            "file_size": 120 + number,
            "uuid": made_uuid(1, number),
            "dataset_id": encoded(number),
            "creating_job": encoded(job) if job > 0 else encoded(self.jobs + 1),
            "create_time": moment(number),
            "update_time": moment(number + 5000),
            "deleted": False,
            "purged": False,
            "visible": step == MERGE,
            "accessible": True,
            "genome_build": "?",
            "misc_info": "",
            "misc_blurb": "6 lines",
            "hashes": [{"hash_function": "SHA-256", "hash_value": f"{number:064x}", "extra_files_path": None}],
            "sources": [],
            "tags": [],
            "copied_from_ldda_id": None,
            "peek": "<table cellspacing=\"0\"><tr><td>r0c0</td><td>r0c1</td><td>r0c2</td></tr></table>" * 5,
            "url": f"/api/histories/{HISTORY}/contents/datasets/{encoded(number)}",
            "download_url": f"/api/histories/{HISTORY}/contents/{encoded(number)}/display",
            "metadata_columns": 3,
            "metadata_data_lines": 6,
            **UNREAD,
        }  # fmt: skip

    def collection(self, number: int) -> Json:
        """``GET /api/dataset_collections/{id}?view=collection``: the counts of a list, without its elements."""
        return {
            "model_class": "HistoryDatasetCollectionAssociation",
            "id": encoded(number),
            "type_id": f"dataset_collection-{encoded(number)}",
            "history_content_type": "dataset_collection",
            "name": STEPS[number - 1].label,
            "history_id": HISTORY,
            "hid": self.datasets + number,
            "deleted": False,
            "visible": True,
            "type": "collection",
            "create_time": moment(0),
            "update_time": moment(self.jobs),
            "url": f"/api/histories/{HISTORY}/contents/dataset_collections/{encoded(number)}",
            "tags": [],
            "collection_type": "list",
            "populated": True,
            "populated_state": "ok",
            "populated_state_message": None,
            "element_count": self.elements,
            "elements_datatypes": ["tabular"],
            "elements_states": {"ok": self.elements},
            "elements_deleted": 0,
            "elements": [],
            "collection_id": encoded(number),
            "contents_url": f"/api/dataset_collections/{encoded(number)}/contents/{encoded(number)}",
        }

    def contents(self, collection: int, places: range) -> Iterator[Json]:
        """The elements of a collection at these places, from 0; what lies beyond its end is left out."""
        for place in places[: max(0, self.elements - places.start)]:
            number = (collection - 1) * self.elements + place + 1
            yield {
                "model_class": "DatasetCollectionElement",
                "id": encoded(number),
                "element_index": place,
                "element_identifier": f"sample_{place:05}",
                "element_type": "hda",
                "object": {
                    "model_class": "HistoryDatasetAssociation",
                    "id": encoded(number),
                    "state": "ok",
                    "hda_ldda": "hda",
                    "history_id": HISTORY,
                    "tags": [],
                    "copied_from_ldda_id": None,
                    "accessible": True,
                    "purged": False,
                },
                "columns": None,
            }
