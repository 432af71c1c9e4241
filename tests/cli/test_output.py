"""What people see: tables and bars on a terminal, plain lines elsewhere, and nothing that steers the terminal."""

import io
import sys

import pytest

from runstead_cli.output import Node, Output, clean, duration, moment, size
from runstead_cli.waiting import LONGEST, SECONDS, retry_after


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """From now on both streams are the same terminal, a hundred columns wide."""
    both = Terminal()
    monkeypatch.setattr(sys, "stdout", both)
    monkeypatch.setattr(sys, "stderr", both)
    for name, value in {"COLUMNS": "100", "TERM": "xterm", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    return both


def test_a_table_is_plain_where_no_terminal_reads(capsys: pytest.CaptureFixture[str]) -> None:
    Output().table(["NAME", "SIZE"], [["a longer name", 1], ["b", None]])
    assert capsys.readouterr().out == "NAME           SIZE\na longer name  1\nb\n"


def test_a_table_is_drawn_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = a_terminal(monkeypatch)
    Output().table(["ID", "NAME"], [["1", "[red]name[/red]"]])
    assert "─" in terminal.getvalue()
    assert "[red]name[/red]" in terminal.getvalue()


def test_facts_leave_out_what_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    Output().facts([("Name", "a\nb"), ("Empty", ""), ("Zero", 0), ("Long name", {"k": [1]})])
    assert capsys.readouterr().out == 'Name       a\n           b\nZero       0\nLong name  {"k": [1]}\n'


def test_a_tree_has_branches(capsys: pytest.CaptureFixture[str]) -> None:
    Output().tree(Node("root", [Node("one", [Node("below")]), Node("two")]))
    assert capsys.readouterr().out == "root\n├── one\n│   └── below\n└── two\n"


def test_talk_is_apart_from_results(capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(json=True)
    output.say("a word")
    output.warn("odd")
    output.result({"name": "ä"}, lambda: output.line("never"))
    told = capsys.readouterr()
    assert (told.out, told.err) == ('{\n  "name": "ä"\n}\n', "a word\nWarning: odd\n")


def test_what_others_wrote_cannot_steer_the_terminal() -> None:
    assert clean("a\x1b[2Jb\x07\r\u202ec\td\n") == "a�[2Jb���c\td\n"


def test_a_log_gets_a_line_at_each_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    with Output().progress("Files", 100) as bar:
        for done in range(0, 101, 5):
            bar.update(done, note="sending" if done > 50 else "")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[0] == "Files 10 %"
    assert lines[5:7] == ["Files 50 % (sending)", "Files 60 % (sending)"]


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = a_terminal(monkeypatch)
    with Output().progress("[Files]", 2048) as bar:
        bar.update(1024)
        bar.update(2048, 2048, "almost")
    assert "[Files]" in terminal.getvalue()
    with Output().progress("Jobs", 4, "jobs") as bar:
        bar.update(4)
    assert "4/4" in terminal.getvalue()


@pytest.mark.parametrize(
    ("count", "said"),
    [(None, ""), (0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (5 * 1024**5, "5120.0 TiB")],
)
def test_sizes_are_for_people(count: int | None, said: str) -> None:
    assert size(count) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, ""), (0.04, "0.0 s"), (59.94, "59.9 s"), (300, "5 min 0 s"), (3660, "1 h 1 min")],
)
def test_durations_are_for_people(seconds: float | None, said: str) -> None:
    assert duration(seconds) == said


def test_moments_have_their_zone() -> None:
    assert moment("2024-01-15T10:00:00Z") == "2024-01-15 10:00:00 UTC"
    assert moment("2024-01-15T10:00:00.123456+02:00") == "2024-01-15 10:00:00+02:00"
    assert moment(None) == ""


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7.0),
        ("", SECONDS),
        ("soon", SECONDS),
        ("100000", LONGEST),
        ("Mon, 15 Jan 2024 10:00:00 GMT", 0.0),
    ],
)
def test_the_server_says_how_long_to_wait(said: str, seconds: float) -> None:
    assert retry_after({"Retry-After": said}) == seconds
