"""The workflows of the example lab: each with its released versions and their files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from data_management.services import Ownership
from example_lab.people import Member
from workflows.models import Workflow, WorkflowVersion
from workflows.records import Engine, FileType
from workflows.versions import add_file, add_version, release

MATERIAL = Path(__file__).parent / "material"
RUNS = MATERIAL / "runs"
DEFINITIONS = MATERIAL / "recorded" / "workflows"

CWLTOOL = "3.3.20260925135507"


@dataclass(frozen=True, slots=True)
class Version:
    """A version: runs name it by its ``key``. Of its ``files`` in ``folder`` the first one is MAIN."""

    key: str
    name: str
    folder: Path
    files: tuple[str, ...]
    engine_version: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A workflow with its versions, the oldest first."""

    owner: str
    engine: Engine
    name: str
    versions: tuple[Version, ...]
    description: str = ""
    license: str = ""
    public: bool = False


def _galaxy(key: str, name: str, description: str = "", license: str = "") -> Definition:
    version = Version(key, "1", DEFINITIONS, (f"{key}.ga",))
    return Definition("ada", Engine.GALAXY, name, (version,), description, license)


SORT_COUNT_FILES = ("workflow.cwl", "sort-tool.cwl", "wc-tool.cwl")
SNAKEMAKE_FILES = ("workflow/Snakefile", "config/config.yaml", "workflow/report.rst")

WORKFLOWS = (
    Definition(
        "ada",
        Engine.CWL,
        "Sort then count, scattered",
        (
            Version("cwl-sort-count", "1.0", RUNS / "cwl-sort-count", SORT_COUNT_FILES, CWLTOOL),
            Version(
                "cwl-sort-count-strict",
                "1.1 (asks for FASTA)",
                RUNS / "cwl-exception" / "ro-exception" / "snapshot",
                SORT_COUNT_FILES,
                CWLTOOL,
            ),
        ),
        "A tiny two-step workflow that scatters over input files.",
    ),
    Definition(
        "ada",
        Engine.CWL,
        "Sort, then fail",
        (
            Version(
                "cwl-failed-step",
                "1.0",
                RUNS / "cwl-failed-step",
                ("wf-fail.cwl", "sort-tool.cwl", "fail-tool.cwl"),
                CWLTOOL,
            ),
        ),
        "The second step always fails: made to see what engines write then.",
    ),
    Definition(
        "eve",
        Engine.CWL,
        "Sort lines",
        (Version("cwl-sort", "1.0", RUNS / "cwl-one-tool", ("sort-tool.cwl",), CWLTOOL),),
        "One tool.",
    ),
    Definition(
        "eve",
        Engine.CWL,
        "Sleep",
        (Version("cwl-sleep", "1.0", RUNS / "sapporo-cwl-cancelled" / "exe", ("sleep.cwl",), CWLTOOL),),
        "Sleeps for a minute: made to be cancelled.",
    ),
    Definition(
        "ada",
        Engine.SNAKEMAKE,
        "Sort and count samples",
        (Version("snakemake-sort-count", "1.0", RUNS / "snakemake-ok", SNAKEMAKE_FILES, "9.27.1"),),
        "Sorts each sample and counts the lines of all into one report.",
        public=True,
    ),
    Definition(
        "bob",
        Engine.SNAKEMAKE,
        "Sort and count samples, with a broken rule",
        (Version("snakemake-broken", "1.0", RUNS / "snakemake-failed", SNAKEMAKE_FILES, "9.27.1"),),
        "The last rule always fails.",
    ),
    _galaxy(
        "galaxy-top-regions",
        "Top regions matching a pattern",
        "Keeps the lines of a BED-like table that match a pattern, sorts them by score, shows the best.",
        "MIT",
    ),
    _galaxy(
        "galaxy-per-sample",
        "Per-sample filtering with a summary",
        "Maps three steps and a subworkflow over a list and merges the results.",
    ),
    _galaxy("galaxy-strict-check", "Strict check then sort"),
    _galaxy("galaxy-slow-copies", "Slow copies"),
)


def make_workflows(members: Mapping[str, Member]) -> dict[str, WorkflowVersion]:
    """Write all workflows with their versions, released; returns the versions by their keys."""
    made = {}
    for definition in WORKFLOWS:
        owner = members[definition.owner]
        workflow = _make(definition, owner)
        for version in definition.versions:
            made[version.key] = _make_version(version, workflow, owner)
    return made


def _make(definition: Definition, owner: Member) -> Workflow:
    return Workflow.objects.create(
        name=definition.name,
        description=definition.description,
        workflow_manager=definition.engine,
        license=definition.license,
        **Ownership(owner.user, owner.group, definition.public).columns(),
    )


def _make_version(version: Version, workflow: Workflow, owner: Member) -> WorkflowVersion:
    made = add_version(
        workflow=workflow, user=owner.user, name=version.name, engine_version=version.engine_version
    )
    made.files.all().delete()  # a new version starts with the files of the one before
    for number, path in enumerate(version.files):
        kind = FileType.OTHER if number else FileType.MAIN
        with (version.folder / path).open("rb") as stream:
            add_file(version=made, user=owner.user, path=path, stream=stream, data_type=kind)
    return release(version=made, user=owner.user)
