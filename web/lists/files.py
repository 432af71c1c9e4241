"""Files are looked for by their names, and by what is in them."""

import string

from django.db.models import Q

COLUMNS = {64: "sha256", 32: "md5sum"}  # by the number of digits
HEXADECIMAL = frozenset(string.hexdigits)


def checksum_column(text: str) -> str:
    """The column of the checksum that a text is, empty for any other text."""
    return COLUMNS.get(len(text), "") if set(text) <= HEXADECIMAL else ""


def called(text: str, path: str = "") -> Q:
    """Files whose name or path contains the text, or whose checksum it is; ``path`` leads to the file."""
    if column := checksum_column(text):
        return Q(**{f"{path}{column}": text.lower()})
    return Q(**{f"{path}name__icontains": text}) | Q(**{f"{path}path__icontains": text})
