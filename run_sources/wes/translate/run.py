"""A run log of WES as a record. Pure: what the server answers comes in, what it means goes out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import orjson

from run_directories.secrets import without_secrets as without_secret_names
from run_sources.wes.addresses import external_id
from run_sources.wes.translate.crate import facts_of
from run_sources.wes.translate.datasets import inputs_of, outputs_of, parameters_of, printed_outputs
from run_sources.wes.translate.files import Files, files_in
from run_sources.wes.translate.jobs import TOIL, command_of
from run_sources.wes.translate.references import Said, read_said
from run_sources.wes.translate.statuses import ENDED, GONE, message_of, status_of
from run_sources.wes.translate.values import (
    NAME,
    WORD,
    Json,
    Remarks,
    clean,
    cut,
    mapping,
    plain,
    text,
    time_of,
    whole_number,
)
from run_sources.wes.translate.workflow import workflow_of
from workflows.records import Engine, JobRecord, RunOrigin, RunRecord, RunStatus

MOST_KEPT = 256 * 1024  # bytes of JSON that a run keeps beside what has its place
OF_LOG = {"run_id", "request", "state", "run_log", "task_logs", "task_logs_url", "outputs"}
OF_REQUEST = {
    "workflow_params", "workflow_type", "workflow_type_version", "workflow_engine", "workflow_engine_version",
    "workflow_engine_parameters", "workflow_url", "tags", "workflow_attachment",
}  # fmt: skip
OF_RUN_LOG = {"name", "cmd", "start_time", "end_time", "stdout", "stderr", "exit_code", "system_logs"}


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server at ``service`` told of a run: its log, what it says of itself, its crate, the tasks as jobs, and
    the workflow's files by their paths, of which ``main`` is the first."""

    service: str
    run_id: str
    log: Json
    info: Json = field(default_factory=dict)
    crate: Json | None = None
    jobs: Sequence[JobRecord] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    main: str = ""

    @property
    def url(self) -> str:
        """The run's own address."""
        return f"{self.service}/runs/{self.run_id}"

    @property
    def state(self) -> str:
        """The server's word for how it stands."""
        return text(self.log.get("state"), WORD).upper()

    @property
    def has_ended(self) -> bool:
        """Whether asking again would change nothing; a state that is not known has ended if the run's time has."""
        known = status_of(self.state, Remarks())[0] != RunStatus.UNKNOWN or self.state in GONE
        return self.state in ENDED or (not known and bool(mapping(self.log, "run_log").get("end_time")))


def to_record(told: Answered, remarks: Remarks) -> RunRecord:
    """The run."""
    request, log = mapping(told.log, "request"), mapping(told.log, "run_log")
    params = mapping(request, "workflow_params")
    status, basis = status_of(told.state, remarks)
    workflow = workflow_of(request, told.files, told.main)
    files = Files(told.service, told.run_id, facts_of(told.crate), remarks, serves=is_sapporo(told.info))
    _remark_on_jobs(told.jobs, remarks)
    return RunRecord(
        name=text(log.get("name"), NAME) or cut(f"{workflow.name} on {urlsplit(told.service).netloc}", NAME),
        workflow=workflow,
        status=status,
        status_basis=basis,
        message=message_of(told.state, log, _failed(told.jobs)),
        started_at=time_of(log.get("start_time"), remarks),
        completed_at=time_of(log.get("end_time"), remarks),
        run_command=command_of(log.get("cmd")),
        run_environment=_environment(request, log, told.info),
        is_imported=True,
        origin=RunOrigin("wes", told.url, external_id(told.service, told.run_id)),
        parameters=parameters_of(params, remarks),
        jobs=tuple(told.jobs),
        datasets=(
            *inputs_of(params, files),
            *outputs_of(told.log.get("outputs"), _printed(told, workflow.engine), files),
        ),
        source_status=told.state,
        source_deleted=told.state in GONE,
        tags={cut(clean(key), NAME): _tag(value) for key, value in mapping(request, "tags").items()},
        metadata=_metadata(told, request, log, remarks),
    )


def is_sapporo(info: Json) -> bool:
    """Whether the server is sapporo, which has the outputs of every run below ``/runs/<id>/outputs/``."""
    return (
        "sapporo" in text(mapping(info, "type").get("group")).lower()
        or text(info.get("id")) == "sapporo-service"
    )


