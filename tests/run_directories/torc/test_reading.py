"""Torc's sizes, durations and times."""

from datetime import UTC, datetime

import pytest

from run_directories.torc.reading import Answers, byte_count, epoch, later, number, seconds_of, text, whole


@pytest.mark.parametrize(
    ("written", "size"),
    [("20g", 20 * 2**30), ("1K", 1024), ("512", 512), ("1.5m", 1572864), ("2T", 2 * 2**40), ("4 GB", 4 * 2**30),
     ("", None), ("g", None), ("-1g", None), ("1x", None), ("9" * 40, None)],
)  # fmt: skip
def test_memory_counts_in_powers_of_1024(written, size):
    assert byte_count(written) == size


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("P0DT1M", 60), ("PT30M", 1800), ("PT1H2M3.5S", 3723.5), ("P1DT12H", 129600), ("P2W", 1209600), ("p1d", 86400),
     ("", None), ("P", None), ("PT", None), ("04:00:00", None), ("P1Y", None)],
)  # fmt: skip
def test_durations_are_those_of_iso_8601(written, seconds):
    assert seconds_of(written) == seconds


def test_times_without_a_zone_are_taken_for_utc_and_noted():
    read = Answers()
    assert read.moment("2026-11-20T10:00:00+01:00") == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert not read.is_zone_assumed
    assert read.moment("2024-03-26 11:10:30.123456") == datetime(2024, 3, 26, 11, 10, 30, 123456, tzinfo=UTC)
    assert read.is_zone_assumed
    assert [read.moment(one) for one in (None, "", "soon", 5, "0001-01-01T00:00:00+14:00")] == [None] * 5


def test_times_that_there_are_not():
    assert epoch(1e18) is None
    assert later(datetime(1, 1, 1, tzinfo=UTC), -1.0) is None


@pytest.mark.parametrize("value", [True, float("nan"), float("inf"), 1e300, "7", None])
def test_what_is_no_number(value):
    assert number({"a": value}, "a") is None
    assert whole({"a": value}, "a") is None


def test_texts_have_nothing_that_no_database_keeps():
    assert text({"a": " x\0y "}, "a") == "x\N{REPLACEMENT CHARACTER}y"
    assert text({"a": True}, "a") == text(None, "a") == ""
