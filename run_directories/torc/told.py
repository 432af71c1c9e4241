"""All that is known of a workflow for the sake of one of its runs; of other runs no more than is needed for that."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from run_directories.torc.values import (
    File,
    Job,
    Measured,
    Node,
    Requirements,
    Result,
    Scheduler,
    UserData,
    Workflow,
)


class Results:
    """The results of one run, taken from those of all runs as they come by.

    ``of`` are the run's own by the job's id, the earliest attempt first. ``before`` is each job's last result of an
    earlier run, ``last_run`` the run in which a job ran last. ``ends`` says when each run's last job ended.
    """

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self.of: dict[str, list[Result]] = {}
        self.before: dict[str, Result] = {}
        self.last_run: dict[str, int] = {}
        self.ends: dict[int, datetime] = {}
        self.nodes: dict[int, set[str]] = {}

    def take(self, result: Result) -> None:
        """One more result, of whichever run."""
        self._note(result)
        if result.run_id == self.run_id:
            mine = self.of.setdefault(result.job, [])
            # Servers before 2025 do not count attempts: the results of one run then come in their order.
            is_taken = any(one.attempt == result.attempt for one in mine)
            mine.append(replace(result, attempt=mine[-1].attempt + 1) if is_taken else result)
            mine.sort(key=lambda one: one.attempt)
        elif result.run_id < self.run_id:
            known = self.before.get(result.job)
            if known is None or _order(known) <= _order(result):
                self.before[result.job] = result

    def _note(self, result: Result) -> None:
        run = result.run_id
        self.last_run[result.job] = max(run, self.last_run.get(result.job, 0))
        if result.completed_at:
            self.ends[run] = max(result.completed_at, self.ends.get(run, result.completed_at))
        if result.node:
            self.nodes.setdefault(run, set()).add(result.node)


@dataclass(slots=True)
class Told:
    """A workflow as Torc told it, for one of its runs. What is kept by an id is kept in the order in which it came.

    ``kept`` is what is told beside that, by its name at Torc. ``missing`` names what the server has no answer for.
    ``hidden`` are the names of what was left out as secret, ``is_zone_assumed`` says that times came without a zone.
    """

    workflow: Workflow
    results: Results
    jobs: list[Job] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    data: dict[str, UserData] = field(default_factory=dict)
    requirements: dict[str, Requirements] = field(default_factory=dict)
    schedulers: dict[str, Scheduler] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    measured: dict[tuple[str, int, int], Measured] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    is_zone_assumed: bool = False

    @property
    def run_id(self) -> int:
        """The run that it is told for."""
        return self.results.run_id

    @property
    def is_latest(self) -> bool:
        """Whether that is the workflow's latest run, as which its jobs stand."""
        return self.run_id == self.workflow.run_id


def _order(result: Result) -> tuple[int, int]:
    return result.run_id, result.attempt
