"""Lineage up and down: sets of runs and data, and nothing that the asker may not see."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from data_management.models import Dataset
from provenance.conditions import SHA256_OF_NOTHING
from tests.conftest import Api
from tests.factories import a_file, a_link, a_run, shared
from tests.provenance.weaving import a_lattice, a_named_file, digest, holding, ran

pytestmark = pytest.mark.django_db
ADDRESS = {
    "Dataset": "data-management/datasets",
    "DataFile": "data-management/datafiles",
    "WorkflowRun": "workflows/workflowruns",
}


class Graph:
    """An answer, by the names of its nodes."""

    def __init__(self, answer: Any) -> None:
        assert answer.status_code == 200, answer.content
        self.whole = answer.json()
        self.nodes = {node["id"]: node for node in self.whole["nodes"]}
        self.names = sorted(node["name"] for node in self.nodes.values())

    def edges(self) -> set[tuple[str, str, str]]:
        """Where from, what, and where to."""
        return {
            (self.nodes[one["source"]]["name"], one["kind"], self.nodes[one["target"]]["name"])
            for one in self.whole["edges"]
        }

    def of(self, name: str, field: str) -> Any:
        """A field of the node that is called so."""
        return next(node[field] for node in self.nodes.values() if node["name"] == name)


def graph(user: User, record: Any, **query: Any) -> Graph:
    """The lineage of a record as somebody sees it."""
    return Graph(Api(user).get(f"/api/v2/{ADDRESS[type(record).__name__]}/{record.pk}/lineage/", query))


# --- what is reached ------------------------------------------------------------------------------------------


def test_up_leads_to_the_runs_that_made_it_and_to_their_inputs(ada: User) -> None:
    reads, bam, calls = holding(ada, "reads"), holding(ada, "bam"), holding(ada, "calls")
    ran(ada, "align", [reads], [bam])
    ran(ada, "call", [bam], [calls])
    ran(ada, "later", [calls], [holding(ada, "plot")])
    found = graph(ada, calls, direction="up")
    assert found.edges() == {
        ("reads", "used", "align"),
        ("align", "made", "bam"),
        ("bam", "used", "call"),
        ("call", "made", "calls"),
    }
    assert {name: found.of(name, "steps_up") for name in found.names} == {
        "calls": 0,
        "call": 1,
        "bam": 1,
        "align": 2,
        "reads": 2,
    }
    assert found.whole["is_whole"]
    assert (found.whole["hidden_up"], found.whole["hidden_down"]) == (0, None)
    assert found.of("calls", "more_down") is None


def test_down_leads_to_the_runs_that_used_it_and_to_their_outputs(ada: User) -> None:
    reads, bam, calls = holding(ada, "reads"), holding(ada, "bam"), holding(ada, "calls")
    align = ran(ada, "align", [reads], [bam])
    ran(ada, "call", [bam], [calls])
    found = graph(ada, reads, direction="down")
    assert found.names == ["align", "bam", "call", "calls", "reads"]
    assert ("align", "made", "bam") in found.edges()
    assert graph(ada, align, direction="down").names == ["align", "bam", "call", "calls"]


def test_both_is_what_came_before_and_what_came_of_it_and_no_siblings(ada: User) -> None:
    reads, bam, calls, other = (holding(ada, name) for name in ("reads", "bam", "calls", "other"))
    ran(ada, "align", [reads], [bam])
    ran(ada, "call", [bam], [calls])
    ran(ada, "sibling", [reads], [other])
    found = graph(ada, bam)
    assert found.names == ["align", "bam", "call", "calls", "reads"]
    assert (found.of("align", "steps_up"), found.of("align", "steps_down")) == (1, None)


def test_parameters_and_configuration_go_in_and_reports_and_logs_come_out(ada: User) -> None:
    kinds = ("PARAMETER", "CONFIG", "REPORT", "LOG")
    run, data = a_run(ada, "run"), {kind: holding(ada, kind) for kind in kinds}
    for kind, dataset in data.items():
        a_link(run, dataset, kind)
    assert graph(ada, run, direction="up").names == ["CONFIG", "PARAMETER", "run"]
    assert graph(ada, run, direction="down").names == ["LOG", "REPORT", "run"]
    assert graph(ada, data["LOG"], direction="up").names == ["CONFIG", "LOG", "PARAMETER", "run"]


def test_the_same_content_is_the_same_data_whoever_registered_it(ada: User, eve: User) -> None:
    made = holding(ada, "counts", name="ada's counts", public=True)
    ran(ada, "count", [holding(ada, "reads", public=True)], [made], public=True)
    copied = holding(eve, "counts", name="eve's copy")
    ran(eve, "plot", [copied], [plot := holding(eve, "plot")])
    found = graph(eve, plot, direction="up")
    assert found.names == ["ada's counts", "count", "eve's copy", "plot", "plot", "reads"]
    assert ("ada's counts", "same", "eve's copy") in found.edges()
    down = graph(eve, made, direction="down")
    assert ("ada's counts", "same", "eve's copy") in down.edges()
    assert down.names == ["ada's counts", "eve's copy", "plot", "plot"]


def test_content_ties_two_datasets_and_not_what_each_of_them_shares_with_others(ada: User) -> None:
    first, middle, last = holding(ada, "a"), holding(ada, "a", "b"), holding(ada, "b")
    ran(ada, "makes a", [], [first])
    ran(ada, "makes b", [], [last])
    start = holding(ada, "a", name="start")
    assert graph(ada, start, direction="up").names == ["a", "makes a", "start"]
    assert graph(ada, middle, direction="up").names == ["a", "a+b", "b", "makes a", "makes b"]


def test_that_two_files_are_empty_does_not_make_them_the_same(ada: User) -> None:
    made, other = holding(ada, name="made"), holding(ada, name="other")
    for dataset in (made, other):
        a_file(dataset, "empty", content=b"")
    assert made.datafiles.get().sha256 == SHA256_OF_NOTHING
    ran(ada, "run", [], [made])
    assert graph(ada, other, direction="up").names == ["other"]


def test_files_without_a_checksum_are_tied_to_nothing(ada: User) -> None:
    made, other = holding(ada, name="made"), holding(ada, name="other")
    for dataset in (made, other):
        a_file(dataset, "reads")
    ran(ada, "run", [], [made])
    assert graph(ada, other, direction="up").names == ["other"]
    assert graph(ada, other.datafiles.get(), direction="up").names == ["reads"]


def test_a_file_is_tied_by_its_own_content_alone(ada: User) -> None:
    ran(ada, "makes a", [], [holding(ada, "a", name="one")])
    ran(ada, "makes b", [], [holding(ada, "b", name="two")])
    both = holding(ada, "a", "b", name="both")
    found = graph(ada, both.datafiles.get(name="a"), direction="up")
    assert found.names == ["a", "makes a", "one"]
    assert found.edges() == {("makes a", "made", "one"), ("one", "same", "a")}
    assert found.of("a", "more_up") == 0
    assert found.whole["start"]["dataset"] == str(both.pk)


# --- sets, not paths ------------------------------------------------------------------------------------------


def test_diamonds_do_not_explode(ada: User) -> None:
    outputs = a_lattice(ada, 60)  # 2.5 billion paths
    found = graph(ada, outputs[-1], direction="up")
    assert len(found.nodes) == 120
    assert len(found.whole["edges"]) == 60 + 59 + 58
    assert found.whole["is_whole"]
    assert found.of("run 0", "steps_up") == 31


def test_a_run_that_outputs_its_own_input_ends_the_walk(ada: User) -> None:
    data = holding(ada, "data")
    ran(ada, "again", [data], [data])
    for direction in ("up", "down", "both"):
        found = graph(ada, data, direction=direction)
        assert found.edges() == {("data", "used", "again"), ("again", "made", "data")}
    assert graph(ada, data, direction="up", depth=3).names == ["again", "data"]


def test_a_circle_of_runs_is_walked_once(ada: User) -> None:
    left, right = holding(ada, "left"), holding(ada, "right")
    to = ran(ada, "to", [left], [right])
    ran(ada, "fro", [right], [left])
    for depth in ({}, {"depth": 4}, {"depth": 40}):
        assert graph(ada, to, direction="up", **depth).names == ["fro", "left", "right", "to"]


def test_a_thousand_runs_are_told_within_the_limits(ada: User) -> None:
    outputs = a_lattice(ada, 1000)
    found = graph(ada, outputs[-1], direction="up", limit=2000)
    assert 1990 <= len(found.nodes) <= 2001
    shown = graph(ada, outputs[-1], direction="up")
    assert len(shown.nodes) <= 501
    assert not shown.whole["is_whole"]
    beyond = [node for node in shown.nodes.values() if node["more_up"]]
    assert beyond
    assert max(node["steps_up"] for node in beyond) == max(node["steps_up"] for node in shown.nodes.values())


def test_going_on_at_the_edges_tells_all_there_is(ada: User) -> None:
    outputs = a_lattice(ada, 30)
    known: set[str] = set()
    waiting: list[Any] = [outputs[-1]]
    kinds = {"run": "workflows/workflowruns", "dataset": "data-management/datasets"}
    asked = 0
    while waiting:
        one = waiting.pop()
        kind, key = ("dataset", one.pk) if isinstance(one, Dataset) else one
        page = Graph(Api(ada).get(f"/api/v2/{kinds[kind]}/{key}/lineage/", {"direction": "up", "limit": 7}))
        asked += 1
        waiting += [
            (n["kind"], k) for k, n in page.nodes.items() if n["more_up"] and k not in known | {str(key)}
        ]
        known |= page.nodes.keys()
    assert len(known) == 60
    assert asked < 60


# --- depth ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [1, 2, 5, 6, 20])
def test_depth_counts_the_runs_between(ada: User, depth: int) -> None:
    outputs = a_lattice(ada, 30)
    found = graph(ada, outputs[-1], direction="up", depth=depth)
    runs = [node for node in found.nodes.values() if node["kind"] == "run"]
    assert {node["steps_up"] for node in runs} == set(range(1, min(depth, 16) + 1))
    assert len(runs) == min(2 * depth - 1, 30)
    assert found.whole["is_whole"] is (depth >= 16)
    if depth == 1:
        assert {name: found.of(name, "more_up") for name in found.names} == {
            "data 27": 1,
            "data 28": 1,
            "data 29": 0,
            "run 29": 0,
        }


def test_what_does_not_fit_is_counted_at_the_run(ada: User) -> None:
    inputs = [holding(ada, f"in {number}") for number in range(12)]
    made = holding(ada, "made")
    ran(ada, "merge", inputs, [made])
    found = graph(ada, made, direction="up", limit=5)
    assert found.of("merge", "more_up") == 12 - 4
    assert not found.whole["is_whole"]


# --- what is hidden -------------------------------------------------------------------------------------------


def test_nothing_is_reached_through_a_hidden_run(ada: User, eve: User) -> None:
    reads, bam = holding(ada, "reads", public=True), holding(ada, "bam", public=True)
    ran(ada, "secret", [reads], [bam])
    ran(ada, "call", [bam], [calls := holding(ada, "calls", public=True)], public=True)
    found = graph(eve, calls, direction="up")
    assert found.names == ["bam", "call", "calls"]
    assert (found.of("bam", "hidden_up"), found.of("bam", "more_up")) == (1, 0)
    assert found.whole["hidden_up"] == 1
    assert found.whole["is_whole"]
    assert "secret" not in str(found.whole)
    assert graph(ada, calls, direction="up").whole["hidden_up"] == 0


def test_what_lies_behind_a_hidden_run_may_be_reached_another_way(ada: User, eve: User) -> None:
    reads, bam = holding(ada, "reads", public=True), holding(ada, "bam", public=True)
    ran(ada, "secret", [reads], [bam])
    ran(ada, "open", [reads], [side := holding(ada, "side", public=True)], public=True)
    ran(ada, "call", [bam, side], [calls := holding(ada, "calls", public=True)], public=True)
    assert graph(eve, calls, direction="up").names == ["bam", "call", "calls", "open", "reads", "side"]


def test_nothing_is_reached_through_hidden_data(ada: User, eve: User) -> None:
    bam = holding(ada, "bam")
    ran(ada, "align", [], [bam], public=True)
    ran(ada, "call", [bam], [calls := holding(ada, "calls", public=True)], public=True)
    found = graph(eve, calls, direction="up")
    assert found.names == ["call", "calls"]
    assert (found.of("call", "hidden_up"), found.whole["hidden_up"]) == (1, 1)
    shared(bam, eve)
    assert graph(eve, calls, direction="up").names == ["align", "bam", "call", "calls"]


def test_hidden_data_of_the_same_content_is_only_counted(ada: User, eve: User) -> None:
    ran(ada, "count", [], [holding(ada, "counts", name="hidden counts")], public=True)
    found = graph(eve, holding(eve, "counts", name="my copy"), direction="up")
    assert found.names == ["my copy"]
    assert found.of("my copy", "hidden_up") == 1


def test_what_lies_in_the_trash_is_gone(ada: User) -> None:
    reads, bam = holding(ada, "reads"), holding(ada, "bam")
    align = ran(ada, "align", [reads], [bam])
    call = ran(ada, "call", [bam], [calls := holding(ada, "calls")])
    reads.mark_deleted(by=ada)
    assert graph(ada, calls, direction="up").names == ["align", "bam", "call", "calls"]
    align.mark_deleted(by=ada)
    found = graph(ada, calls, direction="up")
    assert found.names == ["bam", "call", "calls"]
    assert found.whole["hidden_up"] == 0
    call.mark_deleted(by=ada)
    assert graph(ada, calls).names == ["calls"]
    calls.mark_deleted(by=ada)
    assert Api(ada).get(f"/api/v2/data-management/datasets/{calls.pk}/lineage/").status_code == 404


def test_strangers_find_nothing_and_who_is_not_signed_in_is_sent_away(
    ada: User, eve: User, admin: User
) -> None:
    run = ran(ada, "run", [], [data := holding(ada, "data")])
    for record in (run, data, data.datafiles.get()):
        address = f"/api/v2/{ADDRESS[type(record).__name__]}/{record.pk}/lineage/"
        assert Api(eve).get(address).status_code == 404
        assert Api(None).get(address).status_code == 401
        assert Api(admin).get(address).status_code == 200


# --- bad input and costs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("direction", "sideways"),
        ("depth", "0"),
        ("depth", "1001"),
        ("limit", "2001"),
        ("limit", "x"),
        ("cursor", "a"),
    ],
)
def test_what_cannot_be_asked_is_named(ada: User, name: str, value: str) -> None:
    data = holding(ada, "data")
    answer = Api(ada).get(f"/api/v2/data-management/datasets/{data.pk}/lineage/", {name: value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == name


def queries(user: User, record: Any, **query: Any) -> int:
    """How many statements an answer takes."""
    api = Api(user)
    with CaptureQueriesContext(connection) as caught:
        assert (
            api.get(f"/api/v2/{ADDRESS[type(record).__name__]}/{record.pk}/lineage/", query).status_code
            == 200
        )
    return len(caught)


def test_a_hundred_runs_cost_as_many_queries_as_one(ada: User) -> None:
    outputs = a_lattice(ada, 100)
    assert queries(ada, outputs[-1]) == queries(ada, outputs[0]) <= 10
    assert queries(ada, outputs[-1], direction="up", depth=3) == queries(ada, outputs[0], direction="up") <= 7


def test_an_unchanged_lineage_costs_a_304(ada: User) -> None:
    data = holding(ada, "data")
    a_named_file(data, "more", "more")
    address = f"/api/v2/data-management/datasets/{data.pk}/lineage/"
    tag = Api(ada).get(address)["ETag"]
    assert Api(ada).get(address, headers={"If-None-Match": tag}).status_code == 304


# --- why the same content ties ---------------------------------------------------------------------------------


def ties(found: Graph) -> dict[tuple[str, str], Any]:
    """The edges of equal content, by the names of their ends."""
    return {
        (found.nodes[one["source"]]["name"], found.nodes[one["target"]]["name"]): one
        for one in found.whole["edges"]
        if one["kind"] == "same"
    }


def test_a_tie_names_the_files_that_are_the_same(ada: User) -> None:
    made, taken = holding(ada, "x", "y", name="made"), holding(ada, "y", "z", name="taken")
    ran(ada, "maker", [holding(ada, "in")], [made])
    ran(ada, "taker", [taken], [])
    tie = ties(graph(ada, made, direction="down"))["made", "taken"]
    assert tie["files"] == [{"sha256": digest("y"), "source": "y", "target": "y"}]
    assert (tie["file_count"], tie["is_flow"]) == (1, True)


def test_content_that_a_run_passed_on_unchanged_did_not_come_from_it(ada: User) -> None:
    reads, result = holding(ada, "reads", name="reads"), holding(ada, "new", name="result")
    a_named_file(result, "sorted", "reads")
    ran(ada, "sort", [reads], [result])
    other = holding(ada, "reads", name="other reads")
    ran(ada, "elsewhere", [other], [])
    assert ties(graph(ada, other, direction="up"))["result", "other reads"]["is_flow"] is False
    a_named_file(other, "taken from there", "new")
    assert ties(graph(ada, other, direction="up"))["result", "other reads"]["is_flow"] is True


def test_what_was_made_after_it_was_used_did_not_come_that_way(ada: User) -> None:
    early, late = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2))
    made, taken = holding(ada, "x", name="made"), holding(ada, "x", name="taken")
    ran(ada, "maker", [], [made], started_at=late)
    user = ran(ada, "user", [taken], [], started_at=early)
    assert ties(graph(ada, user, direction="up"))["made", "taken"]["is_flow"] is False
