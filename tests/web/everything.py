"""One of everything that pages show, full of one text, and the addresses of all pages about it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils import timezone

from accounts.models import ApiToken, Membership
from common.models import Annotation, AnnotationType, HistoryEvent, Note
from run_registration.models import DirectoryRegistration
from tests import factories
from tests.web.galaxy_rows import a_galaxy_import, a_server, galaxy_data
from tests.web.imported_rows import imported
from tests.web.rows import START
from web.models import SavedView
from web.urls import urlpatterns
from workflows.models import WorkflowRunJob

OTHERS = "/there/is/nothing/"


def a_world(user: Any, text: str, *, manager: bool = True, report: str = "") -> dict[str, Any]:
    """Rows of ``user`` in which everything that may be said is ``text``; returns ids by the names of parameters.

    ``report`` is what an HTML file holds, where that is to be something else.
    """
    _say_of_people(user, text, manager=manager)
    workflow = factories.a_workflow(user, text[:200], description=text)
    version = factories.a_version(workflow, name=text[:60], **_told_of_version(text))
    file = factories.a_workflow_file(version, content=text.encode())
    run, dataset = (
        _a_run(user, version, text),
        factories.a_dataset(user, text[:200], description=text, **_filed(text)),
    )
    datafile = factories.a_file(
        dataset, "page.html", f"<html>{report or text}</html>".encode(), format="text/html"
    )
    factories.a_file(dataset, "notes.md", text.encode())
    collection = factories.a_collection(user, dataset, name=text[:200], description=text)
    link = factories.a_link(run, dataset, "OUTPUT")
    for record in (run, workflow, version, dataset, collection):
        _remark(record, user, text)
    rows = {
        "run": run, "version": version, "workflow": workflow, "workflowfile": file, "dataset": dataset,
        "file": datafile, "datafile": datafile, "collection": collection, "datasetcollection": collection,
        "link": link, "job": run.jobs.first(), "step": run.steps.first(), "group": user.primary_group,
        "view": SavedView.objects.create(user=user, name=text[:100], query="status=FAILED"),
        "token": ApiToken.issue(user=user, name=text[:100])[0],
        "import": factories.a_crate_import(user, name=text[:200], state="FAILED", error=text),
    }  # fmt: skip
    return (
        {f"{name}_id": row.pk for name, row in rows.items()}
        | _from_galaxy(user, run, text)
        | _second(user, text)
    )


def routes(ids: dict[str, Any]) -> Iterator[str]:
    """Every route of the site whose ids are known."""
    for pattern in urlpatterns:
        if isinstance(pattern, URLPattern) and pattern.name not in (None, "sign-in", "sign-out"):
            names = re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))
            known = {name: ids.get(_key(name, str(pattern.pattern))) for name in names}
            if all(known.values()):
                yield _address(f"web:{pattern.name}", known)


def addresses(ids: dict[str, Any]) -> Iterator[str]:
    """Every route of the site with the ids of the world, and some with a query."""
    yield from routes(ids)
    yield _address("web:compare", {}) + f"?ids={ids['run_id']},{ids['second_id']}"
    yield _address("web:run-list", {}) + "?search=nothing&status=FAILED"
    yield _address("web:run-steps", {"run_id": ids["run_id"]}) + f"?step={ids['step_id']}"
    yield _address("web:whence", {}) + f"?checksum={'cd' * 32}"
    yield _address("web:search", {}) + "?q=o"
    yield _address("web:search-suggestions", {}) + f"?q={ids['run_id']}"
    yield OTHERS


def pages(browser: Any, ids: dict[str, Any]) -> dict[str, Any]:
    """What is answered where there is something to read: whole pages and parts of pages."""
    found = {address: browser.get(address) for address in addresses(ids)}
    return {
        address: answer
        for address, answer in found.items()
        if answer.status_code in (200, 404) and "text/html" in answer.get("Content-Type", "")
    }


def is_whole(answer: Any) -> bool:
    """Whether it is a page, and no part of one and no file."""
    return (
        not answer.streaming
        and b"<!doctype html>" in answer.content[:100]
        and b"site-header" in answer.content
    )


def _key(name: str, route: str) -> str:
    kinds = {"galaxy": "galaxy", "run-imports": "galaxy", "registration": "registration"}
    found = [kind for part, kind in kinds.items() if name == "import_id" and part in route]
    return f"{found[0]}_{name}" if found else name


def _address(route: str, known: dict[str, Any]) -> str:
    try:
        return reverse(route, kwargs=known)
    except NoReverseMatch:
        return OTHERS


def _say_of_people(user: Any, text: str, *, manager: bool) -> None:
    group = user.primary_group
    group.name, group.description = text[:150], text
    group.save()
    user.first_name = text[:150]
    user.save()
    if manager:
        Membership.objects.filter(user=user).update(role="manager")
    HistoryEvent.objects.create(
        kind="accounts.group", object_id=group.pk, action="updated", changes={text: [text, text]}, by=user
    )


def _a_run(user: Any, version: Any, text: str) -> Any:
    said = {"message": text, "description": text, "run_command": text, "run_environment": {text[:60]: text}}
    times = {"started_at": START, "completed_at": START + timedelta(minutes=3)}
    facts = {"status": "FAILED", "workflowversion": version, **said, **times, **_filed(text)}
    run = factories.a_run(user, text[:200], **facts)
    factories.a_parameter(run, text[:100], {text: [text]})
    step = factories.a_step(run, "first", name=text[:100], tool_name=text[:100])
    WorkflowRunJob.objects.create(
        workflowrun=run, step=step, name=text[:100], status="FAILED", stdout=text, stderr=text,
        command_line=text, host=text[:60], exit_code=1, **times,
    )  # fmt: skip
    return run


def _remark(record: Any, user: Any, text: str) -> None:
    about = {"kind": record.record_kind(), "object_id": record.pk, "created_by": user}
    Annotation.objects.create(annotation_type=_annotation_type(), value=text[:200], **about)
    Note.objects.create(content=text, **about)
    HistoryEvent.objects.create(
        kind=record._meta.label_lower,
        object_id=record.pk,
        action="updated",
        changes={"name": ["x", text]},
        by=user,
    )


def _annotation_type() -> Any:
    return AnnotationType.objects.get_or_create(name="organism")[0]


def _from_galaxy(user: Any, run: Any, text: str) -> dict[str, Any]:
    server = a_server("nowhere", name=text[:100])
    facts = {"state": "FAILED", "error": text, "error_code": "not_readable", "warnings": [text]}
    made = a_galaxy_import(user, server=server, url="javascript:alert(1)", **facts)
    galaxy_data(run, label=text[:100], name=text[:100], note=text, server=server, url="javascript:alert(1)")
    factories.a_transfer(user, state="FAILED", error=text, input_dir=text[:200])
    looked = DirectoryRegistration.objects.create(
        path=f"/{text}", state="FAILED", error=text, **factories.owned(user)
    )
    return {"galaxy_import_id": made.pk, "server_id": server.pk, "registration_import_id": looked.pk}


def _second(user: Any, text: str) -> dict[str, Any]:
    second = factories.a_run(user, f"2 {text}"[:200], status="RUNNING", started_at=timezone.now())
    imported(second, user, state=text[:40], crate_note=text, error=text)
    return {"second_id": second.pk}


def _filed(text: str) -> dict[str, Any]:
    return {"tags": {text[:100]: text[:200]}, "metadata": {text[:100]: {text[:60]: text}}}


def _told_of_version(text: str) -> dict[str, Any]:
    declared = {"type": "string", "description": text, "default": text, "values": [text]}
    told = {text[:60]: text}
    return {
        "parameter_template": {text[:100]: declared},
        "requirements": told,
        "container_registry_map": {text[:60]: [told]},
        "repository": {"full_id": text, "html": "javascript:alert(1)", **told},
        "source_digest": text[:140],
        **_filed(text),
    }
