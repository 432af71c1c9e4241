"""The list of a room as its page shows it."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from web.lists.paging import page_for
from web.lists.query import ListQuery


def listed(query: ListQuery, rows: QuerySet[Any], form: forms.Form) -> dict[str, Any]:
    """The context: the page of those of ``rows`` that are asked for, by what, and the same for programs."""
    return {
        "form": form,
        "others": query.beyond(form.fields),
        "ordering": query.data.get("ordering", ""),
        "is_narrowed": bool(query.conditions),
        "page": page_for(query.request, query.order().apply(query.of_these(rows))),
        "call": query.call,
        "cli": query.cli,
    }
