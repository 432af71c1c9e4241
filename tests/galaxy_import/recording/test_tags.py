"""Tags of Galaxy as annotations: added, found, and never forced on anybody."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.models import Annotation, AnnotationType
from galaxy_import.recording.runs import record_galaxy_run
from galaxy_import.values import GalaxyRun
from tests.conftest import Api
from tests.factories import an_annotation_type
from tests.galaxy_import.values import DONE, another_run
from workflows.models import WorkflowRun

pytestmark = pytest.mark.django_db
RUNS = "/api/v2/workflows/workflowruns/"


def tagged(*tags: str, workflow: tuple[str, ...] = (), run: GalaxyRun = DONE) -> GalaxyRun:
    """The run, of whose history and workflow Galaxy tells these tags."""
    return replace(run, tags=tags, workflow_tags=workflow)


def tags_of(record: Any) -> list[str]:
    """The tags of a run or a version."""
    found = record.annotations.filter(annotation_type__name="tag")
    return list(found.values_list("value", flat=True))


def test_a_run_has_the_tags_of_its_history_and_the_version_those_of_the_workflow(
    record: Any, ada: Any, ada_api: Api
) -> None:
    run = record(tagged("demo", "name:exome", workflow=("bed",))).run
    assert (tags_of(run), tags_of(run.workflowversion)) == (["demo", "name:exome"], ["bed"])
    assert set(Annotation.objects.values_list("created_by", flat=True)) == {ada.pk}
    told = ada_api.get(f"{RUNS}{run.pk}/annotations/").json()
    assert [(one["name"], one["value"]) for one in told] == [("tag", "demo"), ("tag", "name:exome")]
    kind = AnnotationType.objects.get()
    assert (kind.multiple, kind.value_type) == (True, "text")


def test_a_run_is_found_by_its_tags(record: Any, ada_api: Api) -> None:
    run = record(tagged("exome-pilot")).run
    record(another_run())
    found = ada_api.get(RUNS, {"search": "exome-pil"}).json()["results"]
    assert [one["id"] for one in found] == [str(run.pk)]
    record(tagged("exome-pilot", "later-word"))
    assert ada_api.get(RUNS, {"search": "later-wor"}).json()["count"] == 1


def test_new_tags_are_added_and_the_others_stay_as_people_have_them(record: Any, ada_api: Api) -> None:
    run = record(tagged("demo", "draft")).run
    below = f"{RUNS}{run.pk}/annotations/"
    (draft,) = [one for one in ada_api.get(below).json() if one["value"] == "draft"]
    assert ada_api.delete(f"{below}{draft['id']}/").status_code == 204
    assert ada_api.post(below, {"name": "tag", "value": "ours"}).status_code == 201
    for _ in range(2):
        record(tagged("demo", "draft", "final"))
    assert tags_of(run) == ["demo", "ours", "final"]


def test_a_tag_that_was_taken_away_here_stays_away_when_galaxy_tells_it_anew(record: Any) -> None:
    run = record(tagged("demo")).run
    run.annotations.all().delete()
    record(tagged())
    record(tagged("demo"))
    assert tags_of(run) == []


def test_a_tag_that_somebody_wrote_before_galaxy_told_it_is_there_once(record: Any, ada_api: Api) -> None:
    run = record(tagged("demo")).run
    ada_api.post(f"{RUNS}{run.pk}/annotations/", {"name": "tag", "value": "final"})
    record(tagged("demo", "final"))
    assert tags_of(run) == ["demo", "final"]


def test_a_version_that_is_known_keeps_the_tags_it_has(record: Any) -> None:
    version = record(tagged(workflow=("bed",))).run.workflowversion
    version.annotations.all().delete()
    again = record(tagged(workflow=("bed", "new"), run=another_run())).run
    assert again.workflowversion == version
    assert tags_of(version) == []


def test_a_type_of_that_name_that_means_something_else_is_left_alone(record: Any) -> None:
    an_annotation_type("tag", multiple=False)
    run = record(tagged("demo", "draft")).run
    assert tags_of(run) == []


def test_without_tags_no_type_is_made(record: Any) -> None:
    record()
    assert not AnnotationType.objects.exists()


def test_the_number_of_statements_does_not_grow_with_the_tags(record: Any) -> None:
    record(tagged("first", workflow=("first",)))
    counts = []
    for number, size in ((2, 1), (3, 300)):
        names = [f"tag {place}" for place in range(size)]
        with CaptureQueriesContext(connection) as statements:
            record(tagged(*names, run=another_run(number)))
        counts.append(len(statements))
    assert counts[1] == counts[0]


@pytest.mark.django_db(transaction=True)
def test_two_groups_that_need_the_type_first_at_once_have_one(claimed: Any, ada: Any, eve: Any) -> None:
    wanted = [claimed(ada), claimed(eve)]
    barrier, came = threading.Barrier(2), []

    def work(number: int) -> None:
        try:
            barrier.wait(timeout=20)
            came.append(record_galaxy_run(wanted=wanted[number], run=tagged("demo", workflow=("bed",))))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert AnnotationType.objects.filter(name="tag").count() == 1
    assert [tags_of(run) for run in WorkflowRun.objects.all()] == [["demo"], ["demo"]]
    assert len(came) == 2
