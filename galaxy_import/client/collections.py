"""A collection with all its elements: page by page, and what is nested in it."""

from collections.abc import Iterator

from galaxy_import.answers import CollectionAnswer, Json
from galaxy_import.client.reading import get_object, path_to, rows
from galaxy_import.client.session import Session
from run_sources.errors import AnswerNotUnderstood, SourceUnavailable

DEEPEST = 10  # collections in collections


def read_collection(session: Session, collection_id: str) -> CollectionAnswer:
    """The collection (hdca) of this id."""
    shown = get_object(session, path_to("dataset_collections", collection_id, view="collection"))
    if ":" in str(shown.get("collection_type") or ""):
        shown = _with_all_elements(session, collection_id, shown)
    return _read(session, collection_id, shown, 0)


def elements_of(collection: CollectionAnswer) -> Iterator[Json]:
    """Every element that is a dataset, however deep: its ``object``, with at least an id."""
    for element in collection.elements:
        thing = element.get("object")
        if (
            element.get("element_type") != "dataset_collection"
            and isinstance(thing, dict)
            and thing.get("id")
        ):
            yield thing
    for nested in collection.nested.values():
        yield from elements_of(nested)


def _with_all_elements(session: Session, collection_id: str, shown: Json) -> Json:
    """A nested collection in one answer, instead of one for each that is in it; as it was if that is too much."""
    try:
        return get_object(session, path_to("dataset_collections", collection_id, view="element"))
    except (SourceUnavailable, AnswerNotUnderstood):
        return shown


def _read(session: Session, hdca: str, shown: Json, depth: int) -> CollectionAnswer:
    elements = _elements(session, hdca, shown, depth)
    inner = (each.get("object") for each in elements if each.get("element_type") == "dataset_collection")
    if depth >= DEEPEST:
        raise AnswerNotUnderstood(f"{session.base}: a collection is nested deeper than {DEEPEST} times.")
    nested = {
        str(each["id"]): _read(session, hdca, each, depth + 1)
        for each in inner
        if isinstance(each, dict) and each.get("id")
    }
    told = {name: value for name, value in shown.items() if name != "elements"}
    return CollectionAnswer(told, tuple(elements), nested)


def _elements(session: Session, hdca: str, shown: Json, depth: int) -> list[Json]:
    """Those that were told already, if that is all of them; else page by page.

    The pages are named by the collection itself, which is another thing than its place in a history (hdca).
    """
    told, count = shown.get("elements"), shown.get("element_count")
    if isinstance(told, list) and told and (count is None or len(told) == count):
        return [each for each in told if isinstance(each, dict)]
    parent = shown.get("id") if depth else shown.get("collection_id")
    if not parent or count == 0:
        return []
    return list(rows(session, "dataset_collections", hdca, "contents", str(parent)))
