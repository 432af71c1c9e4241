"""What went into a run and what came out of it, small enough to be seen at a glance."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from common.models import UserLike
from workflows.models import WorkflowRun, WorkflowRunDataset
from workflows.records import DataType

NAMED = 5  # on each side


@dataclass(frozen=True, slots=True)
class Side:
    """The datasets on one side; ``more`` of them are not named; ``hidden`` says that there are some one may not see."""

    named: list[Any]
    more: int
    hidden: bool = False

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self.named) + self.more

    @property
    def heights(self) -> list[float]:
        """Where the line of each box begins, from 0 to 100."""
        lines = max(1, len(self.named) + bool(self.more))
        return [round((place + 0.5) * 100 / lines, 1) for place in range(lines)]


@dataclass(frozen=True, slots=True)
class Picture:
    """Inputs and outputs of a run."""

    inputs: Side
    outputs: Side


def picture_of(run: WorkflowRun, user: UserLike) -> Picture:
    """In at most four queries, however many datasets there are."""
    links = WorkflowRunDataset.objects.visible_to(user).filter(workflowrun=run)
    counts = dict(links.order_by().values_list("data_type").annotate(Count("pk")))
    kinds = (DataType.INPUT, DataType.OUTPUT)
    hidden = _hidden(run, [kind for kind in kinds if not counts.get(kind)])
    sides = {kind: _side(links.filter(data_type=kind), counts.get(kind, 0), kind in hidden) for kind in kinds}
    return Picture(sides[DataType.INPUT], sides[DataType.OUTPUT])


def _hidden(run: WorkflowRun, kinds: list[DataType]) -> set[str]:
    """Of which of these kinds, of which none may be seen, there are some."""
    if not kinds:
        return set()
    found = run.dataset_links.filter(data_type__in=kinds, dataset__deleted_date=None).order_by()
    return set(found.values_list("data_type", flat=True).distinct())


def _side(links: QuerySet, total: int, hidden: bool) -> Side:
    """The first ones by name; of one too many all, as "1 more" takes the room of a name."""
    shown = NAMED + 1 if total == NAMED + 1 else NAMED
    named = list(links.select_related("dataset").order_by("id")[:shown]) if total else []
    return Side([link.dataset for link in named], total - len(named), hidden)
