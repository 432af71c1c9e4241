"""Asks a server before 2025 (ArangoDB) for all that one run of a workflow needs."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from run_directories.torc.reading import flag, text, whole
from run_directories.torc.told import Results, Told
from run_directories.torc.values import Event, Node, Workflow
from run_sources.errors import AnswerNotUnderstood
from run_sources.torc.old_answers import ARANGO, OldAnswers, Relations, node_statistics
from run_sources.torc.servers import Server, run_of
from run_sources.torc.session import Json, part

EDGES = ("blocks", "needs", "produces", "consumes", "stores", "requires", "scheduled_bys", "executed")
SCHEDULERS = ("slurm", "local", "aws")


class OldServer(Server):
    """A server whose lists lie below the workflow, and whose relations are edges."""

    def workflow(self, workflow: str, read: OldAnswers) -> Workflow:
        """The workflow with how its latest run stands. NotFound, or AnswerNotUnderstood by a newer server."""
        path = f"/workflows/{part(workflow)}"
        told = self.session.object_at(path)
        if "_key" not in told:
            raise AnswerNotUnderstood(
                f"{self.session.base} does not answer like Torc before 2025. If it is a newer one, its address ends "
                "with /torc-service/v1."
            )
        status = self.session.object_at(f"{path}/status")
        found = self.session.object_if_any(f"{path}/is_complete") or {}
        is_complete = found.get("is_complete")
        return replace(
            read.workflow(told),
            run_id=max(1, whole(status, "run_id") or 1),
            is_canceled=flag(status, "is_canceled") or flag(found, "is_canceled"),
            is_complete=is_complete if isinstance(is_complete, bool) else None,
        )

    def run_ids(self, workflow: str) -> Iterator[int]:
        """The runs of which something is kept, the newest first."""
        latest = self.workflow(workflow, OldAnswers()).run_id
        rows = self.session.rows(f"/workflows/{part(workflow)}/results", "skip")
        found = {run for one in rows if (run := whole(one, "run_id")) and 0 < run < latest}
        yield from (latest, *sorted(found, reverse=True))

    def told(self, workflow: str, run_id: int | None) -> Told:
        """All that is known for one run, None for the latest. NotFound where there is none of that number."""
        self.progress.enter("ASKING")
        read = OldAnswers()
        known = self.workflow(workflow, read)
        told = Told(known, Results(run_of(known, run_id, self.session.base)))
        read.relations = Relations({name: list(self._edge(workflow, name)) for name in EDGES})
        self._small(told, read)
        self.progress.enter("DATASETS")
        told.files = {one.id: one for one in map(read.file, self._list("files", workflow))}
        told.data = {one.id: one for one in map(read.data, self._list("user_data", workflow))}
        self.progress.begin("JOBS")
        for one in self._all("results", workflow):
            told.results.take(read.result(one))
        self._measured(told, read)
        told.jobs = [read.job(one) for one in self.counted(self._all("jobs", workflow, self.expect))]
        self.progress.complete()
        told.missing, told.hidden, told.is_zone_assumed = self.missing, read.hidden, read.is_zone_assumed
        return told

    def events(self, workflow: str) -> Iterator[Event]:
        """What happened in the workflow, a page at a time."""
        read = OldAnswers()
        found = (read.event(one) for one in self._list("events", workflow))
        return (one for one in found if one is not None)

    def may_ask(self) -> None:
        """Ask for something that only those may see whom the server knows."""
        self.session.object_at("/workflows?skip=0&limit=1")

    # --- parts ----------------------------------------------------------------------------------------------

    def _small(self, told: Told, read: OldAnswers) -> None:
        """What there is little of."""
        workflow = told.workflow.id
        asked = map(read.requirements, self._list("resource_requirements", workflow))
        told.requirements = {one.id: one for one in asked}
        for kind in SCHEDULERS:
            for one in self._list(f"{kind}_schedulers", workflow):
                scheduler = read.scheduler(one, kind)
                told.schedulers[scheduler.id] = scheduler
        measured = {
            text(one, "hostname"): node_statistics(one) for one in self._list("compute_node_stats", workflow)
        }
        nodes = (read.node(one) for one in self._list("compute_nodes", workflow))
        told.nodes = {one.id: _with_statistics(one, measured) for one in nodes}
        told.kept = {name: value for name, value in self._kept(told, read) if value}

    def _kept(self, told: Told, read: OldAnswers) -> Iterator[tuple[str, Any]]:
        """What is told on as it is."""
        config = self.session.object_if_any(f"/workflows/{part(told.workflow.id)}/config") or {}
        yield "config", read.further(config, ARANGO)
        yield (
            "scheduled_compute_nodes",
            [read.further(one, ARANGO) for one in self._list("scheduled_compute_nodes", told.workflow.id)],
        )

    def _measured(self, told: Told, read: OldAnswers) -> None:
        for one in self._list("job_process_stats", told.workflow.id):
            if whole(one, "run_id") == told.run_id:
                found = read.measured(one)
                told.measured[found.job, found.run_id, found.attempt] = found

    def _edge(self, workflow: str, name: str) -> Iterator[Json]:
        path = f"/workflows/{part(workflow)}/edges/{name}"
        return self.if_any(f"edges/{name}", self.session.rows(path, "skip"))

    def _all(self, name: str, workflow: str, told: Any = None) -> Iterator[Json]:
        return self.session.rows(f"/workflows/{part(workflow)}/{name}", "skip", told)

    def _list(self, name: str, workflow: str) -> Iterator[Json]:
        return self.if_any(name, self._all(name, workflow))


def _with_statistics(node: Node, measured: dict[str, dict[str, Any]]) -> Node:
    return replace(node, statistics=measured.get(node.hostname) or node.statistics)
