"""Graphs as text: whatever a name holds, it is a name and nothing else. No database is needed."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.graphs.dot import to_dot
from workflows.graphs.mermaid import LONGEST_NAME, to_mermaid
from workflows.graphs.values import Graph, GraphEdge, GraphKind, GraphNode

HOSTILE = [
    'a"b',
    "a\\",
    'a\\"',
    'x"];evil->n1;n2["',
    "%%{init: {'theme':'x'}}%%",
    "end",
    "<script>alert(1)</script>",
    "&lt;b&gt;",
    "`**bold**`",
    "1. list",
    "a\nb\r\tc",
    "\\N \\G \\l",
    "a]]b}}c))",
    "click n1 href x",
    "style x:#fff;",
    "é ß 日本 🧬",
    "",
]
names = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
statuses = st.sampled_from(["SUCCESS", "FAILED", "UNKNOWN", ""])
kinds = st.sampled_from(["step", "job", "file", "parameter"])


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Some nodes with any names, and edges between them."""
    count = draw(st.integers(0, 5))
    nodes = tuple(
        GraphNode(draw(names) + f"#{place}", draw(kinds), draw(names), draw(statuses))
        for place in range(count)
    )
    pairs = [(one.id, other.id) for one in nodes for other in nodes]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=6)) if pairs else []
    edges = tuple(GraphEdge(start, end, ("after",)) for start, end in chosen)
    return Graph(draw(names), GraphKind.JOBS, nodes, edges)


# --- the DOT language: https://graphviz.org/doc/info/lang.html ------------------------------------------------

QUOTED = r'"(?:[^"\\]|\\.)*"'
ATTRIBUTES = rf"\[\w+={QUOTED}(?:, \w+={QUOTED})*\]"
DOT_LINE = re.compile(
    rf"  (?:(?P<graph>label)=(?P<name>{QUOTED})|rankdir=LR|node {ATTRIBUTES}"
    rf"|(?P<start>{QUOTED}) -> (?P<end>{QUOTED}) {ATTRIBUTES}"
    rf"|(?P<node>{QUOTED}) \[label=(?P<label>{QUOTED})(?:, \w+={QUOTED})+\])"
)


def plain(text: str) -> str:
    """A name without what no drawing shows."""
    return "".join(" " if one < " " or one == "\x7f" else one for one in text)


def dot_text(quoted: str) -> str:
    """What Graphviz shows of a quoted string."""
    return html.unescape(
        quoted[1:-1].replace("&amp;", "\0").replace('\\"', '"').replace("\\\\", "\\")
    ).replace("\0", "&")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(graphs())
def test_dot_says_what_the_graph_says_and_nothing_else(graph: Graph) -> None:
    first, *lines, last, end = to_dot(graph).split("\n")
    assert (first, last, end) == ("digraph run {", "}", "")
    found = [DOT_LINE.fullmatch(line) for line in lines]
    assert all(found), lines
    told = [one.groupdict() for one in found if one]
    assert [dot_text(one["name"]) for one in told if one["graph"]] == [plain(graph.name)]
    assert [dot_text(one["label"]) for one in told if one["node"]] == [
        plain(n.name or n.id) for n in graph.nodes
    ]
    arrows = [(dot_text(one["start"]), dot_text(one["end"])) for one in told if one["start"]]
    assert arrows == [(plain(edge.start), plain(edge.end)) for edge in graph.edges]


# --- Mermaid: https://mermaid.js.org/syntax/flowchart.html ----------------------------------------------------

LABEL = r'"(?P<label>(?:[^\W_]|[ ]|#\d+;)*)"'
MERMAID_LINE = re.compile(
    rf"  (?:(?P<node>n\d+)(?:\[{LABEL}\]|\(\[{LABEL.replace('label', 'second')}\]\)"
    rf"|\{{\{{{LABEL.replace('label', 'third')}\}}\}})(?::::[A-Z]+)?"
    r"|(?P<start>n\d+) --> (?P<end>n\d+)|classDef [A-Z]+ fill:#\w+,stroke:#\w+)"
)


def mermaid_text(match: "re.Match[str]") -> str:
    label = match["label"] or match["second"] or match["third"] or ""
    return re.sub(r"#(\d+);", lambda code: chr(int(code[1])), label)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(graphs())
def test_mermaid_says_what_the_graph_says_and_nothing_else(graph: Graph) -> None:
    first, *lines, end = to_mermaid(graph).split("\n")
    assert (first, end) == ("flowchart LR", "")
    found = [MERMAID_LINE.fullmatch(line) for line in lines]
    assert all(found), lines
    nodes = {one["node"]: mermaid_text(one) for one in found if one and one["node"]}
    shown = [node.name or node.id for node in graph.nodes]
    assert list(nodes.values()) == [re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", name) for name in shown]
    places = {node.id: f"n{place}" for place, node in enumerate(graph.nodes, 1)}
    arrows = [(one["start"], one["end"]) for one in found if one and one["start"]]
    assert arrows == [(places[edge.start], places[edge.end]) for edge in graph.edges]


@pytest.mark.parametrize("name", HOSTILE[:-1])
def test_no_sign_of_syntax_comes_from_a_name(name: str) -> None:
    text = to_mermaid(Graph("", GraphKind.JOBS, (GraphNode("1", "job", name),), ()))
    assert text.count('"') == 2
    assert not set("<>`%{}()\\") & set(text)


def test_a_long_name_is_cut_where_it_is_drawn() -> None:
    text = to_mermaid(Graph("", GraphKind.JOBS, (GraphNode("1", "job", "x" * 999),), ()))
    assert text.count("x") == LONGEST_NAME - 1
