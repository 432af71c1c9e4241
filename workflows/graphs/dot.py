"""A graph in the DOT language of Graphviz (https://graphviz.org/doc/info/lang.html)."""

from workflows.graphs.values import Graph, GraphNode

SHAPES = {"step": "box", "job": "box", "file": "note", "parameter": "hexagon"}
COLOURS = {
    "SUCCESS": "#d9f2df",
    "FAILED": "#fbd9d7",
    "CANCELLED": "#ece4d8",
    "RUNNING": "#d8e8fb",
    "PENDING": "#eef0f2",
    "PAUSED": "#f6ecd0",
    "SKIPPED": "#eef0f2",
    "UNKNOWN": "#f7f7f7",
}


def to_dot(graph: Graph) -> str:
    """The text; every name in it is quoted, whatever it holds."""
    lines = [
        "digraph run {",
        f"  label={quoted(graph.name)}",
        "  rankdir=LR",
        '  node [style="filled", fillcolor="white", fontname="sans-serif"]',
        *(f"  {_node(node)}" for node in graph.nodes),
        *(
            f"  {quoted(edge.start)} -> {quoted(edge.end)} [tooltip={quoted(', '.join(edge.through))}]"
            for edge in graph.edges
        ),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _node(node: GraphNode) -> str:
    attributes = {"label": node.name or node.id, "shape": SHAPES[node.kind]}
    if node.status:
        attributes |= {"tooltip": node.status, "fillcolor": COLOURS.get(node.status, "white")}
    told = ", ".join(f"{name}={quoted(value)}" for name, value in attributes.items())
    return f"{quoted(node.id)} [{told}]"


def quoted(text: str) -> str:
    r"""A text as a quoted string that is shown as it is.

    In it only ``\"`` is an escape of the language; but labels know escapes of their own (``\n``, ``\N``), which a
    double backslash takes the meaning of, and entities (``&amp;``).
    """
    plain = "".join(" " if one < " " or one == "\x7f" else one for one in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") + '"'
