"""What jobs wrote, and where they ran."""

import gzip
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.web.rows import a_dataset, a_job, a_run, a_version, used
from web.run import log_files
from web.run.environment import facts_of_line
from web.run.log_windows import MOST_MATCHES, WINDOW, errors_in, matching, window
from workflows.log_ansi import readable
from workflows.logs import keep_log
from workflows.models import WorkflowRun, WorkflowRunJob, WorkflowRunStep

pytestmark = pytest.mark.django_db


def logs(browser: Client, run: WorkflowRun, query: str = "") -> Any:
    """The answer of the tab."""
    answer = browser.get(reverse("web:run-logs", args=[run.pk]) + query)
    assert answer.status_code == 200
    return answer


def environment(browser: Client, run: WorkflowRun, query: str = "") -> str:
    """The text of the tab."""
    return browser.get(reverse("web:run-environment", args=[run.pk]) + query).content.decode()


def test_the_log_of_what_failed_is_read_first(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run, 1, stdout="fine")
    a_job(run, 2, status="FAILED", stdout="begun", stderr="Killed: out of <memory>")
    a_job(run, 3)
    answer = logs(ada_browser, run)
    assert [job.name for job in answer.context["page"].rows] == ["job 2", "job 1"]
    assert "Killed: out of &lt;memory&gt;" in answer.content.decode()
    assert answer.context["stream"] == "stderr"


def test_another_job_and_stream_are_chosen_by_the_address(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    job = a_job(run, 1, stdout="to the output", stderr="to the error")
    assert "to the output" in logs(ada_browser, run, f"?job={job.pk}&stream=stdout").content.decode()
    assert "to the error" in logs(ada_browser, run, f"?job={job.pk}&stream=odd").content.decode()


def test_a_job_of_another_run_is_not_read(ada: Any, ada_browser: Client, eve: Any) -> None:
    secret = a_job(a_run(eve), stdout="secret words")
    run = a_run(ada)
    a_job(run, stdout="mine")
    assert "secret words" not in logs(ada_browser, run, f"?job={secret.pk}").content.decode()
    address = reverse("web:job-log", args=[run.pk, secret.pk])
    assert ada_browser.get(address).status_code == 404


def test_a_long_log_is_read_window_by_window() -> None:
    text = "\n".join(f"line {n}" for n in range(1, 1001)) + "\n"
    first = window(text, "")
    assert (first.first, first.last, first.total, first.before, first.after) == (
        1,
        WINDOW,
        1000,
        None,
        WINDOW + 1,
    )
    assert first.tail == 601
    last = window(text, "601")
    assert (last.first, last.last, last.after, last.before) == (601, 1000, None, 201)
    assert window(text, "99999").first == 1000
    assert window(text, "-5").first == window(text, "x").first == 1
    assert window("", "").lines == []


def test_lines_that_match_are_shown_with_those_around_and_all_are_counted() -> None:
    text = "\n".join("Error here" if n % 10 == 5 else f"line {n}" for n in range(5000))
    found = matching(text, "eRRor")
    assert found.matches == 500
    assert sum(line.is_match for line in found.lines) == MOST_MATCHES
    assert [line.number for line in found.lines[:6]] == [4, 5, 6, 7, 8, 14]
    assert [line.gap for line in found.lines[:6]] == [True, False, False, False, False, True]
    assert found.lines[2].pieces == [("Error", True), (" here", False)]


def test_of_a_very_long_line_the_part_that_matches_is_shown() -> None:
    [line] = matching("x" * 100_000 + "needle" + "y" * 100_000, "needle").lines
    assert ("needle", True) in line.pieces
    assert sum(len(text) for text, _ in line.pieces) < 3000


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("\x1b[31mred\x1b[0m \x1b]0;title\x07x", "red x"),
        ("10 %\r50 %\r100 %\n", "100 %\n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("a\x00b\tc", "a�b\tc"),
    ],
)
def test_what_steers_a_terminal_is_left_out(written: str, read: str) -> None:
    assert readable(written) == read


def test_a_search_marks_what_it_finds_and_stays_inert(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run, stderr="one\n<b>bad</b> thing\nthree")
    page = logs(ada_browser, run, "?search=<b>BAD").content.decode()
    assert "<mark>&lt;b&gt;bad</mark>" in page
    assert "1 of 3 lines match" in page
    assert "No line matches" in logs(ada_browser, run, "?search=nothing").content.decode()


