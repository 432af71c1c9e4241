"""What pages read of a request."""

from django.test import RequestFactory

from web.requests import is_for_swap, text_asked


def asked(text: str, most: int = 200) -> str:
    return text_asked(RequestFactory().get("/", {"search": text}), "search", most)


def test_a_text_comes_without_blanks_around_it_and_without_what_no_database_takes():
    assert asked(" reads\0 of A ") == "reads of A"
    assert asked("\0") == ""


def test_a_text_is_never_long():
    assert asked("x" * 1000) == "x" * 200
    assert asked("abc", 2) == "ab"


def test_a_script_is_told_from_a_person_who_follows_a_link():
    assert is_for_swap(RequestFactory().get("/", headers={"HX-Request": "true"}))
    assert not is_for_swap(RequestFactory().get("/"))
