"""Logs on the command line: listed, read, searched, followed; nothing in them steers a terminal."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from runstead_cli.reading_logs import following
from runstead_cli.reading_logs.texts import harmless, lines_of
from tests.cli.conftest import Runstead
from tests.factories import a_job, a_run
from workflows.logs import append_log, keep_log
from workflows.models import WorkflowRun


@pytest.fixture
def run(ada: User) -> WorkflowRun:
    """With a log of its own, and two jobs of which one failed."""
    run = a_run(ada, "Counts", status="RUNNING")
    good = a_job(run, "sort (1)", external_id="17")
    bad = a_job(run, "count", external_id="18", status="FAILED")
    keep_log(run=run, name="engine", text="begun\n")
    keep_log(run=run, job=good, name="stdout", text="one\ntwo\nthree\n")
    keep_log(run=run, job=bad, name="stderr", text="\x1b[31mKilled\x1b[0m by\x1b]0;title\x07 the kernel\n")
    return run


def test_several_logs_are_listed_until_one_says_which(ada_cli: Runstead, run: WorkflowRun) -> None:
    told = ada_cli.well("logs", run.pk)
    assert [" ".join(line.split()) for line in told.stdout.splitlines()[1:]] == [
        "engine 1 6 B", "sort (1) 1 stdout 3 14 B", "count 1 stderr 1 40 B",
    ]  # fmt: skip
    assert "--job" in told.stderr
    assert ada_cli.well("logs", "Counts", "--job", "sort (1)", "--tail", 2).stdout == "two\nthree\n"
    assert ada_cli.well("logs", run.pk, "--of-run").stdout == "begun\n"
    texts = ada_cli.well("logs", run.pk, "--all", "--tail", 1).stdout
    assert (
        texts
        == "==> run · engine <==\nbegun\n\n==> sort (1) · stdout <==\nthree\n\n==> count · stderr <==\n"
        + ("Killed by the kernel\n")
    )


@pytest.mark.parametrize("word", ["18", "count", "coun"])
def test_a_job_is_named_by_its_id_or_its_name(ada_cli: Runstead, run: WorkflowRun, word: str) -> None:
    (told,) = ada_cli.json("logs", run.pk, "--job", word)
    assert (told["job"]["name"], told["text"]) == ("count", "Killed by the kernel")
    assert ada_cli.json("logs", run.pk, "--failed") == [told]


def test_what_is_not_there_is_not_found(ada_cli: Runstead, run: WorkflowRun) -> None:
    for words in (["--job", "x"], ["--name", "x"]):
        assert ada_cli("logs", run.pk, *words).exit_code == 4


def test_colours_are_kept_where_they_are_wanted_and_nothing_else(ada_cli: Runstead, run: WorkflowRun) -> None:
    told = ada_cli.well("logs", run.pk, "--failed", "--colours").stdout
    assert told == "\x1b[31mKilled\x1b[0m by the kernel\x1b[0m\n"


def test_lines_are_found_with_what_stands_around_them(ada_cli: Runstead, run: WorkflowRun) -> None:
    assert (
        ada_cli.well("logs", run.pk, "--search", "KILLED").stdout == "count · stderr:1:Killed by the kernel\n"
    )
    around = ada_cli.well("logs", run.pk, "--search", "two", "--context", 1).stdout
    assert around.splitlines() == [
        "sort (1) · stdout-1-one",
        "sort (1) · stdout:2:two",
        "sort (1) · stdout-3-three",
    ]
    assert ada_cli.well("logs", run.pk, "--search", "two", "--failed").stdout == ""
    assert [hit["line"] for hit in ada_cli.json("logs", run.pk, "--search", "two")] == [2]


def then(*deeds: Callable[[], Any]) -> Callable[[], Any]:
    """What happens in the pauses, one after the other."""
    waiting = list(deeds)
    return lambda: waiting.pop(0)()


def test_logs_are_followed_until_the_run_has_ended(ada_cli: Runstead, run: WorkflowRun) -> None:
    job = run.jobs.get(external_id="17")

    def end() -> None:
        append_log(run=run, job=job, name="stdout", text="ve\n")
        WorkflowRun.objects.update(status="SUCCESS")

    ada_cli.meanwhile = then(
        lambda: append_log(run=run, job=job, name="stdout", text="four\nfi"),
        lambda: keep_log(run=run, name="stdout", text="new\nlog\n"),
        end,
    )
    told = ada_cli.well("logs", run.pk, "--name", "stdout", "--follow", "--tail", 1, "--json").stdout
    lines = [json.loads(line) for line in told.splitlines()]
    assert [(one["job"] and one["job"]["name"], one["text"]) for one in lines] == [
        ("sort (1)", "three"), ("sort (1)", "four"), (None, "new"), (None, "log"), ("sort (1)", "five"),
    ]  # fmt: skip


def test_of_a_log_that_is_cut_the_end_is_followed(ada_cli: Runstead, run: WorkflowRun, settings: Any) -> None:
    settings.LOG_MAX_BYTES = 4096
    keep_log(run=run, name="engine", text="x\n" * 5000)

    def end() -> None:
        append_log(run=run, name="engine", text="last\n")
        WorkflowRun.objects.update(status="SUCCESS")

    ada_cli.meanwhile = end
    told = ada_cli.well("logs", run.pk, "--of-run", "--follow", "--tail", 2).stdout
    assert told == "==> run · engine <==\nx\nx\nlast\n"


def test_too_many_logs_are_not_followed(
    ada_cli: Runstead, run: WorkflowRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST", 1)
    result = ada_cli("logs", run.pk, "--follow")
    assert (result.exit_code, "narrow them" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("text", "plain", "coloured"),
    [
        ("plain", "plain", "plain"),
        ("\x1b[1;32mok\x1b[0m", "ok", "\x1b[1;32mok\x1b[0m\x1b[0m"),
        ("\x1b[2Jgone\x1b[1;1H", "gone", "gone"),
        ("a\x07b\x9bc", "a�b�c", "a�b�c"),
        ("\x1b]8;;https://example.org\x1b\\link", "link", "link"),
        ("half \x1b", "half �", "half �"),
    ],
)
def test_nothing_steers_the_terminal(text: str, plain: str, coloured: str) -> None:
    assert (harmless(text), harmless(text, colours=True)) == (plain, coloured)


def test_lines_are_whole_however_the_bytes_come() -> None:
    text = "é\r\nzwei\n\ndrei".encode()
    for size in (1, 2, 5, 100):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        assert list(lines_of(pieces)) == ["é", "zwei", "", "drei"]
