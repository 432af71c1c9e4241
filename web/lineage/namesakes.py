"""Data of one name: where a page shows several, each says of which run it is."""

from collections import defaultdict
from typing import Any

Node = dict[str, Any]


def tell_namesakes(told: dict[str, Any]) -> None:
    """Give data that other data of the page is called as well ``of``: the run, and what it was to it."""
    nodes = {node["id"]: node for node in told["nodes"]}
    byname: dict[str, list[Node]] = defaultdict(list)
    for node in told["nodes"]:
        if node["kind"] != "run":
            byname[node["name"]].append(node)
    runs = _runs(told, nodes)
    for namesakes in byname.values():
        for node in namesakes if len(namesakes) > 1 else ():
            if node["id"] in runs:
                node["of"] = runs[node["id"]]


def _runs(told: dict[str, Any], nodes: dict[str, Node]) -> dict[str, dict[str, Any]]:
    """The run that created each piece of data, else the first that used it."""
    found: dict[str, dict[str, Any]] = {}
    for edge in told["edges"]:
        if edge["kind"] == "used":
            found.setdefault(edge["source"], {"role": "input", "run": nodes[edge["target"]]})
    for edge in told["edges"]:
        if edge["kind"] == "made":
            found[edge["target"]] = {"role": "output", "run": nodes[edge["source"]]}
    return found
