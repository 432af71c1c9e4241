"""Lists of runs: pages, orders, filters, search, chosen fields, CSV, and the lean way of reading."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.test import RequestFactory
from rest_framework.request import Request

from accounts.models import Group, User
from common.api import paging
from common.api.renderers import to_json
from common.models import Annotation, Note
from tests.conftest import Api
from tests.factories import (
    a_dataset,
    a_file,
    a_link,
    a_parameter,
    a_run,
    a_version,
    a_workflow,
    an_annotation_type,
    sha256_of,
)
from tests.workflows.conftest import RUNS
from workflows import reading
from workflows.filters import WorkflowRunFilterSet
from workflows.models import WorkflowRun, WorkflowRunDataset
from workflows.run_views import WorkflowRunViewSet
from workflows.serializers import WorkflowRunListSerializer, WorkflowRunSerializer

MOST_PAGES = 20
START = datetime(2024, 1, 15, 10, tzinfo=UTC)
ORDERINGS = [f"{sign}{name}" for name in WorkflowRunViewSet.orderings for sign in ("", "-")]


@pytest.fixture
def varied(ada: User, meg: User, proteomics: Group) -> list[WorkflowRun]:
    """Thirteen runs with equal and missing values in every column."""
    versions = [
        None,
        a_version(a_workflow(ada, "b")),
        a_version(a_workflow(ada, "a", workflow_manager="CWL")),
    ]
    runs = []
    for number in range(13):
        start = START + timedelta(hours=number // 3, microseconds=number % 2) if number % 4 else None
        end = start + timedelta(minutes=number % 5) if start and number % 3 else None
        runs.append(
            a_run(
                ada if number % 2 else meg,
                f"run {number // 2}",
                description="d" * number,
                status=("SUCCESS", "FAILED", "RUNNING")[number % 3],
                workflowversion=versions[number % 3],
                started_at=start,
                completed_at=end,
                run_environment=(None, "text", {"a": [1, None, "ü"]})[number % 3],
                source=("", "galaxy")[number % 2],
                owned_by=(ada.primary_group, None, proteomics)[number % 3],
                owner=(ada, meg, None)[number % 3],
                public=number % 3 > 0,
            )
        )
    return runs


def pages(api: Api, address: str, *, towards: str = "next") -> Iterator[list[str]]:
    """The ids of page after page; the last page's own neighbours must lead back."""
    next_address: str | None = address
    for _ in range(MOST_PAGES):
        if next_address is None:
            return
        answer = api.get(next_address)
        assert answer.status_code == 200, answer.content
        page = answer.json()
        yield [one["id"] for one in page["results"]]
        next_address = page[towards]
        if next_address is None:
            pages.last = page  # type: ignore[attr-defined]
    pytest.fail("the pages come to no end")


def all_ids(found: Iterator[list[str]]) -> list[str]:
    return [key for page in found for key in page]


# --- pages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_pages_by_number_and_by_cursor_show_every_run_once_in_one_order(
    ada_api: Api, varied: list[WorkflowRun], ordering: str
) -> None:
    whole = [one["id"] for one in ada_api.get(f"{RUNS}?ordering={ordering}&page_size=500").json()["results"]]
    assert sorted(whole) == sorted(str(run.pk) for run in varied)
    query = f"{RUNS}?ordering={ordering}&page_size=3"
    assert all_ids(pages(ada_api, query)) == whole
    assert all_ids(pages(ada_api, f"{query}&cursor=")) == whole
    last = pages.last["previous"]  # type: ignore[attr-defined]
    backwards = list(pages(ada_api, last, towards="previous"))
    assert [key for page in reversed(backwards) for key in page] == whole[:12]


def test_a_row_that_comes_in_between_moves_no_other(
    ada_api: Api, ada: User, varied: list[WorkflowRun]
) -> None:
    first = ada_api.get(f"{RUNS}?cursor=&page_size=5").json()
    a_run(ada, "newest")
    rest = all_ids(pages(ada_api, first["next"]))
    assert len({one["id"] for one in first["results"]} | set(rest)) == 13
    assert len(rest) == 8


