"""The addresses of profiles, terms, languages and units, each composed in this one place."""

from typing import NamedTuple

from workflows.records import Engine, RunStatus


class Profile(NamedTuple):
    """A standard that a crate conforms to."""

    name: str
    version: str
    uri: str


def _run_profile(kind: str) -> Profile:
    return Profile(f"{kind.title()} Run Crate", RUN_VERSION, f"{W3ID}/ro/wfrun/{kind}/{RUN_VERSION}")


W3ID = "https://w3id.org"
RO_CRATE_VERSION = "1.1"  # what all profiles below extend
RUN_VERSION = "0.5"

RO_CRATE = f"{W3ID}/ro/crate/{RO_CRATE_VERSION}"
PROCESS_RUN = _run_profile("process")
WORKFLOW_RUN = _run_profile("workflow")
PROVENANCE_RUN = _run_profile("provenance")
WORKFLOW_RO_CRATE = Profile("Workflow RO-Crate", "1.0", f"{W3ID}/workflowhub/workflow-ro-crate/1.0")
BIOSCHEMAS_WORKFLOW = Profile(
    "Bioschemas ComputationalWorkflow profile",
    "1.0-RELEASE",
    "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE",
)
BIOSCHEMAS_PARAMETER = Profile(
    "Bioschemas FormalParameter profile",
    "1.0-RELEASE",
    "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE",
)

RUN_TERMS = f"{W3ID}/ro/terms/workflow-run"
CONTEXT = [f"{RO_CRATE}/context", f"{RUN_TERMS}/context"]
DOCKER_IMAGE = f"{RUN_TERMS}#DockerImage"
SIF_IMAGE = f"{RUN_TERMS}#SIFImage"

ORCID = "https://orcid.org/"
SPDX = "https://spdx.org/licenses/"
SOFTWARE_HERITAGE_REVISION = "swh:1:rev:"

ANY_URI = "http://www.w3.org/2001/XMLSchema#anyURI"
SCHEMA_ORG = "http://schema.org/"
ACTION_STATUS = {
    RunStatus.SUCCESS: f"{SCHEMA_ORG}CompletedActionStatus",
    RunStatus.FAILED: f"{SCHEMA_ORG}FailedActionStatus",
    RunStatus.CANCELLED: f"{SCHEMA_ORG}FailedActionStatus",
    RunStatus.RUNNING: f"{SCHEMA_ORG}ActiveActionStatus",
    RunStatus.PAUSED: f"{SCHEMA_ORG}ActiveActionStatus",
    RunStatus.PENDING: f"{SCHEMA_ORG}PotentialActionStatus",
}

UNIT = "https://qudt.org/vocab/unit/"
UNITS = {
    "milliseconds": f"{UNIT}MilliSEC",
    "seconds": f"{UNIT}SEC",
    "minutes": f"{UNIT}MIN",
    "hours": f"{UNIT}HR",
    "bytes": f"{UNIT}BYTE",
    "kib": f"{UNIT}KibiBYTE",
    "mib": f"{UNIT}MebiBYTE",
    "gib": f"{UNIT}GibiBYTE",
    "percent": f"{UNIT}PERCENT",
}
UNITLESS = f"{UNIT}UNITLESS"


class Language(NamedTuple):
    """What a workflow is written in: its identifier and its home page."""

    uri: str
    name: str
    home: str


_LANGUAGES = f"{W3ID}/workflowhub/workflow-ro-crate#"
LANGUAGES = {
    Engine.GALAXY: Language(f"{_LANGUAGES}galaxy", "Galaxy", "https://galaxyproject.org/"),
    Engine.SNAKEMAKE: Language(f"{_LANGUAGES}snakemake", "Snakemake", "https://snakemake.readthedocs.io/"),
    Engine.NEXTFLOW: Language(f"{_LANGUAGES}nextflow", "Nextflow", "https://www.nextflow.io/"),
    Engine.CWL: Language(f"{_LANGUAGES}cwl", "Common Workflow Language", "https://www.commonwl.org/"),
    Engine.WDL: Language("https://openwdl.org/", "Workflow Description Language", "https://openwdl.org/"),
    Engine.AIRFLOW: Language("https://airflow.apache.org/", "Apache Airflow", "https://airflow.apache.org/"),
    Engine.REANA: Language("https://www.reana.io/", "REANA", "https://www.reana.io/"),
    Engine.TORC: Language("https://github.com/NREL/torc", "Torc", "https://github.com/NREL/torc"),
}
SCRIPT_LANGUAGES = {
    ".sh": Language(
        "https://www.gnu.org/software/bash/", "Shell script", "https://www.gnu.org/software/bash/"
    ),
    ".py": Language("https://www.python.org/", "Python", "https://www.python.org/"),
    ".r": Language("https://www.r-project.org/", "R", "https://www.r-project.org/"),
    ".mk": Language("https://www.gnu.org/software/make/", "Make", "https://www.gnu.org/software/make/"),
}
UNKNOWN_LANGUAGE = Language("#language", "A language that is not recorded", "")

DATA_TYPE_FOLDERS = {
    "INPUT": "inputs",
    "OUTPUT": "outputs",
    "PARAMETER": "parameters",
    "CONFIG": "config",
    "REPORT": "reports",
    "LOG": "logs",
}
WORKFLOW_FOLDER = "workflow"
JOB_LOG_FOLDER = "logs/jobs"
RUN_LOG_FOLDER = "logs/run"
README = "README.md"
PREVIEW = "ro-crate-preview.html"
METADATA = "ro-crate-metadata.json"


def typed_address(address: str) -> dict[str, str]:
    """An address as a value that says so, as RO-Crate 1.1 wants those of files."""
    return {"@type": ANY_URI, "@value": address}
