"""The metadata document in pieces is the document in one piece."""

from datetime import UTC, datetime

import orjson
from hypothesis import given
from hypothesis import strategies as st

from rocrate_export.graph import Graph
from rocrate_export.vocabulary import CONTEXT
from rocrate_export.writing import document_of

VALUES = st.recursive(st.text() | st.booleans() | st.integers(-(2**53), 2**53), st.lists, max_leaves=8)
ENTITIES = st.lists(st.dictionaries(st.text(), VALUES), min_size=1, max_size=4)


@given(ENTITIES)
def test_a_document_is_written_as_it_would_be_in_one_piece(entities: list[dict]) -> None:
    whole = orjson.dumps({"@context": CONTEXT, "@graph": entities}, option=orjson.OPT_INDENT_2)
    assert document_of(CONTEXT, iter(entities)) == whole


def test_a_graph_forgets_what_it_has_given_out() -> None:
    graph = Graph()
    for number in range(3):
        graph.add(
            f"#{number}",
            "Thing",
            name=str(number),
            unknown=None,
            empty="",
            dated=datetime(2026, 1, 1, tzinfo=UTC),
        )
    before = list(graph.entities())
    assert list(graph.drained()) == before
    assert [one["@id"] for one in before] == ["#0", "#1", "#2"]
    assert set(before[0]) == {"@id", "@type", "name", "dated"}
    assert list(graph.entities()) == []


def test_a_promised_entity_is_written_with_what_was_linked_from_it() -> None:
    graph, told = Graph(), []

    def tell(identifier: str, name: str) -> dict:
        told.append(name)
        return {"@id": identifier, "@type": "File", "name": name, "about": {"@id": "#a"}, "md5": ""}

    file = graph.promise("x.txt", tell, "x")
    graph.link(file, "about", {"@id": "#a"})
    graph.link(file, "about", {"@id": "#b"})
    graph.link(file, "isPartOf", {"@id": "#c"})
    graph.link(file, "isPartOf", {"@id": "#c"})
    assert not told
    linked = {"about": [{"@id": "#a"}, {"@id": "#b"}], "isPartOf": {"@id": "#c"}}
    (known,) = graph.drained()
    assert {name: value for name, value in known.items() if value} == {
        "@id": "x.txt", "@type": "File", "name": "x", **linked,
    }  # fmt: skip
