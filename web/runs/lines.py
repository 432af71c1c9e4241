"""The lines of the table of runs, and its headings, written here: a template takes ten times as long for each cell."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from html import escape
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from web.lists.query import ListQuery
from web.runs.columns import Column
from web.templatetags.runs import NAMELESS, NOTHING, elapsed, engine_name, status_badge, when
from workflows.models import WorkflowRun

SHORTENED = 200
NIL = UUID(int=0)
Cell = Callable[[WorkflowRun], str]  # HTML; what people wrote is escaped


def lines_of(runs: Iterable[WorkflowRun], columns: list[Column], *, is_trash: bool) -> SafeString:
    """A line of the table for each run; what is in the trash has no link."""
    cells = [_name_in_trash if one.key == "name" and is_trash else CELLS[one.key] for one in columns]
    return SafeString("\n".join([_line(run, cells) for run in runs]))


def headings_of(request: HttpRequest, query: ListQuery, columns: list[Column]) -> SafeString:
    """The heading of each column; where it sorts, the second choice turns the order round."""
    left = request.GET.copy()
    left.pop("page", None)
    left["ordering"] = ""
    return format_html_join("", "{}", ((_heading(column, query.ordering, left),) for column in columns))


def _heading(column: Column, ordering: str, address: Any) -> SafeString:
    kind = SafeString(' class="number"' if column.is_number else "")
    if not column.ordering:
        return format_html('<th scope="col"{}>{}</th>', kind, column.label)
    is_up, is_down = ordering == column.ordering, ordering == column.descending
    turns_down = is_up or (column.from_greatest and not is_down)
    address["ordering"] = column.descending if turns_down else column.ordering
    sort = ' aria-sort="ascending"' if is_up else ' aria-sort="descending"' if is_down else ""
    arrow = "↑" if is_up else "↓" if is_down else ""
    mark = format_html('<span aria-hidden="true"> {}</span>', arrow) if arrow else ""
    where = f"?{address.urlencode()}"
    return format_html(
        '<th scope="col"{}{}><a href="{}">{}{}</a></th>', kind, SafeString(sort), where, column.label, mark
    )


def _line(run: WorkflowRun, cells: list[Cell]) -> str:
    return (
        f'<tr data-run tabindex="-1"><td class="select"><input type="checkbox" name="run" value="{run.pk}"'
        f' aria-label="Select {escape(run.name or "a run without a name")}"></td>'
        f"{''.join([cell(run) for cell in cells])}</tr>"
    )


def _name(run: WorkflowRun) -> str:
    name, address = escape(run.name), _address("web:run", run.pk)
    return f'<th scope="row" class="title"><a href="{address}" title="{name}">{name or NAMELESS}</a></th>'


def _name_in_trash(run: WorkflowRun) -> str:
    name = escape(run.name)
    return f'<th scope="row" class="title"><span title="{name}">{name or NAMELESS}</span></th>'


def _status(run: WorkflowRun) -> str:
    return f'<td class="lead">{status_badge(run.status)}</td>'


def _workflow(run: WorkflowRun) -> str:
    version = run.workflowversion
    if version is None:
        return _cell("Workflow", "wide line")
    name = f'{escape(version.workflow.name)} <span class="muted">{escape(version.name)}</span>'
    link = f'<a class="calm" href="{_address("web:workflow", version.workflow_id)}">{name}</a>'
    return _cell("Workflow", "wide line", link)


def _engine(run: WorkflowRun) -> str:
    version = run.workflowversion
    return _cell(
        "Engine", "nowrap", escape(engine_name(version.workflow.workflow_manager)) if version else ""
    )


def _time(label: str, moment: datetime | None, kind: str = "nowrap named") -> str:
    return _cell(label, kind, when(moment) if moment else "")


def _duration(run: WorkflowRun) -> str:
    took = elapsed(run)
    return _cell("Duration", "number nowrap", "" if took == NOTHING else took)


def _number(label: str, number: int) -> str:
    kinds = "number named" if number else "number named none"
    return f'<td data-label="{label}" class="{kinds}">{number:,}</td>'


def _whose(label: str, name: str) -> str:
    said, kinds = escape(name), "whose" if name else "whose none"
    return f'<td data-label="{label}" title="{said}" class="{kinds}">{said or NOTHING}</td>'


def _cell(label: str, kind: str, said: str = "") -> str:
    """A cell with what is HTML already; a dash where there is nothing to say."""
    kinds = kind if said else f"{kind} none"
    return f'<td data-label="{label}" class="{kinds}">{said or NOTHING}</td>'


def _shortened(text: str) -> str:
    return text if len(text) <= SHORTENED else f"{text[: SHORTENED - 1].rstrip()}…"


def _address(route: str, key: UUID) -> str:
    """The address of a record; finding that of each route once is enough."""
    return _pattern(route).replace(str(NIL), str(key))


@cache
def _pattern(route: str) -> str:
    return reverse(route, args=[NIL])


CELLS: dict[str, Cell] = {
    "name": _name,
    "status": _status,
    "workflow": _workflow,
    "engine": _engine,
    "started_at": lambda run: _time("Started", run.started_at, "nowrap"),
    "completed_at": lambda run: _time("Ended", run.completed_at),
    "created": lambda run: _time("Registered", run.created),
    "modified": lambda run: _time("Changed", run.modified),
    "duration": _duration,
    "inputs": lambda run: _number("Inputs", run.inputs),  # type: ignore[attr-defined]
    "outputs": lambda run: _number("Outputs", run.outputs),  # type: ignore[attr-defined]
    "owner": lambda run: _whose("Owner", run.owner.full_name if run.owner else ""),
    "group": lambda run: _whose("Group", run.owned_by.name if run.owned_by else ""),
    "source": lambda run: _cell("Source", "nowrap named", escape(run.source)),
    "message": lambda run: _cell("Message", "wide line", escape(_shortened(run.message))),
    "public": lambda run: _cell("Public", "named", "yes" if run.public else ""),
    "id": lambda run: f'<td data-label="ID" class="line"><code>{run.pk}</code></td>',
}
