"""How long a server is waited for."""

from datetime import UTC, datetime

import pytest

from run_sources.http.waiting import delays, read_retry_after

NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("0", 0),
        (" 120 ", 120),
        ("9" * 50, 999_999_999),
        ("Sat, 21 Nov 2026 12:00:30 GMT", 30),
        ("Sat, 21 Nov 2026 12:00:30", 30),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0),
        ("Sat, 99 Nov 2026 11:00:00 GMT", None),
    ],
)
def test_what_a_server_asks_for_is_read_as_seconds(text, seconds):
    assert read_retry_after(text, NOON) == seconds


def test_pauses_grow_and_are_spread():
    early, late = list(delays(3, lambda: 0.0)), list(delays(3, lambda: 1.0))
    assert early == [0.75, 2.25, 6.75]
    assert late == [1.25, 3.75, 11.25]
