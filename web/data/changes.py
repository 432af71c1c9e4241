"""What people change of datasets, collections and files: each through the API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from data_management.models import DataFile, Dataset, DatasetCollection
from web.data.forms import CollectionForm, DatasetForm, FileForm
from web.edited import about_form, patched
from web.records.kinds import rights_on
from web.requests import SignedInRequest

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of record: how people call it, and where the API and the pages have it."""

    noun: str
    model: Any
    form: type[forms.Form]
    api: str
    page: str
    parameter: str

    @property
    def address(self) -> str:
        """The list of them."""
        return reverse(f"{self.page}-list")


DATASET = Thing("dataset", Dataset, DatasetForm, "dataset", "web:dataset", "dataset_id")
COLLECTION = Thing(
    "collection",
    DatasetCollection,
    CollectionForm,
    "datasetcollection",
    "web:collection",
    "collection_id",
)
FILE = Thing("file", DataFile, FileForm, "datafile", "web:file", "file_id")


def editor(thing: Thing) -> View:
    """The view that changes a record's facts."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @login_required
    def edit(request: SignedInRequest, **parameters: UUID) -> HttpResponse:
        record = get_object_or_404(
            thing.model.objects.visible_to(request.user), pk=parameters[thing.parameter]
        )
        if not rights_on(record, request.user).edit:
            raise PermissionDenied
        form = thing.form(request.POST or None, initial=_facts(thing, record), label_suffix="")
        address, answer = reverse(f"{thing.api}-detail", args=[record.pk]), None
        if request.method == "POST" and form.is_valid():
            body = {name: form.cleaned_data[name] for name in form.changed_data}
            answer = patched(request, address, form, body)
            if answer is None or answer.is_done:
                said = f"{record} was changed." if answer else "Nothing was changed."
                messages.success(request, said)
                return redirect(thing.page, record.pk)
        context = {"thing": thing, "record": record, **about_form(request, address, form, answer)}
        return render(request, "web/data/edit.html", context)

    return edit


def _facts(thing: Thing, record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in thing.form.base_fields}


edit_dataset, edit_collection, edit_file = editor(DATASET), editor(COLLECTION), editor(FILE)
