"""What the address of the list of runs means: the same to the page, to the API and to the command line."""

import csv
import io
import shlex
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from common.models import Annotation, AnnotationType
from data_management.models import DataFile
from tests.web.rows import START, a_dataset, a_run, a_version, used
from web.models import Preferences
from web.runs.query import query_of
from web.runs.scale import round_above
from workflows.models import WorkflowRunParameter

pytestmark = [pytest.mark.django_db, pytest.mark.both]
LIST, API = reverse("web:run-list"), reverse("workflowrun-list")
FILTERS = reverse("web:run-filters")
CHECKSUM = "cd" * 32


@pytest.fixture
def runs(ada: Any) -> dict[str, str]:
    """Two runs that differ in everything, and what finds the first of them."""
    version = a_version(ada)
    found = a_run(
        ada,
        "found",
        workflowversion=version,
        status="FAILED",
        started_at=START,
        completed_at=START + timedelta(hours=2),
        source="GALAXY",
        is_imported=True,
        public=True,
    )
    a_run(ada, "other", started_at=START + timedelta(days=3), completed_at=START + timedelta(days=3, hours=9))
    WorkflowRunParameter.objects.create(workflowrun=found, name="genome", value="hg38", value_key="hg38")
    used(found, a_dataset(ada, "a.fastq"))
    kind = AnnotationType.objects.create(name="organism")
    facts = {"kind": found.record_kind(), "object_id": found.pk, "value": "human"}
    Annotation.objects.create(annotation_type=kind, created_by=ada, **facts)
    return {
        "status": "FAILED",
        "engine": "GALAXY",
        "workflow": str(version.workflow_id),
        "workflowversion": str(version.pk),
        "started_after": "2026-03-04T00:00:00+00:00",
        "started_before": "2026-03-05T00:00:00+00:00",
        "duration_max": "7200",
        "parameter": "genome:hg38",
        "annotation": "organism:human",
        "checksum": CHECKSUM,
        "source": "GALAXY",
        "is_imported": "true",
        "public": "true",
        "search": "found",
    }


def test_every_filter_is_a_chip_that_can_be_taken_away(runs: dict[str, str], ada_browser: Client) -> None:
    for name, value in runs.items():
        answer = ada_browser.get(LIST, {name: value})
        given = {"started_after": ["found", "other"]}.get(name, ["found"])
        assert sorted(run.name for run in answer.context["page"].rows) == given, name
        chips = [(chip.name, chip.without) for chip in answer.context["chips"]]
        assert chips == ([] if name == "search" else [(name, "?")])


def test_page_and_api_call_answer_the_same(runs: dict[str, str], ada_browser: Client) -> None:
    answer = ada_browser.get(LIST, {**runs, "ordering": "-duration"})
    told = ada_browser.get(answer.context["api"]).json()
    assert [run["name"] for run in told["results"]] == ["found"]
    assert [run.name for run in answer.context["page"].rows] == ["found"]


def test_several_values_of_one_filter_are_one_chip(ada_browser: Client) -> None:
    answer = ada_browser.get(f"{LIST}?status=FAILED&status=RUNNING&engine=CWL")
    assert [(chip.text, chip.without) for chip in answer.context["chips"]] == [
        ("Status: Failed or Running", "?engine=CWL"),
        ("Engine: CWL", "?status=FAILED&status=RUNNING"),
    ]


def test_a_chip_has_a_field_in_which_its_value_is_changed(runs: dict[str, str], ada_browser: Client) -> None:
    chips = {chip.name: chip.editor for chip in ada_browser.get(LIST, runs).context["chips"]}
    assert set(chips) == set(runs) - {"search"}
    for name, address in chips.items():
        for headers in ({}, {"HX-Request": "true"}):
            assert f'id="chip_{name}' in ada_browser.get(address, headers=headers).content.decode(), name