def test_a_text_is_looked_for_in_all_logs(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    wanted = a_job(run, 1, stdout="x" * 500 + "\nan Exception in thread\n" + "y" * 500)
    a_job(run, 2, stderr="fine")
    answer = logs(ada_browser, run, "?everywhere=exception")
    assert [job.pk for job in answer.context["found"].rows] == [wanted.pk]
    assert "an <mark>Exception</mark> in thread" in answer.content.decode()
    assert "No log contains" in logs(ada_browser, run, "?everywhere=%25").content.decode()


def test_jobs_with_logs_are_narrowed(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run, 1, stdout="x")
    a_job(run, 2, stdout="x", status="FAILED")
    rows = logs(ada_browser, run, "?q=job 1").context["page"].rows
    assert [job.name for job in rows] == ["job 1"]
    assert [job.name for job in logs(ada_browser, run, "?status=FAILED").context["page"].rows] == ["job 2"]
    assert "No job with a log matches" in logs(ada_browser, run, "?q=zzz").content.decode()


def test_a_log_is_downloaded_as_it_was_recorded(
    ada: Any, ada_browser: Client, bob_browser: Client, eve_browser: Client
) -> None:
    run = a_run(ada)
    job = a_job(run, stderr="\x1b[31m<script>\x1b[0m")
    WorkflowRunJob.objects.filter(pk=job.pk).update(name='../a "b"\n')
    address = reverse("web:job-log", args=[run.pk, job.pk]) + "?stream=stderr"
    answer = ada_browser.get(address)
    assert answer.content.decode() == "\x1b[31m<script>\x1b[0m"
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == 'attachment; filename="a_b.stderr.txt"'
    assert bob_browser.get(address).status_code == 200
    assert eve_browser.get(address).status_code == 404
    assert ada_browser.get(address.replace("=stderr", "=name")).status_code == 404


def a_log_file(run: WorkflowRun, user: Any, name: str, content: bytes) -> Any:
    """A file of the run that is a log, and its content."""
    file = factories.a_file(factories.a_dataset(user), name, content)
    used(run, file.dataset, "LOG")
    return file


def test_a_file_that_is_a_log_is_read_as_one(
    ada: Any, ada_browser: Client, eve: Any, eve_browser: Client
) -> None:
    run = a_run(ada)
    file = a_log_file(run, ada, "engine.log", b"begun\n\x1b[31m<b>Error</b> in rule\x1b[0m\n")
    lost = used(run, a_dataset(ada, "lost.log"), "LOG").dataset.datafiles.get()
    secret = a_log_file(run, eve, "secret.log", b"secret words")
    page = logs(ada_browser, run).content.decode()
    assert '<span class="ansi-red">&lt;b&gt;Error&lt;/b&gt; in rule</span>' in page
    assert reverse("web:file", args=[file.pk]) in page
    assert reverse("datafile-download", args=[file.pk]) in page
    assert "secret.log" not in page
    assert "secret words" not in logs(ada_browser, run, f"?file={secret.pk}").content.decode()
    assert (
        "does not hold the content of this file"
        in logs(ada_browser, run, f"?file={lost.pk}").content.decode()
    )
    assert "<mark>Error</mark>" in logs(ada_browser, run, f"?file={file.pk}&search=error").content.decode()
    found = logs(ada_browser, run, "?everywhere=IN RULE").content.decode()
    assert "in log files" in found
    assert '<span class="muted">line 2</span>' in found


def test_packed_files_and_those_that_are_no_text_are_logs_too(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    packed = a_log_file(run, ada, "engine.log.gz", gzip.compress(b"inside\n"))
    broken = a_log_file(run, ada, "broken.log", b"\x1f\x8bbroken")
    assert ">inside<" in logs(ada_browser, run, f"?file={packed.pk}").content.decode()
    assert "This file is not text" in logs(ada_browser, run, f"?file={broken.pk}").content.decode()


def test_of_a_huge_file_the_beginning_and_the_end_are_read(
    ada: Any, ada_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_files, "BEGINNING", 10)
    monkeypatch.setattr(log_files, "END", 10)
    run = a_run(ada)
    a_log_file(run, ada, "engine.log", b"first\n" + b"x" * 100 + b"\nlast\n")
    page = logs(ada_browser, run).content.decode()
    assert "first" in page
    assert "last" in page
    assert "92 bytes are left out" in page
    assert "Its beginning and its end are shown" in page


def test_what_failed_is_read_from_its_end(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, status="FAILED")
    keep_log(run=run, name="engine", text="".join(f"line {n}\n" for n in range(1, 1001)))
    done = a_job(run, 1, stdout="fine")
    answer = logs(ada_browser, run)
    assert answer.context["is_of_run"], "no job failed: the engine says why"
    assert (answer.context["log"].first, answer.context["log"].last) == (601, 1000)
    assert logs(ada_browser, run, "?job=run&from=1").context["log"].first == 1
    broken = a_job(run, 2, status="FAILED", stderr="Killed")
    assert logs(ada_browser, run).context["job"] == broken
    assert not logs(ada_browser, run, f"?job={done.pk}").context["opens_at_end"]


def test_lines_that_speak_of_errors_are_led_to(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    lines = [f"line {n}" for n in range(1, 1001)]
    lines[499], lines[899] = "java.lang.OutOfMemoryError: heap", "bash: salmon: command not found"
    keep_log(run=run, name="engine", text="\n".join(lines))
    page = logs(ada_browser, run).content.decode()
    assert "2 lines mention an error" in page
    assert "job=run&amp;stream=engine&amp;from=490#L500" in page
    assert "job=run&amp;stream=engine&amp;from=890#L900" in page
    shown = logs(ada_browser, run, "?job=run&from=490").content.decode()
    assert '<tr class="is-error" id="L500"><td class="line-number"><a href="#L500"' in shown


@pytest.mark.parametrize(
    ("line", "speaks"),
    [
        ("ERROR out of memory", True),
        ("Traceback (most recent call last):", True),
        ("ValueError: no such sample", True),
        ("sh: 1: fastp: not found", True),
        ("0 errors, 0 failed", False),
        ("done without errors", False),
        ("Maximum error rate: 0.1", False),
        ("--error-model x", False),
        ("fine", False),
    ],
)
def test_words_tell_what_is_an_error(line: str, speaks: bool) -> None:
    assert bool(errors_in(line)) is speaks


def test_a_run_without_logs_says_so(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run)
    assert "No output of jobs is recorded" in logs(ada_browser, run).content.decode()


def test_a_log_of_megabytes_makes_no_heavy_page(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_job(run, stdout="".join(f"{n} some words of a log\n" for n in range(100_000)))
    assert len(logs(ada_browser, run).content) < 200_000
    assert len(logs(ada_browser, run, "?search=words").content) < 500_000


def test_a_nested_environment_becomes_a_table_that_is_searched(ada: Any, ada_browser: Client) -> None:
    said = {"node": {"cpus": 36, "tags": ["a", "b"]}, "disks": [{"size": 5}], "clock": None, "empty": {}}
    run = a_run(ada, run_environment=said)
    page = environment(ada_browser, run)
    for name, value in (
        ("node.cpus", "36"),
        ("node.tags", "a, b"),
        ("disks[0].size", "5"),
        ("clock", "null"),
    ):
        assert f'<th scope="row">{name}</th><td class="value">{value}</td>' in page
    page = environment(ada_browser, run, "?q=CPU")
    assert ">node.cpus<" in page
    assert ">node.tags<" not in page
    assert "No name or value matches" in environment(ada_browser, run, "?q=zzz")


def test_tools_images_hosts_variables_and_the_engine_are_told_once(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada, workflowversion=a_version(ada))
    for number in range(3):
        a_job(run, number, host="node7", container_image="quay.io/fastp:1", environment={"LANG": "C"})
    WorkflowRunStep.objects.update(tool_version="0.23", tool_url="javascript:alert(1)")
    page = environment(ada_browser, run)
    for text in ("fastp", "0.23", "quay.io/fastp:1", "node7", "LANG", "Galaxy"):
        assert page.count(f">{text}<") == 1 or text == "Galaxy"
    assert "javascript:" not in page


@pytest.mark.parametrize(
    "said", ["a text", 7, True, [], {}, ["x"], [1, [2, {"a": [{}]}]], {"a": {"b": {"c": None}}}]
)
def test_whatever_an_environment_is_the_page_shows_it(ada: Any, ada_browser: Client, said: Any) -> None:
    assert "<h1>" in environment(ada_browser, a_run(ada, run_environment=said))


def test_the_call_that_the_tab_names_answers_with_the_same_log(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    job = a_job(run, stderr="Killed")
    call = reverse("workflowrun-detail", args=[run.pk]) + f"jobs/{job.pk}/"
    assert f"http://testserver{call}" in logs(ada_browser, run).content.decode()
    assert ada_browser.get(call).json()["stderr"] == "Killed"


def test_logs_that_are_kept_stand_beside_excerpts(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    job = a_job(run, 1, stderr="the excerpt")
    quiet = a_job(run, 2)
    keep_log(run=run, job=quiet, name="trace", text="\x1b[31mfirst <b>\nsecond\x1b[0m\n")
    keep_log(run=run, name="engine", text="\x1b[1mstarted\x1b[0m\n")
    answer = logs(ada_browser, run)
    assert {one.pk for one in answer.context["page"].rows} == {job.pk, quiet.pk}
    page = logs(ada_browser, run, f"?job={quiet.pk}&stream=trace").content.decode()
    assert '<span class="ansi-red">first &lt;b&gt;</span>' in page
    assert '<span class="ansi-red">second</span>' in page
    plain = logs(ada_browser, run, f"?job={quiet.pk}&stream=trace&colours=0").content.decode()
    assert "ansi-red" not in plain
    assert "first &lt;b&gt;" in plain
    of_run = logs(ada_browser, run, "?job=run&stream=engine")
    assert '<span class="ansi-bold">started</span>' in of_run.content.decode()
    kept = ada_browser.get(reverse("web:run-log", args=[run.pk]), {"stream": "engine"})
    assert (kept.content, kept["Content-Disposition"]) == (
        b"\x1b[1mstarted\x1b[0m\n",
        'attachment; filename="NA12878.engine.txt"',
    )
    trace = ada_browser.get(reverse("web:job-log", args=[run.pk, quiet.pk]), {"stream": "trace"})
    assert trace.content.startswith(b"\x1b[31mfirst")
    assert ada_browser.get(reverse("web:run-log", args=[run.pk]), {"stream": "odd"}).status_code == 404


def test_the_search_goes_through_kept_logs_too(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    keep_log(run=run, job=a_job(run, 1), name="stderr", text="fine\nan \x1b[31mExc\x1b[0meption\n")
    page = logs(ada_browser, run, "?everywhere=exception").content.decode()
    assert "an Exception" in page
    assert "line 2" in page


def test_an_escape_over_the_end_of_a_line_moves_no_line(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    keep_log(run=run, name="engine", text="a\x1b]0;title\nb\x07\r\nc\rd\n\x1b[31")
    lines = logs(ada_browser, run, "?job=run").context["log"].lines
    assert ["".join(piece for piece, _ in line.coloured) for line in lines] == [
        "".join(piece for piece, _ in line.pieces) for line in lines
    ]
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("line", "facts"),
    [
        (
            "Snakemake 9.27.1, Python 3.11.7, Linux-6.18-x86_64-with-glibc2.36",
            [("Snakemake", "9.27.1"), ("Python", "3.11.7"), ("Platform", "Linux-6.18-x86_64-with-glibc2.36")],
        ),
        (
            "Sapporo 2.4.0 (GA4GH WES), state COMPLETE, exit code 0",
            [("Sapporo", "2.4.0 (GA4GH WES)"), ("State", "COMPLETE"), ("Exit code", "0")],
        ),
        ("cwltool 3.3, without containers", [("cwltool", "3.3"), ("Containers", "without containers")]),
        ("Snakemake 9.27.1", []),
        ("Snakemake 9.27.1, on the node under the desk", []),
        ("Python 3.11\nR 4.1, x", []),
        ("", []),
    ],
)
def test_a_line_whose_parts_are_known_becomes_a_table(line: str, facts: list[tuple[str, str]]) -> None:
    assert facts_of_line(line) == facts


def test_a_line_of_facts_can_still_be_copied_as_it_was_recorded(ada: Any, ada_browser: Client) -> None:
    page = environment(ada_browser, a_run(ada, run_environment="Snakemake 9.27.1, Python 3.11.7"))
    assert '<th scope="row">Snakemake</th><td class="value">9.27.1</td>' in page
    assert ">Snakemake 9.27.1, Python 3.11.7</" in page
