"""What a text names exactly: an id, a checksum, an id at a source, the address of a run on another server."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from common.identifiers import uuid_of
from data_management.models import DataFile, Dataset, DatasetCollection
from run_import.models import ImportedRun, RunServer
from run_import.recognising import Found, recognise
from run_import.sources import source_named
from run_sources.errors import AddressRefused
from web.lists.files import checksum_column
from web.lists.in_time import Patience, TookTooLong
from web.requests import SignedInRequest
from web.search.hits import Hit, hit_of
from workflows.models import Workflow, WorkflowFile, WorkflowRun, WorkflowVersion
from workflows.records import Engine

LONGEST = 80  # milliseconds for all of it
MOST, MOST_THERE = 5, 50
HAVE_IDS: dict[Any, str] = {
    WorkflowRun: "workflowversion__workflow",
    Workflow: "",
    WorkflowVersion: "workflow",
    WorkflowFile: "workflowversion__workflow",
    Dataset: "",
    DatasetCollection: "",
    DataFile: "dataset",
}  # with what a line shows of others
FOREIGN = "ro-crate"
CHECKSUMS = {"sha256": "SHA-256", "md5sum": "MD5"}


@dataclass(frozen=True, slots=True)
class Exact:
    """The records that a text names, and what else can be done with such a text."""

    hits: list[Hit]
    offers: list[Hit]

    def __bool__(self) -> bool:
        return bool(self.hits or self.offers)


def exact_for(request: SignedInRequest, text: str, patience: Patience) -> Exact:
    """What ``text`` names among what the user may see; what takes too long is as if it were not there."""
    share, there = patience.at_most(LONGEST), _there(text)
    try:
        hits = share.ask(lambda: list(dict.fromkeys(_named(request.user, text, there))))
    except TookTooLong:
        return Exact([], list(_about_content(text)))
    offers = [*_about_content(text), *([] if hits or not there else [_import(text, there)])]
    return Exact(hits, offers)


def _there(text: str) -> Found | None:
    """What the address of a run on another server names; None for what no source understands."""
    if not ("://" in text or text.startswith("arn:")) or any(letter.isspace() for letter in text):
        return None
    try:
        return recognise(text)
    except AddressRefused:
        return None


def _named(user: Any, text: str, there: Found | None) -> Iterator[Hit]:
    if key := uuid_of(text):
        for model, related in HAVE_IDS.items():
            rows = model.objects.visible_to(user).filter(pk=key)
            yield from map(hit_of, rows.select_related(*filter(None, [related])))
    if checksum_column(text) == "sha256":
        scripts = WorkflowFile.objects.visible_to(user).filter(sha256=text.lower())
        yield from map(hit_of, scripts.select_related("workflowversion__workflow").order_by("-id")[:MOST])
    for named in _runs_there(text, there):
        runs = WorkflowRun.objects.visible_to(user).filter(named).select_related("workflowversion__workflow")
        yield from map(hit_of, runs.order_by("-id")[:MOST])


def _runs_there(text: str, there: Found | None) -> Iterator[Q]:
    """The runs that have this id, or this address, at the source that they are from: through the indexes of both."""
    if any(letter.isspace() for letter in text):
        return
    external_id = there[1].external_id if there else text
    named = Q(external_id=external_id) | Q(uuid=external_id)
    imported = ImportedRun.objects.filter(named, server__in=_servers(there))
    yield Q(pk__in=list(imported.values_list("workflowrun", flat=True)[:MOST_THERE]))
    if not there:
        sources = [one.value.lower() for one in Engine] + [*settings.RUN_SOURCES, FOREIGN]
        yield Q(source__in=sources, external_id=text)


def _servers(there: Found | None) -> list[Any]:
    """Those that an address may be of, by its host; all of them for an id."""
    host = _host(there[1].base) if there else ""
    known = RunServer.objects.values_list("pk", "url")
    return [key for key, url in known if not host or _host(url) == host]


def _about_content(text: str) -> Iterator[Hit]:
    if column := checksum_column(text):
        address = f"{reverse('web:whence')}?{urlencode({'checksum': text.lower()})}"
        about = "The runs that made and used this content"
        yield Hit("Where is this file from?", address, CHECKSUMS[column], about=about)


def _import(text: str, there: Found) -> Hit:
    name, address = there
    about = f"{address.external_id} on {_host(address.base) or address.base}: not imported yet"
    page = f"{reverse('web:import')}?{urlencode({'url': text})}"
    return Hit("Import it", page, source_named(name).title, about=about)


def _host(text: str) -> str:
    try:
        return urlsplit(text).netloc.lower()
    except ValueError:
        return ""