def test_the_count_is_bounded(
    ada_api: Api, varied: list[WorkflowRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "COUNT_LIMIT", 5)
    told = [ada_api.get(f"{RUNS}?page_size=2{more}").json() for more in ("", "", "&page=7", "&status=PAUSED")]
    assert [(one["count"], one["count_is_lower_bound"]) for one in told] == [
        (5, True),
        (5, True),
        (13, False),
        (0, False),
    ]


def test_an_exact_count_is_said_to_be_exact(ada_api: Api, varied: list[WorkflowRun]) -> None:
    told = ada_api.get(f"{RUNS}?page_size=2").json()
    assert (told["count"], told["count_is_lower_bound"]) == (13, False)
    assert ada_api.get(f"{RUNS}?cursor=").json()["count"] is None


NOT_UNDERSTOOD = (
    "page=0", "page=x", "page=-1", "page_size=501", "page_size=0", "cursor=abc", "cursor=NQ", "cursor=é",
    "cursor=WzEsMiwz", "ordering=size", "ordering=", "fields=nothing", "deleted=perhaps",
    "format=csv&fields=nothing", "format=csv&ordering=nothing",
)  # fmt: skip


def test_a_question_that_is_not_understood_is_refused(ada_api: Api, varied: list[WorkflowRun]) -> None:
    told = {query: ada_api.get(f"{RUNS}?{query}").status_code for query in NOT_UNDERSTOOD}
    assert told == {query: 404 if "cursor" in query else 400 for query in NOT_UNDERSTOOD}


FORGED = (None, "text", "nul\0", 5, -1.5, 2**63, {"a": 1}, [1], True, "0001-01-01T00:00:00+14:00")


@pytest.mark.parametrize("ordering", sorted(WorkflowRunViewSet.orderings))
def test_a_forged_cursor_is_no_fault_of_ours(ada_api: Api, varied: list[WorkflowRun], ordering: str) -> None:
    for value, row in product(FORGED, (str(varied[0].pk), "x", "\0")):
        forged = paging.Cursor(value, row).encode()
        answer = ada_api.get(RUNS, {"ordering": ordering, "cursor": forged})
        assert answer.status_code in (200, 400, 404), (value, row, answer.content)


def test_a_page_that_is_not_there_is_a_404(ada_api: Api, varied: list[WorkflowRun]) -> None:
    assert ada_api.get(f"{RUNS}?page=99").status_code == 404


def test_addresses_of_pages_keep_the_question(ada_api: Api, varied: list[WorkflowRun]) -> None:
    query = f"{RUNS}?status=SUCCESS&status=FAILED&page_size=2&fields=id,status"
    found = all_ids(pages(ada_api, query))
    assert len(found) == 9


# --- filters ------------------------------------------------------------------------------------------------


def test_an_unknown_filter_is_refused_with_a_hint(ada_api: Api) -> None:
    answer = ada_api.get(f"{RUNS}?statsu=SUCCESS")
    assert answer.status_code == 400
    assert "did you mean 'status'?" in answer.json()["errors"][0]["message"]


@pytest.fixture
def found_by(ada: User, meg: User) -> dict[str, str]:
    """A run with everything that can be looked for, beside one without: a value for each filter that finds it."""
    a_run(meg, "other", owned_by=None, public=True, status="FAILED")
    version = a_version(a_workflow(ada, workflow_manager="NEXTFLOW"))
    run = a_run(
        ada,
        "NA12878",
        workflowversion=version,
        started_at=START,
        completed_at=START + timedelta(hours=1),
        run_command="nextflow run 100%_sure 'it''s' \"so\"",
        source="galaxy",
        external_id="d8b4",
        is_imported=True,
        source_status="ok",
        rerun_of=WorkflowRun.objects.get(name="other"),
        tags={"lane": "2", "plate": "7"},
    )
    used, made = a_dataset(ada, "in"), a_dataset(ada, "out")
    file = a_file(used, content=b"ACGT")
    a_link(run, used, "INPUT")
    a_link(run, made, "OUTPUT")
    about = {"kind": run.record_kind(), "object_id": run.pk, "created_by": ada}
    Annotation.objects.create(annotation_type=an_annotation_type(), value="Homo sapiens", **about)
    Note.objects.create(content="Ärger with lane 2", **about)
    a_parameter(run, "k", 31)
    a_parameter(run, "url", "https://example.org:8080/x")
    WorkflowRun.objects.filter(pk=run.pk).update(created=START, modified=START)
    before, after = START - timedelta(hours=2), START + timedelta(hours=2)
    values = {
        "status": "SUCCESS",
        "name": "a128",
        "search": "lane 2",
        "owner": ada.pk,
        "owned_by": ada.primary_group_id,
        "public": "false",
        "workflow": version.workflow_id,
        "workflowversion": version.pk,
        "engine": "NEXTFLOW",
        "duration_min": 3600,
        "duration_max": 3600,
        "is_imported": "true",
        "source": "galaxy",
        "external_id": "d8b4",
        "source_status": "ok",
        "rerun_of": run.rerun_of_id,
        "tag": "lane:2",
        "parameter": "k:31",
        "dataset": made.pk,
        "used": used.pk,
        "produced": made.pk,
        "datafile": file.pk,
        "checksum": sha256_of(b"ACGT").upper(),
        "annotation": "organism:Homo sapiens",
        **{f"{what}_after": before.isoformat() for what in ("started", "completed")},
        **{f"{what}_before": after.isoformat() for what in ("started", "completed", "created", "modified")},
    }
    return {name: str(value) for name, value in values.items()}


def names(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return sorted(one["name"] for one in answer.json()["results"])


def test_every_filter_finds_what_it_should(ada_api: Api, found_by: dict[str, str]) -> None:
    about_now = {"created_after", "modified_after"}  # these two find the other run
    assert set(found_by) | about_now == set(WorkflowRunFilterSet.base_filters)
    assert names(ada_api.get(RUNS)) == ["NA12878", "other"]
    found = {name: names(ada_api.get(RUNS, {name: value})) for name, value in found_by.items()}
    assert found == {name: ["NA12878"] for name in found_by}
    for name in about_now:
        assert names(ada_api.get(RUNS, {name: (START + timedelta(days=1)).isoformat()})) == ["other"]
    assert names(ada_api.get(RUNS, found_by)) == ["NA12878"]


NOT_FOUND_BY = {
    "search": "lane 3",
    "name": "NA_2878",
    "parameter": "k:3",
    "used": "an output",
    "annotation": "tissue:Homo sapiens",
    "checksum": "0" * 64,
    "duration_min": "3601",
    "duration_max": "3599",
}


def test_filters_leave_out_what_they_should(ada_api: Api, found_by: dict[str, str]) -> None:
    asked = NOT_FOUND_BY | {"used": found_by["produced"]}
    assert {name: names(ada_api.get(RUNS, {name: value})) for name, value in asked.items()} == {
        name: [] for name in asked
    }


ANYWHERE = (
    "NA12878", "na12878", "100%_sure", "%_", "%", "_", "it''s", '"so"', "Homo sap", "k=31", "ärger", "n", "e 2",
    "NEXTFLOW RUN", "example.org:8080",
)  # fmt: skip
SIGNS = ("NA12_78", "N%8", '"', "100%sure", "' OR 1=1 --", "NOT", "a*b", "zz", "(", "\\", "^", "Homo:sapiens")


def test_text_is_found_wherever_it_stands(ada_api: Api, found_by: dict[str, str]) -> None:
    found = {text: names(ada_api.get(RUNS, {"search": text})) for text in ANYWHERE}
    assert [text for text in ANYWHERE if "NA12878" not in found[text]] == []


def test_signs_in_a_search_mean_themselves(ada_api: Api, found_by: dict[str, str]) -> None:
    found = {text: names(ada_api.get(RUNS, {"search": text})) for text in SIGNS}
    assert found == {text: ["NA12878"] if text == '"' else [] for text in SIGNS}


def test_values_of_parameters_may_hold_colons(ada_api: Api, found_by: dict[str, str]) -> None:
    assert names(ada_api.get(RUNS, {"parameter": "url:https://example.org:8080/x"})) == ["NA12878"]
    assert names(ada_api.get(RUNS, {"parameter": "url"})) == ["NA12878"]


@pytest.mark.parametrize("value", [True, 0.05, "text", None])
def test_parameters_are_found_as_people_type_them(ada_api: Api, ada: User, value: Any) -> None:
    a_parameter(a_run(ada), "p", value)
    typed = {True: "true", None: ""}.get(value, str(value))
    assert names(ada_api.get(RUNS, {"parameter": f"p:{typed}"})) == ["NA12878"]


def test_a_long_value_is_found_as_well(ada_api: Api, ada: User) -> None:
    a_parameter(a_run(ada), "p", "x" * 500)
    assert names(ada_api.get(RUNS, {"parameter": f"p:{'x' * 500}"})) == ["NA12878"]


def test_text_that_was_changed_is_found_by_the_new_one_only(ada_api: Api, ada: User) -> None:
    run = a_run(ada, "before")
    ada_api.patch(f"{RUNS}{run.pk}/", {"name": "after"})
    note = ada_api.post(f"{RUNS}{run.pk}/notes/", {"content": "remarkable"}).json()["id"]
    assert names(ada_api.get(RUNS, {"search": "before"})) == []
    assert names(ada_api.get(RUNS, {"search": "after"})) == ["after"]
    assert names(ada_api.get(RUNS, {"search": "remarkable"})) == ["after"]
    ada_api.delete(f"{RUNS}{run.pk}/notes/{note}/")
    assert names(ada_api.get(RUNS, {"search": "remarkable"})) == []


def test_a_dataset_that_cannot_be_seen_finds_nothing(ada_api: Api, ada: User, eve: User) -> None:
    run, dataset = a_run(ada, public=True), a_dataset(ada)
    file = a_file(dataset, content=b"secret")
    a_link(run, dataset)
    for query in ({"dataset": dataset.pk}, {"datafile": file.pk}, {"checksum": sha256_of(b"secret")}):
        assert names(ada_api.get(RUNS, query)) == ["NA12878"]
        assert names(Api(eve).get(RUNS, query)) == []


@pytest.mark.parametrize(
    "query",
    [
        "status=DONE",
        "owner=x",
        "public=perhaps",
        "started_after=yesterday",
        "duration_min=long",
        "duration_min=NaN",
        "engine=COBOL",
        "search=a%00b",
        "name=a%00b",
        "parameter=a%00:b",
    ],
)
def test_a_value_that_a_filter_does_not_understand_is_refused(ada_api: Api, query: str) -> None:
    answer = ada_api.get(f"{RUNS}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == query.partition("=")[0]


def test_a_time_beyond_the_calendar_is_no_fault(ada_api: Api) -> None:
    answer = ada_api.get(RUNS, {"started_after": "0001-01-01T00:00:00+14:00"})
    assert answer.status_code in (200, 400)


# --- fields and CSV -----------------------------------------------------------------------------------------


def test_only_the_wanted_fields_are_told(ada_api: Api, varied: list[WorkflowRun]) -> None:
    page = ada_api.get(f"{RUNS}?fields=name,status&page_size=1").json()
    assert [list(one) for one in page["results"]] == [["name", "status"]]
    run = ada_api.get(f"{RUNS}{varied[0].pk}/?fields=name").json()
    assert run == {"name": "run 0"}


def test_a_list_comes_as_csv(ada_api: Api, varied: list[WorkflowRun], body_of: Any) -> None:
    answer = ada_api.get(f"{RUNS}?format=csv&ordering=name&status=SUCCESS&fields=id,name,workflow,owner")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(body_of(answer).decode())))
    assert len(rows) == 5
    assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)
    assert {row["id"] for row in rows} == {str(run.pk) for run in varied if run.status == "SUCCESS"}


