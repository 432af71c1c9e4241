"""Values of parameters as people type them, by which runs are searched and steps find what they were given."""

from typing import Any

import orjson

KEY_LENGTH = 200  # characters


def value_key(value: Any) -> str:
    """A parameter's value as people type it in a search: ``true``, ``31``, ``0.05``, ``hg38``, ``["a","b"]``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return orjson.dumps(value).decode()[:KEY_LENGTH]
    return "" if value is None else str(value)[:KEY_LENGTH]
