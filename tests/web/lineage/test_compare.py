"""Runs side by side."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from data_management.models import DataFile
from tests.web.rows import START, a_dataset, a_run, a_version, used
from workflows.models import WorkflowRun, WorkflowRunParameter

COMPARE = reverse("web:compare")


def page(browser: Client, *runs: WorkflowRun, **query: str) -> Any:
    """The page that compares these runs."""
    return browser.get(COMPARE, {"ids": ",".join(str(run.pk) for run in runs), **query})


def section(answer: Any, key: str) -> Any:
    """One section of what a page compares."""
    return next(one for one in answer.context["sections"] if one.key == key)


def with_parameters(run: WorkflowRun, **values: Any) -> WorkflowRun:
    """The run with these parameters."""
    WorkflowRunParameter.objects.bulk_create(
        WorkflowRunParameter(workflowrun=run, name=name, value=value) for name, value in values.items()
    )
    return run


def two_runs(user: Any) -> list[WorkflowRun]:
    """Two runs that share one parameter of two."""
    version = a_version(user)
    return [
        with_parameters(a_run(user, name, workflowversion=version), threads=4, cutoff=value)
        for name, value in (("first", 10), ("second", 20))
    ]


def test_only_what_differs_is_shown_at_first_and_all_on_demand(ada: Any, ada_browser: Client) -> None:
    runs = two_runs(ada)
    few, all_of_it = page(ada_browser, *runs), page(ada_browser, *runs, all="1")
    assert [row.name for row in section(few, "parameters").rows] == ["cutoff"]
    assert [row.name for row in section(all_of_it, "parameters").rows] == ["cutoff", "threads"]
    assert "1 differs, 1 the same" in few.text
    assert "1 differs, 1 the same" in all_of_it.text


def test_what_differs_from_the_first_run_is_said_in_words_and_by_a_sign(
    ada: Any, ada_browser: Client
) -> None:
    answer = page(ada_browser, *two_runs(ada))
    cells = section(answer, "parameters").rows[0].cells
    assert [cell.differs for cell in cells] == [False, True]
    assert "Different from run A: " in answer.text
    assert "≠" in answer.text


def test_one_true_and_the_text_one_are_three_values(ada: Any, ada_browser: Client) -> None:
    runs = [with_parameters(a_run(ada, str(value)), p=value) for value in (1, True, "1")]
    cells = section(page(ada_browser, *runs), "parameters").rows[0].cells
    assert [cell.differs for cell in cells] == [False, True, True]


def test_inputs_are_the_same_by_content_whatever_they_are_called(ada: Any, ada_browser: Client) -> None:
    runs = [a_run(ada, name) for name in ("first", "second")]
    sets = [a_dataset(ada, name) for name in ("reads.fq", "renamed.fq")]
    for run, dataset in zip(runs, sets, strict=True):
        used(run, dataset)
    [row] = section(page(ada_browser, *runs, all="1"), "inputs").rows
    assert row.is_same
    assert row.cells[1].hint == "as renamed.fq"
    DataFile.objects.filter(dataset=sets[1]).update(name="reads.fq", sha256="ef" * 32)
    [row] = section(page(ada_browser, *runs), "inputs").rows
    assert not row.is_same
    assert row.cells[1].differs
    assert row.cells[1].text == "ef" * 32


def test_what_a_run_lacks_is_a_dash_and_no_mark_and_names_come_before_folders(
    ada: Any, ada_browser: Client
) -> None:
    runs = [a_run(ada, name) for name in ("first", "second")]
    used(runs[0], a_dataset(ada, "deep/in/folders/reads.fq"))
    answer = page(ada_browser, *runs)
    [row] = section(answer, "inputs").rows
    assert [cell.is_marked for cell in row.cells] == [False, False]
    assert "not in run B" in answer.text
    assert (row.base, row.folders) == ("reads.fq", ["deep", "in", "folders"])
    assert "deep/<wbr>in/<wbr>folders/<wbr>" in answer.text


def test_durations_tell_how_much_longer_the_other_took(ada: Any, ada_browser: Client) -> None:
    runs = [
        a_run(ada, f"{minutes} min", started_at=START, completed_at=START + timedelta(minutes=minutes))
        for minutes in (10, 15)
    ]
    rows = {row.name: row for row in section(page(ada_browser, *runs), "times").rows}
    assert [cell.text for cell in rows["Duration"].cells] == ["10 min 00 s", "15 min 00 s"]
    assert rows["Duration"].cells[1].hint == "+50 %"
    assert "Started" not in rows


def test_long_texts_are_cut_and_say_word_by_word_what_differs(ada: Any, ada_browser: Client) -> None:
    command = "salmon quant " + " ".join(f"--option-{number} {number}" for number in range(60))
    runs = [
        a_run(ada, "run", run_command=text)
        for text in (command, command.replace("--option-30 30", "--new 7"))
    ]
    answer = page(ada_browser, *runs)
    assert "<del>--option-30 30 </del><ins>--new 7 </ins>" in answer.text
    assert answer.text.count("--option-59 59</pre>") == 2


def test_runs_can_be_added_taken_away_and_moved_by_links_alone(ada: Any, ada_browser: Client) -> None:
    first, second = two_runs(ada)
    third = a_run(ada, "third of a kind")
    answer = page(ada_browser, first, second, q="third")
    assert [run for run, _ in answer.context["offered"]] == [third]
    added = ada_browser.get(answer.context["offered"][0][1])
    assert [column.run for column in added.context["columns"]] == [first, second, third]
    moved = ada_browser.get(added.context["columns"][2].earlier)
    assert [column.run for column in moved.context["columns"]] == [first, third, second]
    fewer = ada_browser.get(moved.context["columns"][0].without)
    assert [column.run for column in fewer.context["columns"]] == [third, second]


@pytest.mark.parametrize("ids", ["", "nonsense", "00000000-0000-0000-0000-000000000001", "a," * 5000])
def test_who_has_chosen_nothing_is_told_how_to(ids: str, ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    answer = ada_browser.get(COMPARE, {"ids": ids})
    assert answer.status_code == 200
    assert "Choose two to five runs" in answer.text
    assert [one for one, _ in answer.context["offered"]] == [run]


def test_a_form_may_send_the_runs_one_by_one_and_six_are_five(ada: Any, ada_browser: Client) -> None:
    runs = [a_run(ada, str(number)) for number in range(6)]
    answer = ada_browser.get(COMPARE, {"ids": [str(run.pk) for run in runs]})
    assert [column.letter for column in answer.context["columns"]] == list("ABCDE")
    assert "offered" not in answer.context


def test_strangers_runs_are_neither_compared_nor_offered_nor_named(
    ada: Any, eve: Any, eve_browser: Client
) -> None:
    hers, secret = a_run(eve, "hers"), a_run(ada, "secret plan")
    answer = page(eve_browser, hers, secret, q="secret")
    assert "1 of the runs in the address was not found" in answer.text
    assert answer.context["offered"] == []
    assert "secret plan" not in answer.text
    assert "sections" not in answer.context


def test_the_page_as_an_api_call_tells_what_the_page_shows(ada: Any, ada_browser: Client) -> None:
    runs = two_runs(ada)
    told = ada_browser.get(page(ada_browser, *runs).context["api"]).json()
    assert [row["name"] for row in told["parameters"]["rows"]] == ["cutoff"]


def test_many_rows_are_bounded_and_cost_no_more_queries(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    runs = [a_run(ada, str(number), workflowversion=a_version(ada, str(number))) for number in range(5)]
    for run in runs:
        with_parameters(run, **{f"p{number}": f"{run.name}{number}" for number in range(400)})
    with django_assert_max_num_queries(30):
        answer = page(ada_browser, *runs)
    assert len(section(answer, "parameters").rows) == 300
    assert "and 100 more: " in answer.text
    longer = ada_browser.get(answer.context["more_rows"])
    assert len(section(longer, "parameters").rows) == 400


def test_what_people_wrote_is_shown_inert(ada: Any, ada_browser: Client) -> None:
    evil = "<script>alert(1)</script>"
    runs = [with_parameters(a_run(ada, evil, run_command=evil * 20 + end), p=evil + end) for end in "ab"]
    assert "<script>alert" not in page(ada_browser, *runs).text
