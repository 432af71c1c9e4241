"""Numbers of things, in words."""

import pytest

from web.counting import counted


@pytest.mark.parametrize(("number", "words"), [(0, "0 runs"), (1, "1 run"), (12_345, "12,345 runs")])
def test_one_is_not_many(number: int, words: str):
    assert counted(number, "run") == words


def test_the_verb_agrees():
    assert counted(1, "file", "is", "are") == "1 file is"
    assert counted(2, "file", "is", "are") == "2 files are"
