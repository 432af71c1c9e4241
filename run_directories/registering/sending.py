"""Sending what was decided, so that a connection that breaks does no harm."""

import secrets
from typing import Any

from run_directories.registering.deciding import Decision
from run_directories.registering.registry import NoAnswer, NotDone, Place, Registry
from run_directories.registering.versions import make_version

REGISTER = "data-management/datasetcollections/register/"
LINKS = "workflows/workflowrundatasets/"


def check(api: Registry, decision: Decision) -> dict[str, Any]:
    """Have the server check everything; nothing is made."""
    answer: dict[str, Any] = api.post(REGISTER, decision.body, params={"dry_run": "true"})
    return answer


def send(api: Registry, decision: Decision, place: Place, *, public: bool = False) -> dict[str, Any]:
    """Make the workflow version if it is missing, register, and let go of what was replaced."""
    if decision.version is None and decision.wanted is not None:
        version = make_version(api, decision.wanted, place.group, public=public)
        decision.body["workflowrun"]["workflowversion"] = version.id
    answer = post(api, decision.body)
    for link in decision.doomed:
        _let_go(api, link)
    return answer


def post(api: Registry, body: dict[str, Any]) -> dict[str, Any]:
    """Register. If the connection breaks it is tried once more: with one key both are one registration."""
    headers = {"Idempotency-Key": secrets.token_hex(16)}
    try:
        answer: dict[str, Any] = api.post(REGISTER, body, headers=headers)
    except NoAnswer:
        answer = api.post(REGISTER, body, headers=headers)
    return answer


def _let_go(api: Registry, link: str) -> None:
    try:
        api.delete(f"{LINKS}{link}/")
    except NotDone as problem:
        if problem.status != 404:  # gone already
            raise
