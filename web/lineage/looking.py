"""A question for where a file is from, and the answer of the API."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from data_management.models import Dataset
from provenance.conditions import INTO_RUN
from provenance.queries import CHECKSUMS
from web.deeds import Answer, do
from web.requests import SignedInRequest, text_asked
from workflows.models import WorkflowRun

KINDS = {"sha256": "SHA-256", "md5": "MD5", "path": "path in its dataset", "uri": "address or absolute path"}
LONGEST = 4096
SHOWN = 50
INPUTS = 5  # that the summary of a run names
# As tools write a checksum: "sha256:…", "… name" of sha256sum, "SHA256 (name) = …" of BSD and macOS.
WRITTEN = (
    re.compile(r"^(?:sha-?256|md5)(?:sum)?\s*[:=]\s*([0-9a-f]{64}|[0-9a-f]{32})$", re.IGNORECASE),
    re.compile(r"^\\?([0-9a-f]{64}|[0-9a-f]{32})(?:\s.*)?$", re.IGNORECASE),
    re.compile(r"^(?:SHA2?-?256|MD5)\s*\(.*\)\s*=\s*([0-9a-f]{64}|[0-9a-f]{32})$", re.IGNORECASE),
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for: ``kind`` is one of KINDS."""

    kind: str
    value: str

    @property
    def title(self) -> str:
        """What the value is."""
        return KINDS[self.kind]

    @property
    def is_checksum(self) -> bool:
        """Whether the content is asked for, and no name."""
        return self.kind in CHECKSUMS

    @property
    def query(self) -> str:
        """The question as the API takes it."""
        return urlencode({self.kind: self.value})

    @property
    def otherwise(self) -> str:
        """The same value as the other kind of place, where it could be either."""
        other = {"path": "uri", "uri": "path"}.get(self.kind)
        return f"{reverse('web:whence')}?{urlencode({other: self.value})}" if other else ""


def question_of(request: SignedInRequest) -> Question | None:
    """What the address asks; a value whose kind is not said tells it by its looks."""
    for kind in ("path", "uri", "sha256", "md5"):
        if value := text_asked(request, kind, LONGEST):
            return Question(kind, value)
    value = bare(text_asked(request, "checksum", LONGEST) or text_asked(request, "q", LONGEST))
    return Question(kind_of(value), value) if value else None


def bare(text: str) -> str:
    """The checksum alone, where the text is one as a tool writes it; any other text as it is."""
    found = next((match for one in WRITTEN if (match := one.match(text))), None)
    return found[1] if found else text


def kind_of(value: str) -> str:
    """A checksum by its digits; what has a scheme or begins at the root is an address; anything else is a path."""
    is_hexadecimal = all(letter in "0123456789abcdefABCDEF" for letter in value)
    for kind, digits in CHECKSUMS.items():
        if is_hexadecimal and len(value) == digits:
            return kind
    return "uri" if "://" in value or value.startswith("/") else "path"


def answer_to(request: SignedInRequest, question: Question) -> Answer:
    """What the API says: files with their runs, or a sentence."""
    answer = do(request, "GET", f"{reverse('datafile-whence')}?{question.query}&limit={SHOWN}")
    if answer.is_done:
        _in_short(answer.data)
        _tell_run(request, answer.data)
    return answer


def _in_short(told: dict[str, Any]) -> None:
    """Name one run that made it and one that used it, of all the files that are the same data."""
    for side in ("made_by", "used_by"):
        known = [run for one in told["results"] for run in one[side]["runs"]]
        told[f"first_{side}"] = known[0] if known else None
    told["more"] = max(0, told["count"] - len(told["results"]))


def _tell_run(request: SignedInRequest, told: dict[str, Any]) -> None:
    """Of the run that made it, or else used it: the run itself, and what it took in."""
    brief = told["first_made_by"] or told["first_used_by"]
    if not brief:
        return
    runs = WorkflowRun.objects.visible_to(request.user).select_related("owner", "workflowversion__workflow")
    told["run"] = runs.filter(pk=brief["id"]).first()
    seen = Dataset.objects.visible_to(request.user)
    taken = seen.filter(run_links__workflowrun=brief["id"], run_links__data_type__in=INTO_RUN)
    told["inputs"] = list(taken.distinct().order_by("name")[: INPUTS + 1])
