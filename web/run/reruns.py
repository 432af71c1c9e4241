"""What a run repeats, and what repeats it."""

from dataclasses import dataclass

from common.models import UserLike
from web.lists.paging import Excerpt, first_of
from workflows.models import WorkflowRun

RERUNS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Reruns:
    """``earlier`` is the run that is repeated, ``named`` what the source calls it where it is not here to be seen.

    ``later`` are those that repeat this one, the newest first.
    """

    earlier: WorkflowRun | None
    named: str
    later: Excerpt


def reruns_of(run: WorkflowRun, user: UserLike) -> Reruns:
    """Of runs that ``user`` may see."""
    seen = WorkflowRun.objects.visible_to(user).only("name", "status", "started_at")
    earlier = seen.filter(pk=run.rerun_of_id).first() if run.rerun_of_id else None
    named = "" if earlier or run.rerun_of_id else run.rerun_of_external_id
    return Reruns(earlier, named, first_of(seen.filter(rerun_of=run.pk).order_by("-id"), RERUNS_SHOWN))
