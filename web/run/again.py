"""How a run can be run again: what is recorded of it, as text to copy, and what is not recorded."""

import json
import shlex
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from galaxy_import.source import GalaxySource
from web.lists.paging import Excerpt, first_of
from web.requests import SignedInRequest
from web.run.frame import framed
from web.sources import page_of_invocation
from workflows.models import WorkflowFile, WorkflowRun, WorkflowRunDataset, WorkflowRunStep, WorkflowVersion
from workflows.records import DataType, Engine, FileType

MOST_PARAMETERS = 2_000
PARAMETER_FILES = {
    Engine.SNAKEMAKE: "config.json",
    Engine.NEXTFLOW: "params.json",
    Engine.CWL: "job.json",
    Engine.WDL: "inputs.json",
    Engine.GALAXY: "job.json",
}
PACKAGES = {Engine.SNAKEMAKE: "snakemake", Engine.CWL: "cwltool"}
NO_ENGINE = "The engine and its version are not recorded."


@dataclass(frozen=True, slots=True)
class Again:
    """All that a person needs in order to run it again; ``unknown`` are sentences about what is missing."""

    engine: str
    engine_version: str
    as_recorded: str
    command: str
    parameter_file: str
    parameters: str
    more_parameters: int
    files: Excerpt
    tools: Excerpt
    inputs: Excerpt
    galaxy_url: str
    unknown: list[str] = field(default_factory=list)

    @property
    def most_parameters(self) -> int:
        """How many the file holds at most."""
        return MOST_PARAMETERS


@require_safe
@login_required
def run_again(request: SignedInRequest, run_id: UUID) -> HttpResponse:
    """The page."""
    context = framed(request, run_id, "again")
    return render(request, "web/run/again.html", {**context, "again": again_of(context["run"], request)})


def again_of(run: WorkflowRun, request: SignedInRequest) -> Again:
    """Put together from the record; nothing of it is guessed but how an engine is called."""
    version = run.workflowversion
    engine = version.workflow.workflow_manager if version else ""
    files = first_of(_files(version, request))
    name = PARAMETER_FILES.get(Engine(engine), "parameters.json") if engine else "parameters.json"
    parameters, more_parameters = _parameters(run)
    links = WorkflowRunDataset.objects.visible_to(request.user).filter(
        workflowrun=run, data_type=DataType.INPUT
    )
    command = command_for(engine, version, _main(files), name if parameters else "")
    if command and engine == Engine.REANA:
        command += _options_of_reana(run)
    told = Again(
        engine=engine,
        engine_version=version.engine_version if version else "",
        as_recorded=run.run_command,
        command=command,
        parameter_file=name,
        parameters=parameters,
        more_parameters=more_parameters,
        files=files,
        tools=first_of(_tools(run)),
        inputs=first_of(links.select_related("dataset").order_by("id")),
        galaxy_url=_galaxy_page(run),
    )
    told.unknown.extend(_unknown(run, told))
    return told


def command_for(engine: str, version: WorkflowVersion | None, main: str, parameters: str) -> str:
    """How the engine is usually called with these files; empty where that cannot be said."""
    if version is None:
        return ""
    source = version.workflow.repository_url
    if engine == Engine.NEXTFLOW and (main or source):
        before = f"NXF_VER={shlex.quote(version.engine_version)} " if version.engine_version else ""
        revision = f" -r {shlex.quote(version.commit_hash)}" if not main and version.commit_hash else ""
        with_file = f" -params-file {parameters}" if parameters else ""
        return f"{before}nextflow run {shlex.quote(main or source)}{revision}{with_file}"
    if not main:
        return ""
    file, with_file = shlex.quote(main), f" {parameters}" if parameters else ""
    commands = {
        Engine.SNAKEMAKE: f"snakemake --snakefile {file}{' --configfile' + with_file if with_file else ''} --cores all",
        Engine.CWL: f"cwltool {file}{with_file}",
        Engine.WDL: f"miniwdl run {file}{' --input' + with_file if with_file else ''}",
        Engine.GALAXY: _with_planemo(file, parameters),
        Engine.REANA: f"reana-client run --file {file}",
    }
    return _installed(engine, version) + commands.get(Engine(engine), "")


def _with_planemo(file: str, parameters: str) -> str:
    """On a server of Galaxy, whose address and key are told by variables; without parameters their file comes first."""
    prepared = "" if parameters else f"planemo workflow_job_init {file} -o job.yml\n"
    run = f"planemo run {file} {parameters or 'job.yml'} --engine external_galaxy"
    return f'{prepared}{run} --galaxy_url "$GALAXY_URL" --galaxy_user_key "$GALAXY_API_KEY"'


def _installed(engine: str, version: WorkflowVersion) -> str:
    """How the very version is had, of engines that are Python packages."""
    package = PACKAGES.get(Engine(engine))
    return (
        f"pip install {package}=={shlex.quote(version.engine_version)}\n"
        if package and version.engine_version
        else ""
    )


def _options_of_reana(run: WorkflowRun) -> str:
    """Its parameters, which it takes from no file."""
    rows = run.parameters.order_by("id").values_list("name", "value")[:MOST_PARAMETERS]
    return "".join(f" -p {shlex.quote(f'{name}={_plain(value)}')}" for name, value in rows)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _files(version: WorkflowVersion | None, request: SignedInRequest) -> Any:
    rows = WorkflowFile.objects.visible_to(request.user).filter(workflowversion=version)
    return rows.order_by("path") if version else rows.none()


def _main(files: Excerpt) -> str:
    return next((file.path for file in files.rows if file.data_type == FileType.MAIN), "")


def _parameters(run: WorkflowRun) -> tuple[str, int]:
    """The file that the engine reads, in JSON, which each of the engines takes; and how many are not in it."""
    rows = list(run.parameters.order_by("id").values_list("name", "value")[: MOST_PARAMETERS + 1])
    more = run.parameters.count() - MOST_PARAMETERS if len(rows) > MOST_PARAMETERS else 0
    given: dict[str, Any] = dict(rows[:MOST_PARAMETERS])
    return json.dumps(given, indent=2, ensure_ascii=False) if given else "", more


def _tools(run: WorkflowRun) -> Any:
    """Each tool of its steps once, with version and container."""
    names = ("tool_name", "tool_id", "tool_version", "container_image")
    rows = WorkflowRunStep.objects.filter(workflowrun=run).exclude(
        tool_name="", tool_id="", container_image=""
    )
    return rows.order_by(*names).values(*names).distinct()


def _unknown(run: WorkflowRun, told: Again) -> list[str]:
    facts = [
        (not told.engine_version, "The version of the engine." if told.engine else NO_ENGINE),
        (not told.as_recorded, "The command with which it was run."),
        (not told.files.rows, "The files of the workflow, or you may not see them."),
        (not told.parameters, "Parameters: there were none, or they were not recorded."),
        (not told.inputs.rows, "Input datasets, or you may not see them."),
        (not any(one["tool_version"] for one in told.tools.rows), "The versions of the tools."),
        (not any(one["container_image"] for one in told.tools.rows), "Container images of the steps."),
    ]
    return [sentence for is_missing, sentence in facts if is_missing]


def _galaxy_page(run: WorkflowRun) -> str:
    imported: Any = getattr(run, "imported", None)
    if imported is None or imported.server.source != GalaxySource.name:
        return ""
    return page_of_invocation(imported)
