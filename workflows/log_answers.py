"""A log as an answer: all of it or some lines, with its colours or without, to read or to keep."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rest_framework.exceptions import ValidationError

from common.api.files import Download, FileAnswer, answer, disposition
from common.api.filters import TRUTH, refuse_unknown
from workflows.log_ansi import as_html, readable, style_after
from workflows.log_reading import Stretch, lines_of, stretch

FORMS = ("keep", "strip", "html")
LARGEST_NUMBER = 10**9
KNOWN = ("tail", "from", "to", "ansi", "download")
TYPES = {"html": "text/html; charset=utf-8"}
NOTHING_RUNS = "default-src 'none'; sandbox"


class TextAnswer(FileAnswer):
    """Says to content negotiation that the answer is a text; errors are JSON all the same."""

    media_type = "text/plain"
    format = "txt"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines of a log are wanted, and how."""

    first: int | None
    last: int | None
    tail: int | None
    ansi: str
    to_keep: bool


def asked_of(params: Any) -> Asked:
    """What the query parameters ask for; ValidationError (400) names those that are not understood."""
    refuse_unknown(params, dict.fromkeys(KNOWN))
    first, last, tail = (_number(params, name) for name in ("from", "to", "tail"))
    if tail is not None and (first or last):
        raise ValidationError({"tail": ["cannot be asked for together with from or to"]})
    if first and last and last < first:
        raise ValidationError({"to": ["must not be less than from"]})
    ansi = params.get("ansi", "keep")
    if ansi not in FORMS:
        raise ValidationError({"ansi": [f"must be one of {', '.join(FORMS)}"]})
    download = TRUTH.get(params.get("download", "false").lower())
    if download is None:
        raise ValidationError({"download": ["must be true or false"]})
    return Asked(first, last, tail, ansi, download)


def log_answer(request: Any, text: str, name: str, asked: Asked) -> Any:
    """The text as the caller wants it, whole or the part that a Range header asks for.

    ``X-Log-Lines`` says which lines of how many these are. The browser never takes it for more than a text.
    """
    told, lines = _told(text, asked)
    tag = f'"{hashlib.blake2b(told, digest_size=16).hexdigest()}"'
    headers = {"X-Log-Lines": f"{lines.first}-{lines.first + len(lines.lines) - 1}/{lines.total}"}
    if not asked.to_keep:
        headers["Content-Disposition"] = disposition(name).replace("attachment", "inline", 1)
    if asked.ansi == "html":
        headers["Content-Security-Policy"] = NOTHING_RUNS

    def part(start: int, end: int) -> Iterable[bytes]:
        return [told[start:end]]

    kind = TYPES.get(asked.ansi, "text/plain; charset=utf-8")
    return answer(request, Download(name, len(told), tag, part, kind, headers))


def file_name(job: str, name: str) -> str:
    """What a log is called that is downloaded."""
    return f"{job}.{name}.log".replace("/", "_").lstrip(".")[-200:]


def _told(text: str, asked: Asked) -> tuple[bytes, Stretch]:
    if asked.ansi == "strip":
        text = readable(text)
    lines = stretch(text, first=asked.first, last=asked.last, tail=asked.tail)
    if asked.ansi == "html":
        return _html(text, lines).encode(), lines
    is_whole = len(lines.lines) == lines.total
    told = text if is_whole else "".join(f"{line}\n" for line in lines.lines)
    return told.encode(), lines


def _html(text: str, lines: Stretch) -> str:
    before = "\n".join(lines_of(text)[: lines.first - 1])
    shown = "\n".join(as_html(lines.lines, style_after(before)))
    return f'<pre class="log">{shown}\n</pre>\n'


def _number(params: Any, name: str) -> int | None:
    text = params.get(name)
    if text is None:
        return None
    least = 0 if name == "tail" else 1
    is_number = text.isascii() and text.isdigit() and len(text) <= 10
    if not is_number or not least <= int(text) <= LARGEST_NUMBER:
        raise ValidationError({name: [f"must be a whole number from {least} to {LARGEST_NUMBER}"]})
    return int(text)
