"""Numbers of things, in words."""


def counted(number: int, noun: str, one: str = "", many: str = "") -> str:
    """``1 run``, ``12,345 runs``; with a verb for one and for many ``1 run is``, ``2 runs are``."""
    said, verb = (noun, one) if number == 1 else (f"{noun}s", many)
    return f"{number:,} {said} {verb}".rstrip()
