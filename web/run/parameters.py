"""The parameters of a run, a page of them, beside what its workflow version declares."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from web.lists.paging import Page, page_for, page_number, page_size_for
from web.requests import SignedInRequest, text_asked
from web.templatetags.runs import as_text
from workflows.models import WorkflowRun
from workflows.template_views import checked_parameters
from workflows.templates import Checked, Standing

WORDS: dict[str, tuple[str, str]] = {  # in a word, and the status that has the same colour
    Standing.DEFAULT: ("Default", "offline"),
    Standing.MISSING: ("Missing", "failed"),
    Standing.OMITTED: ("Left out", "offline"),
    Standing.UNKNOWN: ("Not declared", "paused"),
    Standing.WRONG: ("Wrong", "failed"),
}
TOLD = (Standing.WRONG, Standing.MISSING, Standing.UNKNOWN)


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """A parameter as the page shows it; ``badge`` is the word for how it stands and its colour, None for given."""

    name: str
    value: Any
    value_type: str
    badge: tuple[str, str] | None = None
    remark: str = ""
    has_value: bool = True


def parameters_of(run: WorkflowRun, request: SignedInRequest) -> dict[str, Any]:
    """The page of the parameters whose name or value contains what the address asks for."""
    asked = text_asked(request, "parameter")
    version = run.workflowversion
    has_template = bool(version and version.parameter_template)
    page, counts = (
        _against_template(run, request, asked) if has_template else (_given(run, request, asked), {})
    )
    has_parameters = bool(page.rows or asked or page.number > 1)
    said = [(WORDS[one][0].lower(), counts[one]) for one in TOLD if counts.get(one)]
    return {"parameters": page, "asked": asked, "has_parameters": has_parameters, "standings": said}


def _given(run: WorkflowRun, request: SignedInRequest, asked: str) -> Page:
    rows = run.parameters.order_by("id")
    if asked:
        rows = rows.filter(Q(name__icontains=asked) | Q(value_key__icontains=asked))
    return page_for(request, rows)


def _against_template(
    run: WorkflowRun, request: SignedInRequest, asked: str
) -> tuple[Page, Counter[Standing]]:
    checked, _ = checked_parameters(run)
    rows = [row_of(one) for one in checked if not asked or _fits(one, asked.lower())]
    size, number = page_size_for(request), page_number(request.GET.get("page", ""))
    start = (number - 1) * size
    page = Page(rows[start : start + size], number, len(rows) > start + size, len(rows), True, size)
    return page, Counter(one.standing for one in checked)


def row_of(one: Checked) -> ParameterRow:
    """How a checked parameter is shown."""
    has_value = one.standing not in (Standing.MISSING, Standing.OMITTED)
    return ParameterRow(one.name, one.value, one.type, WORDS.get(one.standing), one.remark, has_value)


def _fits(one: Checked, asked: str) -> bool:
    return asked in one.name.lower() or asked in as_text(one.value).lower()
