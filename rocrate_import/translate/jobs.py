"""The executions of steps, as jobs."""

from typing import Any

from rocrate_export.wording import AFTER, ATTEMPT, HOST, JOB, STREAM
from rocrate_import.translate.actions import command_of, message_of
from rocrate_import.translate.containers import image_of, resources_of
from rocrate_import.translate.files import Files, is_data
from rocrate_import.translate.graph import Entity, text
from rocrate_import.translate.more import more_of_job
from rocrate_import.translate.properties import data_in, details, named_values
from rocrate_import.translate.reading import Reading
from rocrate_import.translate.statuses import exit_code_of, status_of
from rocrate_import.translate.steps import Steps
from rocrate_import.translate.times import time_of
from workflows.records import FileRole, JobFile, JobRecord

_LONGEST_EXCERPT = 1 << 20
_SIDES = (("object", FileRole.USED), ("result", FileRole.MADE))
_MOST_ATTEMPTS = 2**31 - 1


def jobs_of(reading: Reading, actions: list[Entity], steps: Steps, files: Files) -> tuple[JobRecord, ...]:
    """The jobs, in the order of the document."""
    excerpts = _excerpts(reading)
    return tuple(_job(reading, one, steps, files, excerpts.get(one["@id"], {})) for one in actions)


def _job(reading: Reading, action: Entity, steps: Steps, files: Files, excerpts: dict[str, str]) -> JobRecord:
    identifier = action["@id"]
    known = details(reading.graph, action)
    name = text(action, "name") or ("" if reading.is_ours else steps.key_of_job(action) or identifier)
    return JobRecord(
        name=reading.name(name, identifier),
        step=steps.key_of_job(action),
        attempt=_attempt(known.get(ATTEMPT)),
        status=status_of(reading, action)[0],
        started_at=time_of(action, "startTime", reading.remarks),
        completed_at=time_of(action, "endTime", reading.remarks),
        command_line=command_of(reading, action),
        exit_code=exit_code_of(reading, action),
        host=reading.name(str(known.get(HOST, "")), identifier, "host"),
        stdout=excerpts.get("stdout", ""),
        stderr=excerpts.get("stderr", ""),
        container_image=image_of(reading, action),
        external_id=reading.name(str(known.get(JOB, "")), identifier, "identifier"),
        resources=resources_of(reading, action),
        parameters=named_values(reading.graph, action, "object"),
        environment={
            key: value if isinstance(value, str) else str(value)
            for key, value in named_values(reading.graph, action, "environment").items()
        },
        files=_files(reading, action, files),
        message=message_of(reading, action),
        after=_after(known.get(AFTER)),
        **more_of_job(reading, action),
    )


def _files(reading: Reading, action: Entity, files: Files) -> tuple[JobFile, ...]:
    """What the job used and made, in the order of role and path, each once."""
    found = {
        (role, file.path or file.name)
        for side, role in _SIDES
        for entity in reading.graph.linked(action, side)
        if is_data(entity) or data_in(reading.graph, entity)
        for _, file in files.below(entity)
    }
    return tuple(JobFile(path, role) for role, path in sorted(found))


def _after(told: Any) -> tuple[str, ...]:
    return tuple(sorted(one for one in told if isinstance(one, str))) if isinstance(told, list) else ()


def _attempt(told: Any) -> int:
    return told if isinstance(told, int) and 0 <= told <= _MOST_ATTEMPTS else 1


def _excerpts(reading: Reading) -> dict[str, dict[str, str]]:
    """What jobs said, as far as the crate keeps it: by action and stream."""
    found: dict[str, dict[str, str]] = {}
    for file in reading.graph.of_type("File"):
        stream = details(reading.graph, file).get(STREAM) if "additionalProperty" in file else None
        entry = reading.find(file["@id"]) if stream in ("stdout", "stderr") else None
        for action in reading.graph.ids(file, "about") if entry else []:
            said = reading.read_text(entry or "", _LONGEST_EXCERPT).replace("\0", "\N{REPLACEMENT CHARACTER}")
            found.setdefault(action, {})[str(stream)] = said
    return found
