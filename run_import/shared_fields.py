"""Shared credentials as an administrator gives them: a key, or a JSON object of several fields."""

import json

from django import forms

from run_import.sources import source_named


def fields_of(source: str, given: str) -> dict[str, str]:
    """The fields by their names; ValidationError, which does not repeat what was given, where it cannot be used."""
    if not given:
        return {}
    fields = source_named(source).credential_fields
    if len(fields) == 1:
        if not is_printable(given):
            raise forms.ValidationError("This is no API key.")
        return {fields[0].name: given}
    names = ", ".join(f'"{one.name}"' for one in fields)
    try:
        found = json.loads(given)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise forms.ValidationError(f"This source wants a JSON object with texts: {names}.")
    return found


def is_printable(key: str) -> bool:
    """Whether a text can be an API key: what stands in a header of HTTP, without blanks."""
    return key.isascii() and key.isprintable() and " " not in key
