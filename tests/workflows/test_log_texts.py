"""What is kept of a log, what its colours become, and what a search finds: without a database."""

import itertools

import pytest

from common.identifiers import uuid7
from workflows.log_ansi import as_html, coloured, readable, style_after
from workflows.log_listing import excerpt_id, job_and_stream
from workflows.log_reading import Match, lines_of, matches, stretch
from workflows.log_texts import Keeping, kept, text_of

LONG = "".join(f"line {n}\n" for n in range(10_000))


def test_a_short_log_is_kept_as_it_is() -> None:
    one = kept("first\r\n\x1b[31mräd\n", 1000)
    assert text_of(one.content) == "first\r\n\x1b[31mräd\n"
    assert (one.size, one.full_size, one.line_count, one.is_cut) == (17, 17, 2, False)


def test_pieces_make_the_same_as_the_whole() -> None:
    pieces = [LONG[start : start + 77] for start in range(0, len(LONG), 77)]
    assert kept(pieces, 4000) == kept(LONG, 4000)


def test_of_a_long_log_both_ends_are_kept_in_whole_lines_and_the_cut_is_told() -> None:
    one = kept(LONG, 4000)
    lines = text_of(one.content).splitlines()
    assert (one.is_cut, one.full_size, one.size <= 4000, one.size > 3500) == (True, len(LONG), True, True)
    cut = next(place for place, line in enumerate(lines) if line.startswith("[…"))
    assert lines[:cut] == [f"line {n}" for n in range(cut)]
    assert lines[cut + 1 :] == [f"line {n}" for n in range(10_000 - len(lines) + cut + 1, 10_000)]
    missing = one.full_size - one.size + len(f"{lines[cut]}\n".encode())
    assert lines[cut] == f"[… {missing:,} bytes left out by the registry …]"
    assert one.line_count == len(lines)


@pytest.mark.parametrize("most", [999, 1000, 1001, 1002])
@pytest.mark.parametrize("letter", ["x", "ä", "€", "😀"])
def test_one_long_line_is_cut_between_letters(letter: str, most: int) -> None:
    one = kept(letter * 5000, most)
    assert "�" not in text_of(one.content)
    assert one.is_cut
    assert one.size <= most


@pytest.mark.parametrize("size", [40, 700, 5000])
def test_going_on_again_and_again_keeps_beginning_end_and_count(size: int) -> None:
    row = kept("", 4000)
    for start in range(0, len(LONG), size):
        keeping = Keeping(4000)
        keeping.go_on_from(text_of(row.content), row.full_size)
        keeping.add(LONG[start : start + size])
        row = keeping.result()
    text = text_of(row.content)
    assert (row.full_size, row.is_cut, text.count("left out by the registry")) == (len(LONG), True, 1)
    assert row.size <= 4000
    assert text.startswith("line 0\nline 1\n")
    assert text.endswith("line 9998\nline 9999\n")


def test_a_line_that_only_looks_like_a_cut_is_a_line() -> None:
    keeping = Keeping(4000)
    keeping.go_on_from("a\n[… 7 bytes left out by the registry …]\n", 47)
    keeping.add("b\n")
    assert text_of(keeping.result().content).endswith("registry …]\nb\n")
    assert not keeping.result().is_cut


def test_what_utf8_does_not_have_is_replaced() -> None:
    assert text_of(kept("a\udc80b", 1000).content) == "a?b"


# --- colours ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\x1b[31mred\x1b[0m plain", [("red", "ansi-red"), (" plain", "")]),
        ("\x1b[1;4;92mx\x1b[22my\x1b[mz", [("x", "ansi-bright-green ansi-bold ansi-underline"),
                                          ("y", "ansi-bright-green ansi-underline"), ("z", "")]),
        ("\x1b[38;5;196mx\x1b[48;2;0;0;200my", [("x", "ansi-red"), ("y", "ansi-red ansi-on-blue")]),
        ("\x1b[38;5;12mx\x1b[38;5;255my\x1b[39mz", [("x", "ansi-bright-blue"), ("y", "ansi-white"), ("z", "")]),
        ("\x1b[38mx\x1b[999999999999999999mx", [("x", ""), ("x", "")]),
        ("\x1b]8;;https://evil.example\x07link\x1b]8;;\x1b\\", [("link", "")]),
        ("\x1b[2K\x1b[1Gdone\x07", [("done�", "")]),
        ("50%\r100%\r", [("100%", "")]),
        ("\x1b[31m50%\r100%", [("100%", "ansi-red")]),
        ("", []),
    ],
)  # fmt: skip
def test_colours_become_classes(text: str, told: list[tuple[str, str]]) -> None:
    assert list(coloured([text])) == [told]
    assert "".join(piece for piece, _ in told) == readable(text)


