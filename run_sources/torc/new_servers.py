"""Asks a server since 2025 (Rust, SQLite) for all that one run of a workflow needs."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from run_directories.torc.answers import NewAnswers
from run_directories.torc.reading import text, whole
from run_directories.torc.told import Results, Told
from run_directories.torc.values import Event, Job, Workflow
from run_sources.errors import AnswerNotUnderstood, NotFound
from run_sources.torc.servers import Server, run_of
from run_sources.torc.session import Json, part

OF_STATUS = ("walltime_seconds", "total_exec_time_minutes")


class NewServer(Server):
    """A server whose lists are flat, filtered by the workflow, and whose jobs list their relations."""

    def workflow(self, workflow: str, read: NewAnswers) -> Workflow:
        """The workflow; NotFound, or AnswerNotUnderstood by a server of the other generation."""
        path = f"/workflows/{part(workflow)}"
        told = self.session.object_at(path)
        if "id" not in told or "name" not in told:
            raise AnswerNotUnderstood(
                f"{self.session.base} does not answer like Torc since 2025. If it is an older one, its address has "
                "/_db/DATABASE/torc-service in it."
            )
        found = self.session.object_if_any(f"{path}/is_complete") or {}
        canceled = told.get("is_canceled") or found.get("is_canceled")
        known = read.workflow({**told, "is_canceled": canceled})
        return _with_state(known, found.get("is_complete"))

    def run_ids(self, workflow: str) -> Iterator[int]:
        """The runs of which something is kept, the newest first."""
        latest = self.workflow(workflow, NewAnswers()).run_id
        found = {run for one in self._results(workflow) if (run := whole(one, "run_id")) and 0 < run < latest}
        yield from (latest, *sorted(found, reverse=True))

    def told(self, workflow: str, run_id: int | None) -> Told:
        """All that is known for one run, None for the latest. NotFound where there is none of that number."""
        read = NewAnswers()
        self.progress.enter("ASKING")
        known = self.workflow(workflow, read)
        told = Told(known, Results(run_of(known, run_id, self.session.base)))
        self._small(told, read)
        self.progress.enter("DATASETS")
        told.files = {one.id: one for one in map(read.file, self._list("files", workflow))}
        told.data = {one.id: one for one in map(read.data, self._list("user_data", workflow))}
        self.progress.begin("JOBS")
        for one in self._results(workflow):
            told.results.take(read.result(one))
        self._measured(told, read)
        told.jobs = self._jobs(workflow, read)
        self.progress.complete()
        told.missing, told.hidden, told.is_zone_assumed = self.missing, read.hidden, read.is_zone_assumed
        return told

    def events(self, workflow: str) -> Iterator[Event]:
        """What happened in the workflow, a page at a time."""
        read = NewAnswers()
        found = (read.event(one) for one in self._list("events", workflow))
        return (one for one in found if one is not None)

    def may_ask(self) -> None:
        """Ask for something that only those may see whom the server knows."""
        self.session.object_at("/workflows?offset=0&limit=1")

    # --- parts ----------------------------------------------------------------------------------------------

    def _small(self, told: Told, read: NewAnswers) -> None:
        """What there is little of."""
        workflow = told.workflow.id
        asked = map(read.requirements, self._list("resource_requirements", workflow))
        told.requirements = {one.id: one for one in asked}
        for kind in ("slurm", "local"):  # where both have an id, Torc means Slurm's
            for one in self._list(f"{kind}_schedulers", workflow):
                told.schedulers.setdefault(text(one, "id"), read.scheduler(one, kind))
        told.nodes = {one.id: one for one in map(read.node, self._list("compute_nodes", workflow))}
        told.kept = {name: value for name, value in self._kept(told, read) if value}

    def _kept(self, told: Told, read: NewAnswers) -> Iterator[tuple[str, Any]]:
        """What is told on as it is."""
        path = f"/workflows/{part(told.workflow.id)}"
        yield "ro_crate_entities", [_entity(one, read) for one in self._below(path, "ro_crate_entities")]
        yield "failure_handlers", [read.safe(one) for one in self._below(path, "failure_handlers")]
        yield "workflow_actions", read.safe(self._actions(path))
        yield (
            "scheduled_compute_nodes",
            [read.safe(one) for one in self._list("scheduled_compute_nodes", told.workflow.id)],
        )
        if told.is_latest:
            status = self.session.object_if_any(f"{path}/status") or {}
            yield from ((name, status.get(name)) for name in OF_STATUS)

    def _actions(self, path: str) -> Any:
        """Older versions answer with a bare list."""
        try:
            found = self.session.get(f"{path}/actions")
        except NotFound:
            return []
        return found.get("items", []) if isinstance(found, dict) else found

    def _jobs(self, workflow: str, read: NewAnswers) -> list[Job]:
        query = {"workflow_id": workflow, "include_relationships": "true"}
        rows = self.session.rows("/jobs", "offset", self.expect, **query)
        return [read.job(one) for one in self.counted(rows)]

    def _measured(self, told: Told, read: NewAnswers) -> None:
        for one in self._list("slurm_stats", told.workflow.id):
            if whole(one, "run_id") == told.run_id:
                found = read.measured(one)
                told.measured[found.job, found.run_id, found.attempt] = found

    def _results(self, workflow: str) -> Iterator[Json]:
        """Of all runs: without being asked for those, Torc tells of each job's last one only."""
        return self.session.rows("/results", "offset", workflow_id=workflow, all_runs="true")

    def _list(self, name: str, workflow: str) -> Iterator[Json]:
        return self.if_any(name, self.session.rows(f"/{name}", "offset", workflow_id=workflow))

    def _below(self, path: str, name: str) -> Iterator[Json]:
        return self.if_any(name, self.session.rows(f"{path}/{name}", "offset"))


def _with_state(workflow: Workflow, is_complete: Any) -> Workflow:
    return replace(workflow, is_complete=is_complete if isinstance(is_complete, bool) else None)


def _entity(told: Json, read: NewAnswers) -> Json:
    """An entity of an RO-Crate: Torc keeps what it says of itself as an object, older versions as a text of JSON."""
    named = {name: text(told, name) for name in ("entity_id", "entity_type", "file_id") if text(told, name)}
    return {**named, "metadata": read.safe(_decoded(told.get("metadata")))}


def _decoded(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value
