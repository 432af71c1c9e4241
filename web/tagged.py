"""Tags as people write them: one a line, a name and a value."""

import json
from typing import Any

from django import forms

from web.edited import LongText

HELP = "One a line: name = value."


class TagLines(LongText):
    """Tags, a name and a value a line. What cannot be written so, a value of two lines for example, stands as JSON."""

    def __init__(self, **options: Any) -> None:
        super().__init__(rows=3, attrs={"spellcheck": "false"}, help_text=HELP, **options)

    def prepare_value(self, value: Any) -> Any:
        """The tags as text; what was typed as it is."""
        return as_lines(value) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        """The tags by their names."""
        return value if isinstance(value, dict) else read_tags(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether they are others; what cannot be read is a change."""
        try:
            return bool(self.to_python(data) != (initial or {}))
        except forms.ValidationError:
            return True


def as_lines(tags: dict[str, str]) -> str:
    """A line for each, or JSON where lines would be read as something else."""
    text = "\n".join(f"{name} = {value}" for name, value in tags.items())
    try:
        is_plain = read_tags(text) == tags
    except forms.ValidationError:
        is_plain = False
    return text if is_plain else json.dumps(tags, ensure_ascii=False, indent=1)


def read_tags(text: str) -> dict[str, str]:
    """The reverse; ValidationError names the line that cannot be read."""
    if text.lstrip().startswith("{"):
        return _of_json(text)
    found: dict[str, str] = {}
    for line in filter(str.strip, text.split("\n")):
        name, value = _divided(line)
        if not name:
            raise forms.ValidationError(f"“{line.strip()[:80]}” has no name: write name = value.")
        if name in found:
            raise forms.ValidationError(f"There are two tags with the name “{name[:80]}”.")
        found[name] = value
    return found


def _divided(line: str) -> tuple[str, str]:
    """At the first sign with blanks, else at the first sign: names may hold one, too."""
    name, _, value = line.partition(" = " if " = " in line else "=")
    return name.strip(), value.strip()


def _of_json(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError as problem:
        raise forms.ValidationError(
            "What begins with { must be a JSON object of names and values."
        ) from problem
    if not all(isinstance(value, str) for value in found.values()):
        raise forms.ValidationError("The value of every tag is a text, in quotation marks.")
    return dict(found)