def test_all_filters_are_a_page_of_their_own_and_keep_what_is_asked_for(ada_browser: Client) -> None:
    page = ada_browser.get(FILTERS, {"status": "FAILED", "search": "liver", "field": "nothing"})
    assert page.context["filters"].initial["status"] == ["FAILED"]
    text = page.content.decode()
    assert '<input type="hidden" name="search" value="liver">' in text
    assert "<html" in text
    part = ada_browser.get(FILTERS, {"status": "FAILED"}, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith("<form")


def test_colleagues_can_be_chosen_in_a_filter(ada: Any, bob: Any, ada_browser: Client, eve: Any) -> None:
    choices = [
        label for _, label in ada_browser.get(FILTERS).context["filters"].fields["owner"].widget.choices
    ]
    assert choices == ["Any", "Me", bob.full_name]


def test_the_name_of_what_one_may_not_see_is_on_no_chip(
    ada: Any, ada_browser: Client, eve_browser: Client
) -> None:
    version = a_version(ada)
    address = f"{LIST}?workflow={version.workflow_id}"
    assert "Germline variants" in ada_browser.get(address).context["chips"][0].value
    assert eve_browser.get(address).context["chips"][0].value == str(version.workflow_id)
    group = ada.default_group()
    chip = eve_browser.get(f"{LIST}?owned_by={group.pk}").context["chips"][0]
    assert chip.value == str(group.pk)


def test_my_own_runs_are_called_mine(ada: Any, ada_browser: Client) -> None:
    assert ada_browser.get(f"{LIST}?owner={ada.pk}").context["chips"][0].value == "me"


@pytest.mark.parametrize(
    "asked",
    [
        "status=x&owner=x&owned_by=x&dataset=x&workflowversion=x",
        "ordering=x&owner=x&owned_by=x&datafile=x",
        "deleted=x&duration_min=inf&duration_max=nan",
        "started_after=9999-12-31T23:59:59Z&started_before=0001-01-01T00:00:00Z",
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_what_makes_no_sense_is_said_and_breaks_nothing(
    ada: Any, ada_browser: Client, asked: str, zone: str
) -> None:
    Preferences.objects.create(user=ada, time_zone=zone)
    end_of_time = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    a_run(ada, started_at=datetime(1, 1, 1, tzinfo=UTC), completed_at=end_of_time)
    assert ada_browser.get(LIST).status_code == 200
    assert ada_browser.get(f"{LIST}?{asked}").status_code == 200
    assert ada_browser.get(f"{reverse('web:run-strip')}?{asked}").status_code == 200


def test_a_time_without_a_zone_is_meant_where_the_person_is(ada: Any, ada_browser: Client) -> None:
    Preferences.objects.create(user=ada, time_zone="Asia/Tokyo")
    a_run(ada, started_at=START)  # 10:00 in UTC, 19:00 in Tokyo
    for hour, there in (("18:59", ["NA12878"]), ("19:01", [])):
        answer = ada_browser.get(LIST, {"started_after": f"2026-03-04T{hour}"})
        assert [run.name for run in answer.context["page"].rows] == there
        told = ada_browser.get(answer.context["api"]).json()
        assert [run["name"] for run in told["results"]] == there


def test_the_command_has_the_same_conditions(ada: Any) -> None:
    request = RequestFactory().get(LIST)
    request.user = ada
    asked = QueryDict("status=FAILED&status=RUNNING&is_imported=false&search=it's&ordering=-duration")
    words = shlex.split(query_of(request, asked).command(page=2, size=25))
    conditions = ["--status", "FAILED", "--status", "RUNNING", "--no-imported", "--search", "it's"]
    assert words == ["runs", "list", *conditions, "--ordering=-duration", "--limit", "25", "--page", "2"]


def test_the_csv_is_of_all_that_is_filtered(ada: Any, ada_browser: Client) -> None:
    a_run(ada, "bad", status="FAILED")
    a_run(ada, "good")
    page = ada_browser.get(LIST, {"status": "FAILED"})
    address = f"{reverse('web:run-csv')}?status=FAILED"
    assert f'href="{address}"' in page.content.decode()
    lines = b"".join(ada_browser.get(address).streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "bad" in lines[1]


def test_no_text_in_the_csv_is_a_formula_and_the_api_says_it_as_it_is(ada: Any, ada_browser: Client) -> None:
    names = ["=1+1", "+A1", "-A1", "@SUM(A1)", "\tx", "a\n=b", "-5", 'plain, "quoted"']
    for name in names:
        a_run(ada, name)
    found = {}
    for address in (reverse("web:run-csv"), f"{API}?format=csv"):
        text = b"".join(ada_browser.get(address).streaming_content).decode()
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
        found[text[:1] == "\ufeff"] = [row["name"] for row in reversed(rows)]
    assert found[False] == names
    assert found[True] == ["'=1+1", "'+A1", "'-A1", "'@SUM(A1)", "'\tx", "a\n=b", "-5", 'plain, "quoted"']


def test_a_csv_of_what_is_not_understood_leads_to_the_page_that_says_so(ada_browser: Client) -> None:
    answer = ada_browser.get(reverse("web:run-csv"), {"status": "BROKEN"})
    assert answer["Location"] == f"{LIST}?status=BROKEN"


def test_the_order_is_said(ada: Any, ada_browser: Client) -> None:
    a_run(ada)
    for ordering, said in (
        ("", "newest registered first"),
        ("name", "by name, A to Z"),
        ("-started_at", "newest started first"),
        ("duration", "shortest first"),
    ):
        assert f", {said}" in ada_browser.get(LIST, {"ordering": ordering}).content.decode()


def test_instant_search_tells_the_browser_the_address_without_what_is_empty(ada_browser: Client) -> None:
    asked = {"search": "a", "status": "", "page": "2"}
    answer = ada_browser.get(LIST, asked, headers={"HX-Request": "true"})
    assert answer["HX-Replace-Url"] == f"{LIST}?search=a&page=2"


def test_a_checksum_in_a_dataset_one_may_not_see_finds_no_run(
    ada: Any, eve: Any, ada_browser: Client
) -> None:
    run = a_run(ada)
    used(run, a_dataset(eve, "secret.txt"))
    assert DataFile.objects.filter(sha256=CHECKSUM).exists()
    assert ada_browser.get(LIST, {"checksum": CHECKSUM}).context["page"].rows == []


def test_inputs_and_outputs_are_those_that_one_may_see(ada: Any, eve: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    for owner, kind in ((ada, "INPUT"), (ada, "OUTPUT"), (ada, "OUTPUT"), (eve, "OUTPUT"), (ada, "LOG")):
        used(run, a_dataset(owner), kind)
    (row,) = ada_browser.get(LIST).context["page"].rows
    assert (row.inputs, row.outputs) == (1, 2)


def test_runs_are_sorted_by_all_that_is_recorded_of_inputs_and_outputs(
    ada: Any, eve: Any, ada_browser: Client
) -> None:
    one, two = a_run(ada, "one"), a_run(ada, "two")
    used(one, a_dataset(ada))
    for owner in (eve, ada):
        used(two, a_dataset(owner))
    a_run(ada, "none")
    answer = ada_browser.get(LIST, {"ordering": "-inputs"})
    shown = [(run.name, run.inputs) for run in answer.context["page"].rows]
    assert shown == [("two", 1), ("one", 1), ("none", 0)]
    assert answer.context["order_said"] == "most inputs first"
    assert 'href="?ordering=inputs"' in answer.content.decode()
    answer = ada_browser.get(LIST, {"ordering": "outputs"})
    assert [run.name for run in answer.context["page"].rows] == ["one", "two", "none"]
    assert answer.context["order_said"] == "fewest outputs first"


def test_the_trash_is_a_filter(ada: Any, ada_browser: Client, eve_browser: Client) -> None:
    a_run(ada, "gone").mark_deleted(by=ada)
    a_run(ada, "there")
    for browser, there in ((ada_browser, ["gone"]), (eve_browser, [])):
        rows = browser.get(LIST, {"deleted": "true"}).context["page"].rows
        assert [run.name for run in rows] == there


class TestStrip:
    """Runs per day above the list."""

    STRIP = reverse("web:run-strip")

    def test_bars_count_by_day_and_status_and_lead_to_their_runs(self, ada: Any, ada_browser: Client) -> None:
        now = timezone.now()
        for status in ("SUCCESS", "SUCCESS", "FAILED"):
            a_run(ada, status.lower(), status=status, started_at=now)
        a_run(ada, "old", started_at=now - timedelta(days=100))
        answer = ada_browser.get(self.STRIP)
        (bar,) = [one for one in answer.context["strip"].bars if one.total]
        assert bar.numbers == {"success": 2, "failed": 1}
        assert bar.said.endswith(": 3 runs, 2 succeeded, 1 failed")
        assert bar.said in answer.content.decode()
        rows = ada_browser.get(f"{LIST}{bar.address}").context["page"].rows
        assert sorted(run.name for run in rows) == ["failed", "success", "success"]

    def test_it_has_the_rights_and_the_filters_of_the_list(
        self, ada: Any, ada_browser: Client, bob_browser: Client, eve_browser: Client
    ) -> None:
        a_run(ada, started_at=timezone.now(), status="FAILED")
        assert ada_browser.get(self.STRIP).context["strip"].total == 1
        assert bob_browser.get(self.STRIP, {"status": "FAILED"}).context["strip"].total == 1
        assert bob_browser.get(self.STRIP, {"status": "SUCCESS"}).context["strip"].total == 0
        assert eve_browser.get(self.STRIP).context["strip"].total == 0

    @pytest.mark.parametrize(
        ("after", "before", "unit"),
        [
            ("2026-03-01", "2026-03-05", "day"),
            ("2025-10-01", "2026-04-01", "week"),
            ("2024-01-01", "2026-04-01", "month"),
            ("2019-01-01", "2026-04-01", "quarter"),
            ("0001-01-01", "9999-12-31", "year"),
            ("2026-04-01", "2026-03-01", "day"),
        ],
    )
    def test_longer_times_have_longer_bars(
        self, ada: Any, ada_browser: Client, after: str, before: str, unit: str
    ) -> None:
        a_run(ada, started_at=START)
        answer = ada_browser.get(self.STRIP, {"started_after": after, "started_before": before})
        strip = answer.context["strip"]
        assert strip.unit == unit
        assert len(strip.bars) <= 305
        assert strip.total == (0 if after > before else 1)

    def test_days_are_those_of_the_persons_time_zone(self, ada: Any, ada_browser: Client) -> None:
        Preferences.objects.create(user=ada, time_zone="Asia/Tokyo")
        a_run(ada, started_at=START + timedelta(hours=10))  # the next day in Tokyo
        asked = {"started_after": "2026-03-01", "started_before": "2026-03-10"}
        bars = ada_browser.get(self.STRIP, asked).context["strip"].bars
        assert [bar.label for bar in bars if bar.total] == ["5 Mar 2026"]

    @pytest.mark.parametrize("days", ["90", "365", "1825", "x", "-1", "9" * 40])
    def test_it_may_reach_further_back(self, ada: Any, ada_browser: Client, days: str) -> None:
        a_run(ada, started_at=timezone.now() - timedelta(days=60))
        total = ada_browser.get(self.STRIP, {"days": days}).context["strip"].total
        assert total == (1 if days in ("90", "365", "1825") else 0)

    def test_a_chosen_day_is_marked_among_the_days_around_it(self, ada: Any, ada_browser: Client) -> None:
        now = timezone.now()
        for days in (0, 2, 2, 40):
            a_run(ada, f"{days} days ago", started_at=now - timedelta(days=days), status="FAILED")
        bars = [one for one in ada_browser.get(self.STRIP).context["strip"].bars if one.total]
        answer = ada_browser.get(f"{self.STRIP}{bars[0].address}&status=FAILED")
        strip = answer.context["strip"]
        assert (strip.unit, strip.total, len(strip.bars)) == ("day", 3, 30)
        assert [one.total for one in strip.bars if one.is_chosen] == [2]
        assert strip.chosen == bars[0].label
        assert strip.all_times == "?status=FAILED"
        assert "Show all days" in answer.content.decode()
        asked = {"started_after": "2026-03-01T10:00", "started_before": "2026-03-01T11:00"}
        far = ada_browser.get(self.STRIP, asked).context["strip"]
        assert [one.label for one in far.bars if one.is_chosen] == ["1 Mar 2026"]
        assert far.chosen == "1 Mar 2026, 10:00 to 1 Mar 2026, 11:00"

    def test_a_colour_leads_to_the_runs_of_its_statuses(self, ada: Any, ada_browser: Client) -> None:
        now = timezone.now()
        for status in ("PENDING", "RUNNING", "FAILED"):
            a_run(ada, status.lower(), status=status, started_at=now)
        (bar,) = [one for one in ada_browser.get(self.STRIP).context["strip"].bars if one.total]
        shown = {
            part.kind.key: sorted(
                run.name for run in ada_browser.get(f"{LIST}{part.address}").context["page"].rows
            )
            for part in bar.parts
        }
        assert shown == {"failed": ["failed"], "going": ["pending", "running"]}

    @pytest.mark.parametrize(
        ("most", "top"), [(0, 1), (1, 1), (3, 4), (11, 12), (15, 16), (61, 80), (1234, 1600)]
    )
    def test_the_scale_ends_at_a_round_number(self, most: int, top: int) -> None:
        assert round_above(most) == top

    def test_what_is_not_understood_has_no_bars(self, ada: Any, ada_browser: Client) -> None:
        a_run(ada, started_at=timezone.now())
        assert ada_browser.get(self.STRIP, {"started_after": "x"}).context["strip"].total == 0


def test_beside_an_unknown_condition_what_is_no_workflow_offers_no_versions(ada_browser: Client) -> None:
    answer = ada_browser.get("/", {"workflow": "9" * 30, "nonsense": "x"})
    assert answer.status_code == 200
    assert "nonsense" in answer.content.decode()
