"""Numbers of things, in words. No Django."""


def counted(count: int, one: str, many: str) -> str:
    """The count with its noun."""
    return f"{count} {one if count == 1 else many}"
