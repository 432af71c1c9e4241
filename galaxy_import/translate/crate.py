"""What only Galaxy's own crate of an invocation says: the versions of tools that really ran, and the command lines.

Its ids are written with another secret than the API's: a job is found by the UUIDs of the datasets that it made, and
one that made none by its tool and the moment in which it was planned.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from galaxy_import.answers import Json
from galaxy_import.translate.plan import Plan
from galaxy_import.translate.reading import VERSION, mapping, text
from galaxy_import.values import CrateFacts, ReadJob

_JOBS, _DATASETS = "jobs_attrs", "datasets_attrs"


def read_crate_facts(attrs: Mapping[str, Any], plan: Plan, jobs: Sequence[ReadJob]) -> CrateFacts:
    """The facts by the ids of the API's jobs.

    ``attrs`` holds the contents of the crate's ``jobs_attrs.txt`` and ``datasets_attrs.txt`` by their names, with or
    without the ending. What is missing or odd in them is passed over.
    """
    uuids = {text(one, "encoded_id"): text(one, "dataset_uuid") for one in _rows(attrs, _DATASETS)}
    ours = _Jobs(jobs)
    versions: dict[str, str] = {}
    commands: dict[str, str] = {}
    runs = {_bare(text(one.answer, "uuid")) for one in plan.workflows} - {""}
    for told in _rows(attrs, _JOBS):
        identifier = ours.find(told, uuids) if _run_of(told) in runs else ""
        if identifier:
            versions[identifier] = text(told, "tool_version", VERSION)
            commands[identifier] = told.get("command_line") or ""
    return CrateFacts(_kept(versions), _kept(commands))


def _kept(told: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in told.items() if isinstance(value, str) and value}


def _rows(attrs: Mapping[str, Any], name: str) -> Iterator[Json]:
    told = attrs.get(name) or attrs.get(f"{name}.txt")
    return (one for one in told if isinstance(one, dict)) if isinstance(told, list) else iter(())


def _bare(uuid: str) -> str:
    """A UUID as parameters hold it: without dashes."""
    return uuid.replace("-", "").lower()


def _run_of(told: Json) -> str:
    return _bare(text(mapping(told, "params"), "__workflow_invocation_uuid__").strip('"'))


class _Jobs:
    """The API's jobs by what the crate can know of them, as far as that is one job's alone."""

    def __init__(self, jobs: Sequence[ReadJob]) -> None:
        self._by_uuid: dict[str, str] = {}
        self._by_moment: dict[tuple[str, str], str] = {}
        for job in jobs:
            for uuid in job.uuids:
                _note(self._by_uuid, uuid, job.record.external_id)
            _note(self._by_moment, (job.tool_id, job.created), job.record.external_id)

    def find(self, told: Json, uuids: Mapping[str, str]) -> str:
        """The id of the API's job that a row of the crate tells of; empty for none."""
        for made in mapping(told, "output_dataset_mapping").values():
            for encoded in made if isinstance(made, list) else ():
                found = self._by_uuid.get(uuids.get(str(encoded), ""), "")
                if found:
                    return found
        return self._by_moment.get((text(told, "tool_id"), text(told, "create_time")), "")


def _note(found: dict[Any, str], key: Any, identifier: str) -> None:
    """Two jobs of one key are told apart by nothing: then it stands for neither."""
    found[key] = "" if found.get(key, identifier) != identifier else identifier
