"""A page of lineage: what the API tells, for the graph and as a list by distance that needs none."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from web.deeds import do
from web.lineage.contents import contents_of
from web.lineage.distances import Distance, by_distance
from web.lineage.namesakes import tell_namesakes
from web.requests import SignedInRequest
from web.templatetags.runs import ENGINE_NAMES

DIRECTIONS = {"both": "Both ways", "up": "What it was made from", "down": "What was made from it"}
LIMITS = (60, 200, 500)
DOORS = {"run": "run-lineage", "dataset": "dataset-lineage", "datafile": "datafile-lineage"}
NOBODY = UUID(int=0)  # stands in an address for the id that the browser puts there


def lineage_page(request: SignedInRequest, kind: str, key: UUID) -> HttpResponse:
    """The lineage around a start, the nearest first; 404 where the start may not be seen."""
    direction = request.GET.get("direction", "")
    direction = direction if direction in DIRECTIONS else "both"
    limit = _limit(request.GET.get("limit", ""))
    query = urlencode({"direction": direction, "limit": limit})
    address = f"{reverse(DOORS[kind], args=[key])}?{query}"
    told = do(request, "GET", address).data
    tell_namesakes(told)
    contents, more_contents = contents_of(told)
    context = {
        "room": "runs" if kind == "run" else "data",
        "kind": kind,
        "told": told,
        "start": told["start"],
        "address": address,
        "direction": direction,
        "directions": DIRECTIONS.items(),
        "next_limit": _next_limit(limit, told),
        "sides": _sides(told, direction),
        "counts": _counts(told),
        "contents": contents,
        "more_contents": more_contents,
        "named": {**_addresses(), **{f"engine_{key}": name for key, name in ENGINE_NAMES.items()}},
        "beyond": _beyond_start(told),
        "cli": _command(told["start"], kind, direction),
    }
    return render(request, "web/lineage/lineage.html", context)


def _limit(wanted: str) -> int:
    return int(wanted) if wanted in map(str, LIMITS) else LIMITS[0]


def _next_limit(limit: int, told: dict[str, Any]) -> int | None:
    """A longer page, where there is more and one may be had."""
    return None if told["is_whole"] else next((one for one in LIMITS if one > limit), None)


def _sides(told: dict[str, Any], direction: str) -> list[tuple[str, str, list[Distance]]]:
    wanted = ("up", "down") if direction == "both" else (direction,)
    return [(one, DIRECTIONS[one], by_distance(told, one)) for one in wanted]


def _beyond_start(told: dict[str, Any]) -> dict[str, int]:
    """What of the start itself is not on the page, by direction."""
    start = next(node for node in told["nodes"] if node["id"] == told["start"]["id"])
    return {side: start[f"more_{side}"] or 0 for side in ("up", "down")}


def _counts(told: dict[str, Any]) -> dict[str, int]:
    kinds = [node["kind"] for node in told["nodes"]]
    hidden = (told["hidden_up"] or 0) + (told["hidden_down"] or 0)
    runs, datasets = kinds.count("run"), kinds.count("dataset")
    return {"runs": runs, "datasets": datasets, "others": len(kinds) - 1, "hidden": hidden}


def _addresses() -> dict[str, str]:
    """Where nodes of a graph lead; the browser puts their ids into them."""
    pages = {"page_run": "web:run", "page_dataset": "web:dataset", "page_datafile": "web:file"}
    pages |= {
        f"lineage_{kind}": f"web:{name}-lineage" for kind, name in (("run", "run"), ("dataset", "dataset"))
    }
    pages["lineage_datafile"] = "web:file-lineage"
    pages |= {f"api_{kind}": door for kind, door in DOORS.items()}
    places = {name: reverse(route, args=[NOBODY]) for name, route in pages.items()}
    return {**places, "files": reverse("datafile-list")}


def _command(start: dict[str, Any], kind: str, direction: str) -> str:
    """The same on the command line, which follows contents alone."""
    if kind != "datafile" or not start["sha256"] or direction == "both":
        return ""
    return f"whence {start['sha256']}{' --down' if direction == 'down' else ''}"
