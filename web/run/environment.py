"""Where a run ran: what it says of its environment, and the tools, images and hosts of its steps and jobs."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, QuerySet

from web.lists.paging import Excerpt, first_of
from web.requests import SignedInRequest, text_asked
from workflows.models import WorkflowRun

MOST_FACTS = 2_000
DEEPEST = 8
MOST_ROWS = 100
MOST_VARIABLES = 200
JOBS_READ = 200  # for their variables
LONGEST_LINE = 500
PARTS = (  # what the parts of a line can be, and under which name they are facts; the first group names it itself
    (re.compile(r"(state|exit code) (\S+)"), ""),
    (re.compile(r"([A-Za-z][\w./+-]*(?: [A-Za-z][\w./+-]*)?) (v?\d[\w.+-]*(?: \([^()]*\))?)"), ""),
    (re.compile(r"()((?:Linux|macOS|Darwin|Windows)-\S+)"), "Platform"),
    (re.compile(r"()((?:with|without) containers)"), "Containers"),
)


def environment_of(run: WorkflowRun, request: SignedInRequest) -> dict[str, Any]:
    """What the tab shows."""
    said = run.run_environment
    search = text_asked(request, "q")
    facts = list(facts_of_line(said) if isinstance(said, str) else facts_of(said) if said else ())
    version = run.workflowversion
    return {
        "facts": [fact for fact in facts[:MOST_FACTS] if _matches(fact, search)],
        "facts_total": min(len(facts), MOST_FACTS),
        "facts_cut": len(facts) > MOST_FACTS,
        "is_line": isinstance(said, str),
        "text": _whole(said),
        "search": search,
        "engine": version,
        "tools": _distinct(run.steps.all(), "tool_name", "tool_id", "tool_version", "tool_url"),
        "images": _images(run),
        "hosts": _distinct(run.jobs.all(), "host"),
        "nodes": first_of(run.nodes.order_by("key", "id"), MOST_ROWS),
        "variables": _variables(run),
    }


def _whole(said: Any) -> str:
    """An environment as it was recorded."""
    if not said or isinstance(said, str):
        return said or ""
    return json.dumps(said, ensure_ascii=False, indent=2)


def facts_of(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """A nested value as names and plain values: ``compute_node.cpus``, 36."""
    inside: Any = ()
    if isinstance(value, dict):
        inside = ((f"{name}.{key}" if name else str(key), one) for key, one in value.items())
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        inside = ((f"{name}[{place}]", one) for place, one in enumerate(value))
    if not inside or not value or depth >= DEEPEST:
        yield name or "value", ", ".join(map(str, value)) if isinstance(value, list) else value
        return
    for key, one in inside:
        yield from facts_of(one, key, depth + 1)


def facts_of_line(line: str) -> list[tuple[str, Any]]:
    """``Snakemake 9.27.1, Python 3.11.7`` as names and values; nothing unless each of several parts is known."""
    parts = line.split(", ") if len(line) <= LONGEST_LINE else []
    facts = [fact for part in parts if (fact := _fact_of(part))]
    return facts if len(facts) == len(parts) > 1 else []


def _fact_of(part: str) -> tuple[str, str] | None:
    for pattern, name in PARTS:
        if found := pattern.fullmatch(part):
            said = name or found[1]
            return said[:1].upper() + said[1:] if found[1] in ("state", "exit code") else said, found[2]
    return None


def _matches(fact: tuple[str, Any], search: str) -> bool:
    return not search or search.casefold() in f"{fact[0]} {fact[1]}".casefold()


def _distinct(rows: QuerySet, name: str, *others: str) -> Excerpt:
    """The values that are there, and how many steps or jobs have each."""
    named = rows.order_by().exclude(**{name: "", **({others[0]: ""} if others else {})})
    found = named.values(name, *others).annotate(times=Count("pk")).order_by(name, *others)
    first = list(found[: MOST_ROWS + 1])
    return Excerpt(first[:MOST_ROWS], 1 if len(first) > MOST_ROWS else 0)


def _images(run: WorkflowRun) -> list[dict[str, Any]]:
    """The container images of steps and of jobs."""
    images: dict[str, dict[str, Any]] = {}
    parts: list[tuple[str, QuerySet]] = [("steps", run.steps.all()), ("jobs", run.jobs.all())]
    for what, rows in parts:
        for found in _distinct(rows, "container_image").rows:
            name = found["container_image"]
            one = images.setdefault(name, {"name": name, "steps": 0, "jobs": 0})
            one[what] = found["times"]
    return [images[name] for name in sorted(images)][:MOST_ROWS]


def _variables(run: WorkflowRun) -> list[tuple[str, str, int]]:
    """Variables of the first jobs: name, value, and how many of these jobs had it so."""
    told = run.jobs.exclude(environment={}).order_by("id").values_list("environment", flat=True)[:JOBS_READ]
    counts: dict[tuple[str, str], int] = {}
    for environment in told:
        for name, value in environment.items() if isinstance(environment, dict) else ():
            said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            counts[name, said] = counts.get((name, said), 0) + 1
    return [(name, value, times) for (name, value), times in sorted(counts.items())][:MOST_VARIABLES]
