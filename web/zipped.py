"""Zip archives for pages: of too much for a request, the page says what to do instead."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect

from data_management.records import FileStatus
from rocrate_export.zips_of_files import (
    LEFT_OUT,
    MOST_FILES,
    TooMuch,
    Wanted,
    must_not_be_too_many,
    zip_answer,
)
from web.requests import SignedInRequest

__all__ = [
    "MOST_FILES",
    "Downloads",
    "Wanted",
    "downloads_of",
    "must_not_be_too_many",
    "wanted_of",
    "zipped_or_sent_back",
]


@dataclass(frozen=True, slots=True)
class Downloads:
    """How many files there are, and of how many the registry holds the content."""

    total: int
    held: int

    @property
    def is_possible(self) -> bool:
        """Whether an archive of them has anything in it, and can be had at once."""
        return self.held > 0 and self.total <= MOST_FILES

    @property
    def note(self) -> str:
        """What one should know before; empty where all of them can be had."""
        if not self.held:
            return "Nothing can be downloaded: the registry does not hold the content of any of these files."
        if self.total > MOST_FILES:
            return (
                f"One download takes at most {MOST_FILES:,} files, and these are {self.total:,}. "
                "Narrow the list, or use the RO-Crate of the run or the command line."
            )
        if self.held < self.total:
            known = f"{self.held:,} of {self.total:,} files can be downloaded"
            return f"{known}. The archive lists the others in {LEFT_OUT}."
        return ""


def downloads_of(files: QuerySet, prefix: str = "") -> Downloads:
    """Counted in one query; ``prefix`` leads from a row to its file."""
    is_held = Q(**{f"{prefix}status": FileStatus.ONLINE, f"{prefix}size__isnull": False})
    is_held &= ~Q(**{f"{prefix}storage_key": ""})
    rows = files.order_by().aggregate(total=Count(f"{prefix}id"), held=Count(f"{prefix}id", filter=is_held))
    return Downloads(**rows)


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
