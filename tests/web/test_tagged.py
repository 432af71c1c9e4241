"""Tags as lines."""

import pytest
from django.forms import ValidationError

from web.tagged import TagLines, as_lines, read_tags


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"organism": "human", "empty": "", "with blanks": "a b"},
        {"a=b": "c=d = e"},
        {"lines": "one\ntwo"},
        {"blanks": " around "},
        {"x = y": "z"},
        {"{odd": "1"},
    ],
)
def test_what_is_shown_is_read_as_it_was(tags: dict[str, str]) -> None:
    assert read_tags(as_lines(tags)) == tags
    assert not TagLines().has_changed(tags, as_lines(tags).replace("\n", "\r\n"))


def test_people_may_leave_out_blanks_and_values() -> None:
    assert read_tags("organism=human\n\n  stage =adult \nreviewed") == {
        "organism": "human",
        "stage": "adult",
        "reviewed": "",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("= human", "has no name"),
        ("a = 1\na = 2", "two tags"),
        ("{nonsense", "must be a JSON object"),
        ('{"a": 1}', "is a text"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        read_tags(text)
    assert TagLines().has_changed({}, text)
