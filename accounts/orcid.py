"""ORCID iDs: sixteen characters, of which the last tells whether the others were copied well."""

import re

SHAPE = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]", re.ASCII)


def is_orcid(text: str) -> bool:
    """Whether ``text`` reads like 0000-0002-1825-0097 and its last character fits the rest (ISO 7064, mod 11-2)."""
    return SHAPE.fullmatch(text) is not None and text[-1] == check_character(text.replace("-", "")[:-1])


def check_character(digits: str) -> str:
    """The character that belongs behind fifteen digits."""
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)


def bare_orcid(text: str) -> str:
    """What a person pasted, without the address of orcid.org before it."""
    return re.sub(r"^(https?://)?(www\.)?orcid\.org/", "", text.strip()).rstrip("/").upper()
