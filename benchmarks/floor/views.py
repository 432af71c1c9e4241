"""The addresses of the floor: plain functions, see the package's docstring for what they leave out."""

from typing import Any
from uuid import UUID

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from benchmarks.floor import reading, registering


def runs(request: HttpRequest) -> HttpResponse:
    """A page of the list."""
    person = reading.who_asks(request.META.get("HTTP_AUTHORIZATION", ""))
    if person is None:
        return HttpResponse(status=401)
    return _json(reading.page_of_runs(person, request.GET.dict()))


def run(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One run."""
    person = reading.who_asks(request.META.get("HTTP_AUTHORIZATION", ""))
    if person is None:
        return HttpResponse(status=401)
    body = reading.one_run(person, pk)
    return HttpResponse(status=404) if body is None else _json(body)


def unchanged(request: HttpRequest) -> HttpResponse:
    """A 304 to whoever signs in: what an unchanged answer costs if nobody has to look whether it is."""
    person = reading.who_asks(request.META.get("HTTP_AUTHORIZATION", ""))
    return HttpResponse(status=401 if person is None else 304)


@csrf_exempt
def register(request: HttpRequest) -> HttpResponse:
    """A registration."""
    person = reading.who_asks(request.META.get("HTTP_AUTHORIZATION", ""))
    if person is None:
        return HttpResponse(status=401)
    return _json(registering.register(person["user"], orjson.loads(request.body)), status=201)


def _json(body: bytes, **options: Any) -> HttpResponse:
    return HttpResponse(body, content_type="application/json", **options)
