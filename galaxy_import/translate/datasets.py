"""The datasets and collections that a run took in and made, as Galaxy has them and as the registry records them."""

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from data_management.records import DatasetRecord, FileRecord, FileStatus
from galaxy_import.answers import CollectionAnswer, DataAnswer, Json
from galaxy_import.translate.conditions import condition_of, condition_of_collection
from galaxy_import.translate.hashes import hashes_of, mime_type_of
from galaxy_import.translate.paths import Places, file_name
from galaxy_import.translate.reading import LABEL, MESSAGE, NAME, URL, cut, mapping, number, objects, text
from galaxy_import.values import Condition, DataReference, GalaxyData, GalaxyFile
from workflows.records import DataType

_DEEPEST = 12
_NO_FILE = (Condition.PENDING, Condition.SKIPPED)


class Datasets:
    """Makes the values of a run's datasets; each dataset has one place, however often it is taken in or made."""

    def __init__(self, base: str, data: DataAnswer, job_states: Mapping[str, str], run_goes_on: bool) -> None:
        self._base = base
        self._data = data
        self._job_states = job_states
        self._goes_on = run_goes_on
        self.places = Places()

    def data_of(self, reference: DataReference) -> GalaxyData:
        """A dataset or collection with its files."""
        return self._collection(reference) if reference.src == "hdca" else self._dataset(reference)

    def _dataset(self, reference: DataReference) -> GalaxyData:
        told = self._data.dataset(reference.src, reference.id)
        file = self._file(reference.src, reference.id, told, _parts(reference), ())
        return GalaxyData(
            src=reference.src,
            id=reference.id,
            role=reference.role,
            label=reference.label,
            name=file.name,
            step=_step_of(reference),
            is_labelled=reference.is_labelled,
            state=file.state,
            condition=file.condition,
            note=file.note,
            url=file.url,
            files=(file,),
            dataset=_record(file.name, told or {}, (file,), "generic"),
        )

    def _collection(self, reference: DataReference) -> GalaxyData:
        answer = self._data.collections.get(reference.id)
        refused = self._data.refused.get(("hdca", reference.id), "")
        told = answer.collection if answer and isinstance(answer.collection, dict) else {}
        files = tuple(self._elements(answer, _parts(reference), ())) if answer else ()
        count = number(told, "element_count", 2**31 - 1)
        condition, note = condition_of_collection(told, files, count, self._goes_on)
        if not told:
            condition, note = condition_of("hdca", None, refused, "", self._goes_on)
        name = text(told, "name", LABEL) or reference.label
        return GalaxyData(
            src="hdca",
            id=reference.id,
            role=reference.role,
            label=reference.label,
            name=name,
            step=_step_of(reference),
            is_labelled=reference.is_labelled,
            collection_type=text(told, "collection_type", NAME),
            element_count=count if count is not None else (len(files) or None),
            state=text(told, "populated_state", 40),
            condition=condition,
            note=cut(note, MESSAGE),
            url=self._page_of_history(told),
            files=files,
            dataset=_record(name, told, files, "collection"),
        )

    def _elements(
        self, answer: CollectionAnswer, parts: list[str], above: tuple[str, ...]
    ) -> Iterator[GalaxyFile]:
        """The files of a collection, in its order; those of collections within it below their identifiers."""
        listed = answer.elements or tuple(objects(answer.collection, "elements"))
        for element in listed:
            known = mapping(element, "object")
            identifier = text(known, "id", 64)
            name = text(element, "element_identifier", NAME) or text(element, "element_index") or identifier
            inner = answer.nested.get(identifier)
            if inner is None and text(element, "element_type") == "dataset_collection":
                inner = CollectionAnswer(known)
            if inner is not None and len(above) < _DEEPEST:
                yield from self._elements(inner, parts, (*above, name))
            elif identifier:
                src = text(known, "hda_ldda", 5) or text(element, "element_type", 5) or "hda"
                told = {**known, **(self._data.dataset(src, identifier) or {})}
                yield self._file(src, identifier, told, parts, (*above, name))

    def _file(
        self, src: str, identifier: str, told: Json | None, parts: list[str], element: tuple[str, ...]
    ) -> GalaxyFile:
        job = text(told, "creating_job", 64)
        refused = self._data.refused.get((src, identifier), "")
        state = self._job_states.get(job, "")
        condition, note = condition_of(src, told, refused, state, self._goes_on)
        extension = text(told, "extension", 120) or text(told, "file_ext", 120)
        ending = "" if condition == Condition.PENDING else extension  # while a job runs it may still change
        return GalaxyFile(
            id=identifier,
            path=self.places.place((src, identifier), [*parts, *element], ending),
            name=text(told, "name", LABEL) or [*parts, *element][-1],
            uuid=text(told, "uuid", 64),
            src=src,
            state=text(told, "state", 40),
            condition=condition,
            note=cut(note, MESSAGE),
            extension=extension,
            size=number(told, "file_size", least=0),
            hashes=hashes_of(told),
            url=self._address("datasets", identifier, "details") if src == "hda" else "",
            content_url=self._address("api", "datasets", identifier, "display") if src == "hda" else "",
            job=job,
            history_id=text(told, "history_id", 64),
            element="/".join(element),
        )

    def _page_of_history(self, told: Json) -> str:
        """A collection has no page of its own that everybody may open: the history that it stands in has."""
        history = text(told, "history_id", 64)
        return cut(f"{self._base}/histories/view?id={quote(history, safe='')}", URL) if history else ""

    def _address(self, *parts: str) -> str:
        return cut("/".join([self._base, *(quote(part, safe="") for part in parts)]), URL)


def _parts(reference: DataReference) -> list[str]:
    """Where the dataset stands: an input without a label below its place, an unlabelled output below its step."""
    if reference.role == DataType.INPUT:
        nameless = reference.label.startswith("Input ") and reference.step.isdecimal()
        is_place = nameless and reference.label == f"Input {int(reference.step) + 1}"
        return ["inputs", reference.step if is_place else reference.label]
    if reference.is_labelled:
        return ["outputs", reference.label]
    return ["steps", reference.step, reference.label.rpartition(": ")[2]]


def _step_of(reference: DataReference) -> str:
    return reference.step if reference.role == DataType.OUTPUT else ""


def _record(name: str, told: Json, files: tuple[GalaxyFile, ...], kind: str) -> DatasetRecord:
    kept = tuple(file_record(file, kind) for file in files if file.condition not in _NO_FILE)
    unique = {one.path: one for one in kept}
    return DatasetRecord(
        name=cut(name, NAME),
        description=text(told, "annotation"),
        dataset_type=kind,
        files=tuple(unique.values()),
    )


def file_record(file: GalaxyFile, kind: str) -> FileRecord:
    """The file as the registry records it before its content is fetched: known, and where it is to be had."""
    name = file.element.rpartition("/")[2] if kind == "collection" else file.name
    return FileRecord(
        name=file_name(name, file.extension),
        path=file.path,
        uri=file.content_url,
        format=file.extension[:60],
        mime_type=mime_type_of(file.extension),
        size=file.size if file.is_readable else None,
        sha256=file.hashes.get("SHA-256", ""),
        md5sum=file.hashes.get("MD5", ""),
        status=FileStatus.ERROR if file.condition == Condition.FAILED else FileStatus.OFFLINE,
        error="" if file.is_readable else file.note,
    )