def is_toil(info: Json) -> bool:
    """Whether the server is Toil, whose tasks hold its own work as well."""
    return list(mapping(info, "workflow_engine_versions")) == ["toil"]


def _printed(told: Answered, engine: Engine) -> Json | None:
    """What an engine of CWL printed, where the server tells the text itself."""
    said = mapping(told.log, "run_log").get("stdout")
    return printed_outputs(said) if engine == Engine.CWL and isinstance(said, str) else None


def _failed(jobs: Sequence[JobRecord]) -> list[str]:
    """The names of the tasks that failed, without those that only stand for all."""
    return [
        one.name
        for one in jobs
        if one.status == RunStatus.FAILED and not one.message.startswith("Stands for")
    ]


def _remark_on_jobs(jobs: Sequence[JobRecord], remarks: Remarks) -> None:
    count = sum(one.message.startswith(TOIL) for one in jobs)
    if count:
        remarks.add(f"{count} of the {len(jobs)} jobs are Toil's own work between the steps, and say so.")


def _environment(request: Json, log: Json, info: Json) -> Json:
    """Server and engine; the versions of its engines are those that the server has now."""
    engines = mapping(info, "workflow_engine_versions")
    told = {
        "server": text(info.get("name"), NAME)
        or text(info.get("id"), NAME)
        or ("Toil" if is_toil(info) else ""),
        "server_version": text(info.get("version"), WORD),
        "wes_versions": plain(info.get("supported_wes_versions")),
        "engine": text(request.get("workflow_engine"), NAME),
        "engine_version": text(request.get("workflow_engine_version"), WORD),
        "engine_parameters": _without_secrets(request.get("workflow_engine_parameters")),
        "engines_of_server": {clean(key): _versions(value) for key, value in engines.items()},
        "exit_code": whole_number(log.get("exit_code")),
    }
    return {key: value for key, value in told.items() if value not in (None, "", {}, [])}


def _versions(value: Any) -> Any:
    """WES 1.0 tells one version of an engine, 1.1 an object with a list of them."""
    return plain(value.get("workflow_engine_version")) if isinstance(value, dict) else plain(value)


def _without_secrets(value: Any) -> Any:
    return plain(without_secret_names(value)[0]) if isinstance(value, dict) else plain(value)


def _tag(value: Any) -> str:
    return cut(clean(value), NAME) if isinstance(value, str) else cut(json.dumps(plain(value)), NAME)


def _metadata(told: Answered, request: Json, log: Json, remarks: Remarks) -> Json:
    """What has no place of its own: where logs lie elsewhere, files as they were told, members nobody knows."""
    outputs, params = told.log.get("outputs"), mapping(request, "workflow_params")
    unknown = {
        **_others(told.log, OF_LOG), **_others(request, OF_REQUEST, "request."), **_others(log, OF_RUN_LOG, "run_log."),
    }  # fmt: skip
    found = {
        "outputs": plain(outputs) if isinstance(outputs, dict) else None,
        "input_files": {clean(key): plain(value) for key, value in params.items() if files_in(value)},
        "log_addresses": _addresses_elsewhere(told, log, remarks),
        "other": _without_secrets(unknown),
    }
    return {key: value for key, value in found.items() if value and _fits(key, value, remarks)}


def _addresses_elsewhere(told: Answered, log: Json, remarks: Remarks) -> Json:
    """Logs that lie on other hosts: kept as addresses, and never asked."""
    found = {name: said_of(log, name, told.url) for name in ("stdout", "stderr")}
    kept = {name: said.address for name, said in found.items() if said.address}
    for name, address in kept.items():
        remarks.add(
            f"The server says that {name} lies at {cut(address, 200)}, which is not on its own host. Its address is "
            "kept; it is not asked."
        )
    return kept


def said_of(log: Json, name: str, run_url: str) -> Said:
    """What a log of a run or task says under a name."""
    return read_said(log.get(name), run_url)


def _others(told: Json, known: set[str], before: str = "") -> Json:
    return {f"{before}{key}": value for key, value in told.items() if key not in known and value is not None}


def _fits(key: str, value: Any, remarks: Remarks) -> bool:
    try:
        size = len(orjson.dumps(value))
    except TypeError:  # a number that is too large
        size = MOST_KEPT + 1
    if size > MOST_KEPT:
        remarks.add(
            f"What the server tells as {key} is too large to be kept beside the run, and was left out."
        )
    return size <= MOST_KEPT
