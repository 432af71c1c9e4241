"""The recorded cases, translated once: what Galaxy said beside what was made of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from galaxy_import.answers import Json
from galaxy_import.translate import Plan, assemble, plan_run, read_crate_facts, read_job
from galaxy_import.values import CrateFacts, GalaxyRun, ReadJob
from tests.galaxy_import.recorded import Recording, recording

ROOM = 1000
PACKED = (  # with Galaxy's own crate
    ("24.2", "a_linear"),
    ("24.2", "c_failed"),
    ("26.1", "a_linear"),
    ("26.1", "b_mapped"),
    ("26.1", "c_failed"),
    ("26.1", "d_cancelled"),
    ("26.1", "g_scheduling_failed"),
)
DESCRIBED, SKIPPED, NESTED, PAIRS, PARTLY, PURGED = (
    ("26.1", name)
    for name in ("a_described", "f_skipped_step", "h_nested", "h_pairs", "h_partly", "i_purged")
)
WHOLE = (*PACKED, DESCRIBED, SKIPPED, NESTED, PAIRS, PARTLY, PURGED)
VALUES = ("26.1", "h_values")
BIG = ("26.1", "e_big_done")
RUNNING = (("24.2", "d2_while_running"), ("26.1", "d2_while_running"))
ALL = (*WHOLE, BIG, *RUNNING)


@dataclass(frozen=True)
class Case:
    """A recorded invocation and the run that it became."""

    said: Recording
    plan: Plan
    read: tuple[ReadJob, ...]
    run: GalaxyRun
    crate: CrateFacts
    who: str = "owner"

    @property
    def invocation(self) -> Json:
        """What Galaxy says of the invocation."""
        return self.plan.root.invocation

    def jobs_listed(self) -> Iterator[tuple[str, Json]]:
        """The jobs in the steps of the invocation and of those nested in it, with the keys of the steps."""
        yield from _jobs_of(self.plan.root, "")

    def details(self, identifier: str) -> Any:
        """What Galaxy says of a job."""
        return self.said.get(f"/api/jobs/{identifier}?full=true", self.who)

    def states(self) -> Counter[str]:
        """Galaxy's words for the jobs."""
        return Counter(job["state"] for _, job in self.jobs_listed())


def _jobs_of(answer: Any, prefix: str) -> Iterator[tuple[str, Json]]:
    for step in answer.invocation["steps"]:
        key = f"{prefix}{step['order_index']}"
        yield from ((key, job) for job in step["jobs"])
        if step["subworkflow_invocation_id"]:
            yield from _jobs_of(answer.nested[step["subworkflow_invocation_id"]], f"{key}.")


@cache
def case(version: str, name: str, who: str = "owner", all_outputs: bool = False) -> Case:
    """A case, as ``who`` may read it, with what its crate adds where one was recorded."""
    said = recording(version, name)
    plan = plan_run(said.server(who), said.invocation(who=who), all_outputs=all_outputs)
    read = tuple(read_job(plan, one, *said.job(one, who), room=ROOM) for one in plan.jobs)
    crate = read_crate_facts(said.crate_attributes(), plan, read)
    run = assemble(plan, read, said.data(plan, who), said.history(who), crate)
    return Case(said, plan, read, run, crate, who)
