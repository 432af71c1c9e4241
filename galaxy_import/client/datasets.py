"""What a run took in and made: single datasets by their own answers, many by pages of their history."""

from collections.abc import Iterable, Sequence

from galaxy_import.answers import CollectionAnswer, DataAnswer, Json
from galaxy_import.client.collections import elements_of, read_collection
from galaxy_import.client.reading import PAGE, as_object, as_objects, path_to
from galaxy_import.client.session import Session
from galaxy_import.values import DataReference
from run_sources.errors import AnswerNotUnderstood, NotFound, NotReadable, SourceUnavailable
from run_sources.http.parallel import Asked, ask_once, in_order, settle

FEW = 20  # datasets are asked for one by one, more are looked up in their histories
MOST_HISTORIES = 5  # that are looked through for one run
# What a page of a history tells of each. A dataset's own answer has more: permissions, peek, display applications,
# metadata of its type, ``validated_state``.
KEYS = (
    "id,name,hid,state,extension,file_size,hashes,sources,uuid,creating_job,create_time,update_time,deleted,purged,"
    "visible,accessible,genome_build,misc_info,misc_blurb,data_type,drs_id,annotation,history_id,hda_ldda,"
    "history_content_type,created_from_basename,copied_from_ldda_id"
)
REFUSALS = (NotReadable, NotFound, AnswerNotUnderstood)


def read_data(session: Session, references: Sequence[DataReference]) -> DataAnswer:
    """All that is referred to, once each, and the datasets in its collections."""
    reader = _Reader(session)
    wanted = dict.fromkeys((each.src, each.id) for each in references)
    for src, id in wanted:
        if src == "hdca":
            reader.read_collection(id)
    reader.read_library(id for src, id in wanted if src == "ldda")
    reader.read_datasets([id for src, id in wanted if src == "hda"])
    return DataAnswer(reader.datasets, reader.collections, reader.refused, reader.library)


class _Reader:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.datasets: dict[str, Json] = {}
        self.library: dict[str, Json] = {}
        self.collections: dict[str, CollectionAnswer] = {}
        self.refused: dict[tuple[str, str], str] = {}
        self.histories: dict[str, str] = {}  # of datasets, where it is known

    def read_collection(self, id: str) -> None:
        try:
            self.collections[id] = read_collection(self.session, id)
        except REFUSALS as problem:
            self.refused["hdca", id] = str(problem)

    def read_library(self, ids: Iterable[str]) -> None:
        """Datasets of data libraries, which are in no history."""
        self._singly(ids, "ldda", hda_ldda="ldda")

    def read_datasets(self, ids: list[str]) -> None:
        """These and the elements of all collections."""
        for collection in self.collections.values():
            for element in elements_of(collection):
                self._note_element(element, ids)
        self._singly(self._looked_up(list(dict.fromkeys(ids))), "hda")

    def _note_element(self, element: Json, ids: list[str]) -> None:
        ids.append(str(element["id"]))
        if element.get("history_id"):
            self.histories[str(element["id"])] = str(element["history_id"])

    def _looked_up(self, ids: list[str]) -> list[str]:
        """Look many up in their histories; returns those that are left, to be asked for singly."""
        looked_through: set[str] = set()
        while len(ids) > FEW and len(looked_through) < MOST_HISTORIES:
            history = self._history_of(ids)
            if history and history not in looked_through:
                self._look_up(history, [each for each in ids if self.histories.get(each, history) == history])
            looked_through.add(history)
            ids = self._left(ids)
        return ids

    def _history_of(self, ids: list[str]) -> str:
        """The history of the first that has a known one; else the first is asked for, and tells its own."""
        known = next((self.histories[each] for each in ids if each in self.histories), "")
        if not known:
            self._singly(ids[:1], "hda")
            known = str(self.datasets.get(ids[0], {}).get("history_id") or "")
        return known

    def _left(self, ids: list[str]) -> list[str]:
        return [each for each in ids if each not in self.datasets and ("hda", each) not in self.refused]

    def _look_up(self, history: str, ids: list[str]) -> None:
        try:
            for first in range(0, len(ids), PAGE):
                self._look_page_up(history, ids[first : first + PAGE])
        except (*REFUSALS, SourceUnavailable):
            return  # these histories may not be read, or are too large for the server: each is asked for itself

    def _look_page_up(self, history: str, ids: list[str]) -> None:
        wanted = ",".join(f"dataset-{each}" for each in ids)
        path = path_to(
            "histories",
            history,
            "contents",
            v="dev",
            keys=KEYS,
            limit=PAGE,
            offset=0,
            q="type_id-in",
            qv=wanted,
        )
        for row in as_objects(self.session.get(path), self.session, path):
            if row.get("history_content_type") == "dataset" and row.get("id") in ids:
                self.datasets[str(row["id"])] = row

    def _singly(self, ids: Iterable[str], src: str, **query: str) -> None:
        def ask(each: str) -> Asked:
            return ask_once(self.session, path_to("datasets", each, **query))

        for id, asked in in_order(ask, ids, self.session):
            path = path_to("datasets", id, **query)
            try:
                found = as_object(settle(self.session, asked, path).body, self.session, path)
                (self.library if src == "ldda" else self.datasets)[id] = found
            except REFUSALS as problem:
                self.refused[src, id] = str(problem)