def test_csv_comes_by_its_media_type_as_well(ada_api: Api, varied: list[WorkflowRun]) -> None:
    assert ada_api.get(RUNS, headers={"Accept": "text/csv"})["Content-Type"].startswith("text/csv")


def test_csv_has_a_column_for_each_inner_name(ada_api: Api, ada: User, body_of: Any) -> None:
    a_run(ada, 'a "quoted", name', workflowversion=a_version(a_workflow(ada)))
    rows = list(csv.DictReader(io.StringIO(body_of(ada_api.get(f"{RUNS}?format=csv")).decode())))
    assert rows[0]["name"] == 'a "quoted", name'
    assert rows[0]["workflow.name"] == "Variants"
    assert rows[0]["owner.username"] == "ada"


# --- the lean way -------------------------------------------------------------------------------------------


def _as_told(data: Any) -> Any:
    return json.loads(to_json(data))


def test_the_lean_list_is_what_the_serializer_says(ada: User, varied: list[WorkflowRun]) -> None:
    rows = WorkflowRun.objects.order_by("id")
    told = WorkflowRunListSerializer(rows.with_details(), many=True).data
    assert _as_told(reading.read_runs(rows)) == _as_told(told)


def test_the_lean_run_is_what_the_serializer_says(ada: User, varied: list[WorkflowRun]) -> None:
    request = Request(RequestFactory().get("/"))
    request.user = ada
    every = WorkflowRun.objects.all
    for number, run in enumerate(varied):
        for kind in ("INPUT", "OUTPUT")[: number % 3]:
            a_link(run, a_dataset(ada, size=number), kind)
        told = WorkflowRunSerializer(WorkflowRun.objects.get(pk=run.pk), context={"request": request}).data
        lean = reading.read_run(run.pk, None, every, WorkflowRunDataset.objects.all, every)
        assert _as_told(lean) == _as_told(told)


def test_a_run_that_is_not_there_is_read_as_none(db: None) -> None:
    nothing = WorkflowRun.objects.none()
    assert reading.read_runs(nothing) == []
    key = UUID("00000000-0000-7000-8000-000000000000")
    assert (
        reading.read_run(key, None, lambda: nothing, WorkflowRunDataset.objects.all, lambda: nothing) is None
    )


def test_csv_tells_each_of_many_rows_once(
    ada_api: Api, ada: User, body_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("common.api.paging.LARGEST_PAGE_SIZE", 3)
    for number in range(8):
        a_run(ada, f"run {number}", started_at=START if number % 2 else None)
    for ordering in ("started_at", "-started_at", "-created", "workflow"):
        answer = ada_api.get(f"{RUNS}?format=csv&ordering={ordering}&fields=name")
        names_told = body_of(answer).decode().split("\r\n")[1:-1]
        assert sorted(names_told) == [f"run {number}" for number in range(8)]
