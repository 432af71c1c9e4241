"""Answers of Galaxy made by hand, for what no recording shows. Values as a server gives them, with little in them."""

from typing import Any

from galaxy_import.answers import CollectionAnswer, DataAnswer, InvocationAnswer, Json, ServerAnswer
from galaxy_import.translate import assemble, plan_run, read_job
from galaxy_import.values import GalaxyRun

SERVER = ServerAnswer("https://galaxy.example.org", "25.1.0")
PLANNED = "2026-01-02T03:04:05.000000"
ENDED = "2026-01-02T03:14:05.000000"


def job(identifier: str, state: str = "ok", tool: str = "cat1", **more: Any) -> Json:
    """A job as it stands in a list."""
    row = {"id": identifier, "state": state, "tool_id": tool, "exit_code": 0 if state == "ok" else None}
    return {**row, "create_time": PLANNED, "update_time": ENDED, **more}


def step(order: int, *jobs: Json, state: str | None = "scheduled", **more: Any) -> Json:
    """A step of an invocation; it names its job if that is only one."""
    told: Json = {
        "order_index": order,
        "workflow_step_id": f"step{order}",
        "workflow_step_label": f"label {order}",
        "state": state,
        "jobs": list(jobs),
        "job_id": jobs[0]["id"] if len(jobs) == 1 else None,
        "implicit_collection_jobs_id": "mapped" if len(jobs) > 1 else None,
        "subworkflow_invocation_id": None,
        "outputs": {},
        "output_collections": {},
    }
    return {**told, **more}


def invocation(*steps: Json, state: str = "scheduled", **more: Any) -> Json:
    """An invocation with its steps."""
    told: Json = {
        "id": "aaaa",
        "uuid": "5b1c2d3e-0000-0000-0000-000000000001",
        "history_id": "hhhh",
        "workflow_id": "wwww",
        "state": state,
        "create_time": PLANNED,
        "update_time": ENDED,
        "steps": list(steps),
        "inputs": {},
        "input_step_parameters": {},
        "outputs": {},
        "output_collections": {},
        "output_values": {},
        "messages": [],
    }
    return {**told, **more}


def dataset(identifier: str, state: str = "ok", **more: Any) -> Json:
    """A dataset of a history."""
    told: Json = {
        "id": identifier,
        "name": f"name of {identifier}",
        "state": state,
        "extension": "txt",
        "file_size": 12,
        "hashes": [],
        "deleted": False,
        "purged": False,
        "accessible": True,
        "hda_ldda": "hda",
        "history_id": "hhhh",
        "creating_job": None,
    }
    return {**told, **more}


def element(name: str, object_: Json, kind: str = "hda") -> Json:
    """An element of a collection."""
    return {"element_identifier": name, "element_type": kind, "object": object_}


def collection(identifier: str, kind: str, *elements: Json, **more: Any) -> CollectionAnswer:
    """A collection with its elements."""
    told = {"id": identifier, "name": f"name of {identifier}", "collection_type": kind, "history_id": "hhhh"}
    counted = {"element_count": len(elements), "populated_state": "ok", "deleted": False}
    return CollectionAnswer({**told, **counted, **more}, elements)


def run_of(
    told: Json,
    *,
    details: dict[str, Json] | None = None,
    data: DataAnswer | None = None,
    all_outputs: bool = False,
    **answer: Any,
) -> GalaxyRun:
    """The run of an invocation; ``details`` are those of its jobs, the others could not be read."""
    plan = plan_run(SERVER, InvocationAnswer(told, **answer), all_outputs=all_outputs)
    jobs = [read_job(plan, one, (details or {}).get(one.id), [], room=1000) for one in plan.jobs]
    return assemble(plan, jobs, data or DataAnswer(), None)
