"""Much work made few: names without what tells one of many from the others, and how many jobs stand together."""

from collections.abc import Mapping

from workflows.records import RunStatus

# Of jobs whose step is not known the worst tells how they stand together.
_WORST_FIRST = ("FAILED", "CANCELLED", "RUNNING", "PAUSED", "PENDING", "UNKNOWN", "SUCCESS", "SKIPPED")
_BEFORE_NUMBERS = " \t\r\n_.:#-"
_DIGITS = "0123456789"


def pattern_of(name: str) -> str:
    """A name without what tells one of many from the others: ``sort (A)``, ``sort_12`` are ``sort``."""
    text = name.rstrip()
    if text.endswith(")") and "(" in text and ")" not in text[text.rindex("(") : -1]:
        text = text[: text.rindex("(")]
    elif text != text.rstrip(_DIGITS):
        text = text.rstrip(_DIGITS).rstrip(_BEFORE_NUMBERS)
    return text.strip() or name


def worst_of(counts: Mapping[str, int]) -> str:
    """How several jobs stand together, from how many of them stand how."""
    return next((status for status in _WORST_FIRST if counts.get(status)), RunStatus.UNKNOWN.value)
