"""Zip archives for pages: of too much for a request, the page says what to do instead."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect

from rocrate_export.zips_of_files import MOST_FILES, TooMuch, Wanted, must_not_be_too_many, zip_answer
from web.requests import SignedInRequest

__all__ = ["MOST_FILES", "Wanted", "must_not_be_too_many", "wanted_of", "zipped_or_sent_back"]


def wanted_of(files: QuerySet, folder: str) -> list[Wanted]:
    """The files of a queryset in one folder; TooMuch for too many."""
    found = list(files.order_by("dataset_id", "position", "id")[: MOST_FILES + 1])
    must_not_be_too_many(found)
    return [Wanted(folder, file) for file in found]


def zipped_or_sent_back(
    request: SignedInRequest, wanted: Callable[[], list[Wanted]], name: str, page: tuple[Any, ...]
) -> HttpResponse:
    """The archive; where it is too much for a request, back to the page that says what to do instead."""
    try:
        return zip_answer(request, wanted(), name)
    except TooMuch as problem:
        messages.error(request, str(problem))
        return redirect(*page)
