"""Values as a crate bears them: texts all, with a word for what each was, so that they can be read back."""

import json
from typing import Any

TEXT = "Text"
JSON = "JSON"
LIST = " list"
_KINDS = {str: TEXT, bool: "Boolean", int: "Integer", float: "Float"}


def kind_of(value: Any) -> str:
    """What a JSON value is: ``Text``, ``Boolean``, ``Integer``, ``Float``; ``… list`` of one of these; ``JSON``."""
    if not isinstance(value, list):
        return _KINDS.get(type(value), JSON)
    kinds = {_KINDS.get(type(one), JSON) for one in value}
    return f"{kinds.pop()}{LIST}" if len(kinds) == 1 and JSON not in kinds else JSON


def text_of(value: Any, kind: str = "") -> str | list[str]:
    """A JSON value of this kind as a PropertyValue bears it: a text, or one for each member of a list."""
    kind = kind or kind_of(value)
    if kind == JSON:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return [str(one) for one in value] if kind.endswith(LIST) else str(value)


def value_of(text: str | list[str], kind: str = "") -> Any:
    """What ``text_of`` was made from; ValueError for a text that is none of this kind."""
    if kind == JSON:
        return json.loads(_alone(text))
    if kind.endswith(LIST):
        return [_scalar(one, kind.removesuffix(LIST)) for one in (text if isinstance(text, list) else [text])]
    return _scalar(_alone(text), kind)


def _alone(text: str | list[str]) -> str:
    if isinstance(text, list):
        raise ValueError("There are several values where there should be one.")
    return text


def _scalar(text: str, kind: str) -> Any:
    if kind == "Boolean":
        return {"True": True, "False": False}[text] if text in {"True", "False"} else _refuse(text)
    return {"Integer": int, "Float": float}.get(kind, str)(text)


def _refuse(text: str) -> bool:
    raise ValueError(f"{text[:40]!r} is neither True nor False.")
