"""Which runs are compared: the address says it, and each change of the choice is another address."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from common.identifiers import uuid_of
from provenance.queries import LEAST_RUNS, MOST_RUNS
from web.requests import SignedInRequest, text_asked
from workflows.models import WorkflowRun, ids_of_runs_with

LETTERS = "ABCDE"
OFFERED = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """The runs that were chosen and may be seen, in their order; ``missing`` ids lead to none."""

    runs: list[WorkflowRun]
    missing: int
    everything: bool

    @property
    def ids(self) -> list[UUID]:
        """The ids of the runs, in their order."""
        return [run.pk for run in self.runs]

    @property
    def is_enough(self) -> bool:
        """Whether there is something to compare."""
        return len(self.runs) >= LEAST_RUNS

    @property
    def is_full(self) -> bool:
        """Whether no further run fits."""
        return len(self.runs) >= MOST_RUNS

    @property
    def asked(self) -> str:
        """The ids as an address holds them."""
        return ",".join(map(str, self.ids))

    @property
    def commands(self) -> dict[str, str]:
        """The comparison for a program: as an address of the API, and as a command."""
        everything = ("&all=true", " --all") if self.everything else ("", "")
        return {
            "api": f"{reverse('run-compare')}?ids={self.asked}{everything[0]}",
            "cli": f"diff {' '.join(map(str, self.ids))}{everything[1]}",
        }

    def address(self, ids: list[UUID], *, everything: bool | None = None) -> str:
        """The page that compares these runs instead."""
        wanted = self.everything if everything is None else everything
        query = {"ids": ",".join(map(str, ids)), **({"all": "1"} if wanted else {})}
        return f"{reverse('web:compare')}?{urlencode(query, safe=',')}"

    def other_view(self) -> str:
        """The same runs with what is the same, or without it."""
        return self.address(self.ids, everything=not self.everything)


@dataclass(frozen=True, slots=True)
class Column:
    """One run of the comparison, and where each change of its place leads."""

    letter: str
    run: WorkflowRun
    without: str
    earlier: str
    later: str


def choice_of(request: SignedInRequest) -> Choice:
    """The choice that the address makes; what makes no sense in it is left out."""
    ids = _ids(request.GET)
    rows = WorkflowRun.objects.visible_to(request.user).filter(pk__in=ids)
    seen = rows.select_related("workflowversion__workflow", "owner").in_bulk()
    runs = [seen[one] for one in ids if one in seen]
    return Choice(runs, len(ids) - len(runs), request.GET.get("all") in ("1", "true"))


def _ids(query: QueryDict) -> list[UUID]:
    """At most five different ids, be they divided by commas or given one by one, as a form sends them."""
    texts = [text for value in query.getlist("ids") for text in value[:1000].split(",")]
    found = dict.fromkeys(one for text in texts if (one := uuid_of(text.strip())))
    return list(found)[:MOST_RUNS]


def columns_of(choice: Choice) -> list[Column]:
    """The runs with their letters."""
    ids = choice.ids
    return [
        Column(
            LETTERS[place],
            run,
            without=choice.address([one for one in ids if one != run.pk]),
            earlier=choice.address(_swapped(ids, place - 1)) if place else "",
            later=choice.address(_swapped(ids, place)) if place + 1 < len(ids) else "",
        )
        for place, run in enumerate(choice.runs)
    ]


def _swapped(ids: list[UUID], place: int) -> list[UUID]:
    """The ids with the one at ``place`` and the one after it in each other's place."""
    return [*ids[:place], ids[place + 1], ids[place], *ids[place + 2 :]]


def offered(request: SignedInRequest, choice: Choice) -> list[tuple[WorkflowRun, str]]:
    """Runs that may come in addition, each with the address that adds it: what was searched for, else what is near."""
    text = text_asked(request, "q")
    runs = WorkflowRun.objects.visible_to(request.user).exclude(pk__in=choice.ids)
    found = runs.filter(id__in=ids_of_runs_with(text)) if text else _near(runs, choice)
    rows = found.select_related("workflowversion__workflow").order_by("-id")[:OFFERED]
    return [(run, choice.address([*choice.ids, run.pk])) for run in rows]


def _near(runs: QuerySet, choice: Choice) -> QuerySet:
    """Other runs of the workflow of the first one; without a first one, the newest."""
    version = choice.runs[0].workflowversion if choice.runs else None
    return runs.filter(workflowversion__workflow=version.workflow_id) if version else runs
