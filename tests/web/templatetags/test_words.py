"""How times, durations and sizes are said."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from web.templatetags import runs


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "–"),
        (0.0, "0 s"),
        (0.02, "< 0.1 s"),
        (0.42, "0.4 s"),
        (0.97, "1.0 s"),
        (12.4, "12 s"),
        (59.6, "1 min 00 s"),
        (184, "3 min 04 s"),
        (3720, "1 h 02 min"),
        (3600 * 51, "2 d 3 h"),
    ],
)
def test_durations(seconds: float | None, said: str) -> None:
    assert runs.duration(seconds) == said


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (None, "–"),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (999_999, "1.00 MB"),
        (48_000_000, "48.0 MB"),
        (1_840_000_000, "1.84 GB"),
        (5 * 10**18, "5000 PB"),
    ],
)
def test_sizes(size: int | None, said: str) -> None:
    assert runs.filesize(size) == said


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=5, seconds=3), "5 min ago"),
        (timedelta(hours=3, minutes=59), "3 h ago"),
        (timedelta(days=1, hours=5), "yesterday"),
        (timedelta(days=4, hours=5), "4 days ago"),
    ],
)
def test_relative_times(ago: timedelta, said: str) -> None:
    assert runs.relative_time(timezone.now() - ago) == said


def test_what_is_long_ago_or_still_to_come_is_a_date() -> None:
    for moment in (timezone.now() - timedelta(days=30), timezone.now() + timedelta(days=2)):
        assert runs.relative_time(moment) == f"{moment.day} {moment:%b %Y}"


def test_what_is_running_has_lasted_so_far() -> None:
    started = timezone.now() - timedelta(minutes=3, seconds=1)
    running = SimpleNamespace(started_at=started, completed_at=None, status="RUNNING")
    waiting = SimpleNamespace(started_at=None, completed_at=None, status="PENDING")
    assert runs.elapsed(running).endswith(" so far")
    assert runs.elapsed(running).startswith("3 min")
    assert runs.elapsed(waiting) == "–"


def test_json_is_shown_as_json_and_long_texts_are_cut_off() -> None:
    assert runs.as_text(True) == "true"
    assert runs.as_text(None) == "null"
    assert runs.as_text(["chr1", "ü"]) == '["chr1", "ü"]'
    assert runs.as_text({"a": "x" * 80}).splitlines()[0] == "{"
    assert runs.as_text("x" * (runs.LONGEST_TEXT + 7)).endswith("… and 7 more characters")


@pytest.mark.parametrize("status", ["SUCCESS", "FAILED", "RUNNING", "ONLINE", "ERROR"])
def test_a_status_is_a_word_with_a_colour_of_its_own(status: str) -> None:
    badge = runs.status_badge(status)
    assert f'class="badge badge-{status.lower()}"' in badge
    assert f">{status.capitalize()}<" in badge
