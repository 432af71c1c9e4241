"""Forms that change a record of the registry: nobody overwrites another's change unnoticed.

The form carries in ``state`` what the record was when the form was made; the API takes the change only while the
record is still that. The template puts it into a hidden field and includes ``web/_not_saved.html``.
"""

from http import HTTPStatus
from typing import Any

from django import forms

from web.deeds import Answer, do
from web.requests import SignedInRequest

CHANGED_MEANWHILE = "This record was changed while you were editing it. Your changes are not saved yet."


class LongText(forms.CharField):
    """A text of lines. Browsers send other ends of lines than were stored; that alone is no change."""

    def __init__(self, *, rows: int, attrs: dict[str, Any] | None = None, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows, **(attrs or {})})
        super().__init__(**{"required": False, "strip": False, "widget": widget, **options})

    def to_python(self, value: Any) -> Any:
        """The text with the ends of lines that are stored."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


def patched(request: SignedInRequest, address: str, form: forms.Form, body: dict[str, Any]) -> Answer | None:
    """Send what was changed; None where nothing was. What the API refuses is said in the form."""
    if not body:
        return None
    state = request.POST.get("state", "") or '"none"'
    answer = do(request, "PATCH", address, body, HTTP_IF_MATCH=state)
    if answer.status == HTTPStatus.PRECONDITION_FAILED:
        form.add_error(None, CHANGED_MEANWHILE)
    elif not answer.is_done:
        answer.tell(form)
    return answer


def about_form(
    request: SignedInRequest, address: str, form: forms.Form, answer: Answer | None = None
) -> dict[str, Any]:
    """The context of the form, with the state that it was made of.

    After a conflict that is the new one, so that saving again counts, and ``theirs`` tells what the fields hold
    by now where the form says otherwise.
    """
    was_changed = answer is not None and answer.status == HTTPStatus.PRECONDITION_FAILED
    state = do(request, "GET", address).state
    if request.method == "POST" and not was_changed:
        state = request.POST.get("state", state)
    return {"form": form, "state": state, "theirs": _theirs(form) if was_changed else []}


def _theirs(form: forms.Form) -> list[tuple[str, Any]]:
    return [(str(form[name].label), _said(form, name)) for name in form.changed_data]


def _said(form: forms.Form, name: str) -> Any:
    value: Any = form.initial.get(name)
    if isinstance(value, dict):
        return form.fields[name].prepare_value(value)
    choices = dict(getattr(form.fields[name], "choices", []) or [])
    return choices.get(value, value)
