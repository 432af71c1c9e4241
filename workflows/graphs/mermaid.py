"""A graph as a flowchart of Mermaid (https://mermaid.js.org/syntax/flowchart.html), as many wikis draw it."""

from workflows.graphs.values import Graph, GraphNode

# What Mermaid draws unless it is configured otherwise.
MOST_EDGES = 500
MOST_CHARACTERS = 50_000
LONGEST_NAME = 200
SHAPES = {"step": ("[", "]"), "job": ("[", "]"), "file": ("([", "])"), "parameter": ("{{", "}}")}
COLOURS = {
    "SUCCESS": "fill:#d9f2df,stroke:#2f8f4e",
    "FAILED": "fill:#fbd9d7,stroke:#b3261e",
    "CANCELLED": "fill:#ece4d8,stroke:#8a6d3b",
    "RUNNING": "fill:#d8e8fb,stroke:#1f6feb",
    "PAUSED": "fill:#f6ecd0,stroke:#8a6d3b",
}


def to_mermaid(graph: Graph) -> str:
    """The text. Nodes are called n1, n2, …: a name stands only inside quotes, and in codes."""
    names = {node.id: f"n{place}" for place, node in enumerate(graph.nodes, 1)}
    statuses = sorted({node.status for node in graph.nodes} & COLOURS.keys())
    lines = [
        "flowchart LR",
        *(f"  {names[node.id]}{_shape(node)}" for node in graph.nodes),
        *(f"  {names[edge.start]} --> {names[edge.end]}" for edge in graph.edges),
        *(f"  classDef {status} {COLOURS[status]}" for status in statuses),
    ]
    return "\n".join(lines) + "\n"


def _shape(node: GraphNode) -> str:
    before, after = SHAPES[node.kind]
    colour = f":::{node.status}" if node.status in COLOURS else ""
    return f'{before}"{coded(node.name or node.id)}"{after}{colour}'


def coded(text: str) -> str:
    """A text of which nothing is taken for syntax, Markdown or HTML.

    All but letters, digits and spaces become codes (``#45;``), which Mermaid shows as the characters that they are.
    """
    cut = text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"
    return "".join(_code(one) for one in cut)


def _code(one: str) -> str:
    if one.isalnum() or one == " ":
        return one
    return " " if one < " " or "\x7f" <= one < "\xa0" else f"#{ord(one)};"
