"""Reading a crate: from the bytes of its metadata to the records of the registry.

What a crate may be is set down by RO-Crate 1.0 to 1.2, the Workflow Run RO-Crate profiles 0.1 to 0.5 and
Workflow RO-Crate 1.0; what crates are, by those who write them. So nothing that is odd is refused: it is read
as far as it goes, with a remark. Nothing is fetched, and no file is opened but by its name in the package.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from rocrate_export.wording import ENVIRONMENT, NO_DESCRIPTION, REGISTRY, SOURCE, SOURCE_ADDRESS
from rocrate_import.translate.actions import Executions, command_of, executions_of, is_ours, message_of
from rocrate_import.translate.datasets import Datasets, datasets_of, remark_on_others
from rocrate_import.translate.files import Files
from rocrate_import.translate.graph import Entity, Graph, is_a, text
from rocrate_import.translate.jobs import jobs_of
from rocrate_import.translate.logs import logs_of
from rocrate_import.translate.more import more_of_run
from rocrate_import.translate.people import AGENT, people_of
from rocrate_import.translate.properties import data_in, details, is_value, name_of, named_values, value
from rocrate_import.translate.reading import Reading
from rocrate_import.translate.remarks import Remarks
from rocrate_import.translate.result import CrateRefused, Translation
from rocrate_import.translate.root import (
    WORKFLOW_CRATE,
    Profile,
    declared_profile,
    find_root,
    identifiers_of,
    license_of,
    specification_of,
)
from rocrate_import.translate.statuses import Standing, all_of, status_of
from rocrate_import.translate.steps import Steps
from rocrate_import.translate.times import time_of
from rocrate_import.translate.workflow import all_files, parts_of_workflow, workflow_entity, workflow_of
from rocrate_packages.collector import collector_paused
from rocrate_packages.document import read_document
from rocrate_packages.limits import Limits
from rocrate_packages.names import Finder
from workflows.records import (
    Engine,
    JobRecord,
    ParameterRecord,
    PersonRecord,
    RunOrigin,
    RunRecord,
    WorkflowRecord,
)

FOREIGN = "ro-crate"  # the source of a run whose engine is not known


@collector_paused()
def read_crate(
    metadata: bytes,
    package_names: Mapping[str, int],
    read_text: Callable[[str, int], str],
    *,
    limits: Limits = Limits(),  # noqa: B008  (it is frozen)
) -> Translation:
    """Translate a crate.

    ``package_names`` maps the names of the package's entries to their sizes; ``read_text`` gives the beginning
    of an entry, so many characters at most. Raises ``CrateRefused`` for what is no crate, ``PackageRefused``
    for a document that is too large, or could be read in two ways.
    """
    reading = _reading(metadata, package_names, read_text, limits)
    executions = executions_of(reading)
    profile = declared_profile(reading.graph, reading.root, reading.descriptor)
    if executions.run is None and not executions.jobs:
        return _of_workflow(reading, profile)
    return _of_run(reading, executions, profile)


def _reading(
    metadata: bytes, names: Mapping[str, int], read_text: Callable[[str, int], str], limits: Limits
) -> Reading:
    remarks = Remarks()
    graph = Graph(read_document(metadata, limits), remarks, limits)
    descriptor, root = find_root(graph, remarks)
    mains = graph.linked(root, "mainEntity")
    return Reading(
        graph, names, read_text, remarks, Finder(names), root, descriptor,
        main=next(iter(mains), None), is_ours=is_ours(graph),
    )  # fmt: skip


def _of_workflow(reading: Reading, profile: Profile) -> Translation:
    """A crate that holds a workflow and no run of it."""
    main = reading.main or next(iter(reading.graph.of_type("ComputationalWorkflow")), None)
    if main is None:
        raise CrateRefused(
            "This RO-Crate describes neither a run (an action such as a CreateAction) nor a workflow (a "
            "mainEntity), so there is nothing that could be registered."
        )
    if not is_a(main, "ComputationalWorkflow", "SoftwareSourceCode", "Workflow"):
        reading.remarks.add(main["@id"], "The main entity is not typed as a workflow; it is taken for one.")
    files = Files(reading)
    workflow = workflow_of(reading, main, files, all_files(reading))
    if not workflow.license:
        workflow = replace(workflow, license=license_of(reading, reading.root, 100))
    if not profile.name:
        profile = _seen(reading, WORKFLOW_CRATE)
    return _translation(reading, None, workflow, profile, identifiers_of(reading, None))


def _of_run(reading: Reading, executions: Executions, profile: Profile) -> Translation:
    run, files = executions.run, Files(reading)
    steps = Steps(reading, run, executions.jobs)
    entity = workflow_entity(reading, run)
    parts = parts_of_workflow(reading, entity) if entity else []
    workflow = workflow_of(reading, entity, files, parts) if entity else None
    datasets = datasets_of(reading, executions, files)
    jobs = jobs_of(reading, executions.jobs, steps, files)
    identifiers = identifiers_of(reading, run)
    record = replace(
        _run_facts(reading, run, jobs, executions),
        workflow=workflow,
        origin=_origin(reading, run, workflow, identifiers),
        people=_people(reading, executions),
        steps=steps.records(),
        jobs=jobs,
        datasets=tuple(datasets.links),
    )
    _remark_on_others(reading, datasets, parts, entity)
    if profile.name in ("", WORKFLOW_CRATE):  # a run is more than either says
        profile = _seen(reading, _profile_of(reading, run))
    translation = _translation(reading, record, workflow, profile, identifiers)
    return replace(translation, logs=logs_of(reading, executions))


def _remark_on_others(
    reading: Reading, datasets: Datasets, parts: list[Entity], workflow: Entity | None
) -> None:
    if not reading.is_ours:
        known = {one["@id"] for one in (*parts, *([workflow] if workflow else []))}
        remark_on_others(reading, datasets.known | known)


def _seen(reading: Reading, name: str) -> Profile:
    reading.remarks.add(reading.root_id, f"The crate declares no profile that fits; it is read as {name}.")
    return Profile(name, "")


def _profile_of(reading: Reading, run: Entity | None) -> str:
    if reading.graph.of_type("ControlAction", "OrganizeAction"):
        return "provenance"
    return "workflow" if run is not None and reading.main is not None else "process"


def _translation(
    reading: Reading,
    record: RunRecord | None,
    workflow: WorkflowRecord | None,
    profile: Profile,
    identifiers: tuple[str, ...],
) -> Translation:
    specification = specification_of(reading.graph, reading.descriptor)
    if not specification:
        reading.remarks.add(reading.root_id, "The crate does not say of which version of RO-Crate it is.")
    return Translation(
        record, workflow, profile.name, profile.version, specification, reading.remarks.all(), identifiers
    )


def _run_facts(
    reading: Reading, run: Entity | None, jobs: tuple[JobRecord, ...], executions: Executions
) -> RunRecord:
    """What is said of the run itself; where no action is the run, what its jobs say together."""
    action = run or {"@id": reading.root_id, "@type": ()}
    status, basis = _standing(reading, executions)
    starts = [job.started_at for job in jobs if job.started_at]
    ends = [job.completed_at for job in jobs if job.completed_at]
    started: datetime | None = time_of(action, "startTime", reading.remarks)
    completed: datetime | None = time_of(action, "endTime", reading.remarks)
    return RunRecord(
        name=_name(reading, action),
        status=status,
        status_basis=basis,
        message=message_of(reading, action),
        description=_description(reading, action),
        license=license_of(reading, reading.root),
        started_at=started or (min(starts, default=None) if run is None else None),
        completed_at=completed or (max(ends, default=None) if run is None else None),
        run_command=command_of(reading, action),
        run_environment=_environment(reading, action),
        is_imported=True,
        parameters=_parameters(reading, run),
        **more_of_run(reading, action),
    )


def _standing(reading: Reading, executions: Executions) -> Standing:
    if executions.run is not None:
        return status_of(reading, executions.run)
    return all_of([status_of(reading, one) for one in executions.jobs])


def _name(reading: Reading, action: Entity) -> str:
    told = text(reading.root, "name") or ("" if reading.is_ours else text(action, "name"))
    main = text(reading.main, "name") if reading.main else ""
    fallback = "" if reading.is_ours else f"Run of {main}" if main else "A run without a name"
    return reading.name(told or fallback, reading.root_id)


def _description(reading: Reading, action: Entity) -> str:
    """What the crate says of itself, else of the run."""
    told = text(reading.root, "description")
    if reading.is_ours:
        return "" if told.endswith(NO_DESCRIPTION) else told
    return told or ("" if command_of(reading, action) else text(action, "description"))


def _environment(reading: Reading, action: Entity) -> object:
    variables = named_values(reading.graph, action, "environment")
    return variables or details(reading.graph, action).get(ENVIRONMENT)


def _parameters(reading: Reading, run: Entity | None) -> tuple[ParameterRecord, ...]:
    linked = reading.graph.linked(run, "object") if run else []
    entities = [one for one in linked if is_value(one) and not data_in(reading.graph, one)]
    uses = Counter(name_of(reading.graph, one) for one in entities)
    found: dict[str, ParameterRecord] = {}
    for one in entities:
        name = name_of(reading.graph, one)
        name = reading.name(_slot_of_main(reading, one, name) if uses[name] > 1 else name, one["@id"])
        if name in found:
            reading.remarks.add(one["@id"], f"The parameter {name!r} has several values; the first is kept.")
        found.setdefault(name, ParameterRecord(name, value(reading.graph, one)))
    return tuple(found.values())


def _slot_of_main(reading: Reading, entity: Entity, name: str) -> str:
    """The name of the workflow's own slot for a value, where its name is that of a tool's slot as well."""
    own = set(reading.graph.ids(reading.main, "input")) if reading.main else set()
    slots = (one for one in reading.graph.ids(entity, "exampleOfWork") if one in own)
    return next((one.rpartition("#")[2] for one in slots), name)


def _people(reading: Reading, executions: Executions) -> tuple[PersonRecord, ...]:
    actions = [executions.run] if executions.run is not None else executions.jobs
    agents = [(action, "agent", AGENT) for action in actions]
    made = "contributor" if reading.is_ours else "creator"
    return people_of(reading, [*agents, (reading.root, "author", "author"), (reading.root, made, made)])


def _origin(
    reading: Reading, run: Entity | None, workflow: WorkflowRecord | None, identifiers: tuple[str, ...]
) -> RunOrigin:
    if reading.is_ours and run is not None:
        return _our_origin(reading, run)
    engine = workflow.engine if workflow else Engine.OTHER
    source = FOREIGN if engine == Engine.OTHER else engine.value.lower()
    addresses = [one for one in identifiers if one.startswith(("http://", "https://"))]
    return RunOrigin(source, next(iter(addresses), ""), next(iter(identifiers), ""))


def _our_origin(reading: Reading, run: Entity) -> RunOrigin:
    """The origin as it was recorded where the crate was made."""
    known = details(reading.graph, run)
    pages = [text(one, "url") for one in reading.graph.linked(run, "subjectOf") if is_a(one, "WebPage")]
    ids = [one for one in reading.graph.linked(run, "identifier") if text(one, "name") != REGISTRY]
    return RunOrigin(
        source=reading.remarks.cut(str(known.get(SOURCE, "")), 60, run["@id"], "source"),
        source_url=reading.remarks.cut(
            next(filter(None, pages), "") or str(known.get(SOURCE_ADDRESS, "")), 2000, run["@id"], "address"
        ),
        external_id=reading.name(text(ids[0], "value") if ids else "", run["@id"], "identifier"),
    )
