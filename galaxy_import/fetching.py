"""An invocation, whole: asks the client, hands the answers to the translator. No Django."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from galaxy_import.answers import Json, ServerAnswer
from galaxy_import.translate import Plan, assemble, plan_run, read_crate_facts, read_job
from galaxy_import.values import CrateFacts, GalaxyRun, JobReference, ReadJob
from run_sources.seam import Silent, Tells
from workflows.records import RunRecord

if TYPE_CHECKING:
    from galaxy_import.client import GalaxyClient

TOTAL_TEXT = 64 * 1024 * 1024  # characters of standard output and error that are kept of all jobs together
LONGEST_TEXT = 20_000  # characters of one stream of one job
STREAMS = 2

KnownJobs = Mapping[tuple[str, str], bytes]
Attributes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A run as Galaxy tells it, and the server that did."""

    run: GalaxyRun
    server: ServerAnswer


class Fetcher:
    """The invocations that a client may read.

    ``all_outputs`` takes every output of every step for one of the run, not only those with a label.
    """

    name = "galaxy"

    def __init__(
        self, client: "GalaxyClient", *, all_outputs: bool = False, progress: Tells | None = None
    ) -> None:
        self.client, self._all_outputs = client, all_outputs
        self._progress = progress or Silent()

    def list_run_ids(self) -> Iterator[str]:
        """The encoded ids of the invocations of whoever the key belongs to."""
        return self.client.invocations()

    def fetch_run(self, external_id: str) -> RunRecord:
        """The run of an invocation, by its encoded id, without its datasets."""
        return self.fetch(external_id).run.record

    def fetch(
        self,
        invocation_id: str,
        *,
        known_jobs: Callable[[ServerAnswer], KnownJobs] | None = None,
        crate: Callable[[Plan], Attributes | None] | None = None,
    ) -> Fetched:
        """All that is known of an invocation.

        ``known_jobs`` gives what Galaxy said before, to whoever asks now, of jobs: ``[detail, metrics]`` as JSON by
        the job's id and the time of its last change. What has not changed is not asked for again. ``crate`` is called
        once the run has ended, and gives the attribute files of Galaxy's own crate, or None.
        """
        self._progress.enter("ASKING")
        server = self.client.server()
        root = self.client.invocation(invocation_id)
        plan = plan_run(server, root, all_outputs=self._all_outputs)
        jobs = self._jobs(plan, known_jobs(server) if known_jobs else {})
        self._progress.enter("DATASETS")
        data = self.client.data(plan.data)
        history_id = root.invocation.get("history_id")
        history = self.client.history(str(history_id)) if history_id else None
        facts = self._facts(plan, jobs, crate)
        return Fetched(assemble(plan, jobs, data, history, facts), server)

    def _jobs(self, plan: Plan, known: KnownJobs) -> list[ReadJob]:
        """The jobs in the plan's order. Only one answer at a time is held: they can be far larger than what is kept."""
        waiting = Counter(job.step for job in plan.jobs)
        room = min(LONGEST_TEXT, TOTAL_TEXT // max(1, len(plan.jobs) * STREAMS))
        self._progress.begin("JOBS", steps=len(plan.steps), jobs=len(plan.jobs))
        self._progress.add(steps=sum(1 for step in plan.steps if step.key not in waiting))
        read = []
        with closing(self._details(plan.jobs, known)) as details:
            for reference, (detail, metrics) in zip(plan.jobs, details, strict=True):
                read.append(read_job(plan, reference, detail, metrics, room=room))
                waiting[reference.step] -= 1
                self._progress.add(jobs=1, steps=int(waiting[reference.step] == 0))
        self._progress.complete()
        return read

    def _details(
        self, references: Sequence[JobReference], known: KnownJobs
    ) -> Generator[tuple[Json | None, list[Json]]]:
        """Detail and metrics of each job, from before where it has not changed; None where it cannot be read."""
        with closing(self._asked(references, known)) as asked:
            for one in references:
                kept = known.get((one.id, one.updated))
                detail, metrics = next(asked) if kept is None else orjson.loads(kept)
                yield detail or None, metrics

    def _asked(
        self, references: Sequence[JobReference], known: KnownJobs
    ) -> Generator[tuple[Json, list[Json]]]:
        yield from self.client.jobs([one.id for one in references if (one.id, one.updated) not in known])

    def _facts(
        self, plan: Plan, jobs: Sequence[ReadJob], crate: Callable[[Plan], Attributes | None] | None
    ) -> CrateFacts:
        if crate is None or not plan.has_ended:
            return CrateFacts()
        self._progress.enter("CRATE")
        attributes = crate(plan)
        return read_crate_facts(attributes, plan, jobs) if attributes else CrateFacts()