def test_a_colour_holds_over_the_ends_of_lines_and_from_before_a_stretch() -> None:
    assert list(coloured(["\x1b[33ma", "b"])) == [[("a", "ansi-yellow")], [("b", "ansi-yellow")]]
    assert list(coloured(["b"], style_after("\x1b[33ma\n"))) == [[("b", "ansi-yellow")]]


@pytest.mark.parametrize(
    "long", ["\x1b[" + "1;" * 500_000 + "m", "\x1b[" * 300_000, "\x1b]" * 300_000, "\x1b[" + "0" * 500_000]
)
def test_no_escape_takes_long(long: str) -> None:
    assert "".join(piece for piece, _ in next(iter(coloured([long])))) == readable(long)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '\x1b[31m"><img src=x onerror=alert(1)>',
        "\x1b[31;<b>m",
        '\x1b]8;;javascript:alert(1)\x07<a href="x">',
        "&lt;\x1b[<i>",
    ],
)
def test_nothing_of_a_log_becomes_a_tag(hostile: str) -> None:
    html = "".join(as_html([hostile]))
    for span in ('<span class="ansi-red">', "</span>"):
        html = html.replace(span, "")
    assert not {"<", ">", '"'} & set(html)


# --- reading ------------------------------------------------------------------------------------------------


def test_a_stretch_of_lines_knows_where_it_stands() -> None:
    text = "a\nb\nc\nd"
    assert lines_of("") == []
    for asked, lines, first in (
        ({}, "abcd", 1),
        ({"tail": 2}, "cd", 3),
        ({"tail": 0}, "", 5),
        ({"tail": 9}, "abcd", 1),
        ({"first": 2, "last": 3}, "bc", 2),
        ({"first": 4, "last": 9}, "d", 4),
        ({"first": 8}, "", 5),
    ):
        found = stretch(text, **asked)
        assert ("".join(found.lines), found.first, found.total) == (lines, first, 4)


def test_a_search_tells_lines_places_and_what_is_around_them() -> None:
    text = "one\nAn Error, an ERROR\nthree\nfour\nerror\n"
    found = list(matches(text, "error", context=1, is_late=lambda: False))
    assert found == [
        Match(2, "An Error, an ERROR", [(3, 8), (13, 18)], ["one"], ["three"]),
        Match(5, "error", [(0, 5)], ["four"], []),
    ]
    rest = matches(text, "error", context=0, after_line=2, is_late=lambda: False)
    assert [isinstance(one, Match) and one.line for one in rest] == [5]


def test_a_search_is_for_plain_text_and_of_a_long_line_tells_the_part_that_matches() -> None:
    assert not list(matches("aaa\n", "a+", context=0, is_late=lambda: False))
    found = next(
        iter(matches("x" * 9000 + "needle" + "y" * 9000, "NEEDLE", context=0, is_late=lambda: False))
    )
    assert isinstance(found, Match)
    assert len(found.text) == 2000
    start, end = found.places[0]
    assert found.text[start:end] == "needle"


def test_a_search_that_is_late_says_how_far_it_came() -> None:
    clock = itertools.count()
    found = list(matches("a\n" * 9000 + "b", "b", context=0, is_late=lambda: next(clock) >= 1))
    assert found == [3999]
    rest = matches("a\n" * 9000 + "b", "b", context=0, after_line=3999, is_late=bool)
    assert [isinstance(one, Match) and one.line for one in rest] == [9001]


def test_the_id_of_an_excerpt_leads_back_to_its_job() -> None:
    job = uuid7()
    for stream in ("stdout", "stderr"):
        assert job_and_stream(excerpt_id(job, stream)) == (job, stream)
    assert job_and_stream(job) is None
