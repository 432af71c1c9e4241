"""What people do with work that is under way, or has failed."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages

from common.errors import RegistryError
from web.requests import SignedInRequest


def do_as_asked(
    request: SignedInRequest, work: Any, deeds: Mapping[str, Callable[..., Any]], *, may_edit: bool
) -> None:
    """Do what the form asks for, if the user may; the page says what stands against it."""
    deed = deeds.get(request.POST.get("deed", ""))
    if deed and may_edit:
        try:
            deed(wanted=work)
        except RegistryError as problem:
            messages.error(request, problem.message)
