"""What Galaxy refuses, in its own words, and the sentence that comes of it."""

from typing import Any

import pytest

from galaxy_import.advice import what_to_do
from galaxy_import.client.refusals import error_of
from run_sources.errors import NotReadable, SourceError
from tests.galaxy_import.recorded import BASE


class Asked:
    """A server that Bob asked."""

    base, account, has_key = BASE, "bob@example.org", True


def refused(words: str, status: int = 403, code: int = 403002, **asked: Any) -> SourceError:
    """The error that comes of a refusal."""
    who = Asked()
    for name, value in asked.items():
        setattr(who, name, value)
    with pytest.raises(SourceError) as caught:
        raise error_of(status, {"err_msg": words, "err_code": code}, who, "/api/things/1")
    return caught.value


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        (
            "HistoryDatasetAssociation is not accessible by user",
            "have that account allowed to access the dataset",
        ),
        ("History is not accessible to the current user", "Have its history shared with that account"),
        ("History is not accessible by user", "Have its history shared with that account"),
        (
            "HistoryDatasetCollectionAssociation is not accessible by user",
            "Have its history shared with that account",
        ),
        (
            "Workflow is neither importable, nor owned by or shared with current user",
            "Have the workflow shared with",
        ),
        ("You shall not pass", "Have it shared with that account"),
    ],
)
def test_what_is_refused_is_opened_where_it_is_closed(words: str, remedy: str) -> None:
    told = refused(words)
    assert isinstance(told, NotReadable)
    assert f"(Galaxy: {words})" in str(told)
    assert remedy in str(told)
    assert str(told).endswith(", or use the key of its owner.")


def test_a_private_dataset_in_a_shared_history_is_not_told_to_have_it_shared() -> None:
    told = str(refused("HistoryDatasetAssociation is not accessible by user"))
    assert "Sharing its history is not enough" in told
    assert "Have its history shared" not in told


def test_without_a_key_one_is_asked_for() -> None:
    told = str(refused("HistoryDatasetAssociation is not accessible by user", has_key=False))
    assert "does not show this to everybody" in told
    assert "Store your API key" in told


def runs_of_words(sentence: str) -> set[tuple[str, ...]]:
    """All runs of four words."""
    words = sentence.lower().replace(",", "").replace(".", "").replace(":", "").split()
    return {tuple(words[start : start + 4]) for start in range(len(words) - 3)}


@pytest.mark.parametrize(
    ("status", "code", "asked"),
    [
        (401, 401001, {}),
        (401, 401001, {"has_key": False}),
        (403, 403002, {}),
        (403, 403002, {"has_key": False}),
        (404, 404001, {}),
        (400, 400009, {}),
    ],
)
def test_the_advice_adds_to_what_the_error_says(status: int, code: int, asked: dict[str, Any]) -> None:
    told = refused("History is not accessible by user", status, code, **asked)
    advice = what_to_do(told.code)
    assert advice
    assert not runs_of_words(str(told)) & runs_of_words(advice)
