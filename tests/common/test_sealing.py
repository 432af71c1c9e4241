"""What is sealed opens for the same purpose, with the present or an earlier SECRET_KEY, and otherwise never."""

from typing import Any

import pytest

from common.sealing import Unsealable, seal, unseal

TEXT = "0123456789abcdef"


def test_what_was_sealed_opens_and_is_not_to_be_read() -> None:
    sealed = seal(TEXT, purpose="a key")
    assert unseal(sealed, purpose="a key") == TEXT
    assert TEXT not in sealed
    assert seal(TEXT, purpose="a key") != sealed


def test_it_does_not_open_for_another_purpose() -> None:
    with pytest.raises(Unsealable):
        unseal(seal(TEXT, purpose="ada's"), purpose="eve's")


def _another_letter(text: str) -> str:
    return text[:20] + ("A" if text[20] != "A" else "B") + text[21:]


@pytest.mark.parametrize("change", [lambda text: text[:-4], lambda text: "", _another_letter])
def test_what_was_changed_does_not_open(change: Any) -> None:
    sealed = seal(TEXT, purpose="a key")
    assert change(sealed) != sealed
    with pytest.raises(Unsealable, match="SECRET_KEY") as problem:
        unseal(change(sealed), purpose="a key")
    assert TEXT not in str(problem.value)


def test_an_earlier_key_opens_what_it_sealed_and_seals_nothing(settings: Any) -> None:
    earlier = seal(TEXT, purpose="a key")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [settings.SECRET_KEY]
    assert unseal(earlier, purpose="a key") == TEXT
    anew = seal(TEXT, purpose="a key")
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(anew, purpose="a key") == TEXT
    with pytest.raises(Unsealable):
        unseal(earlier, purpose="a key")
