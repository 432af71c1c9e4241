"""The words and sentences of a crate that are ours and no standard's, for who writes and for who reads one."""

from data_management.records import FileStatus

# Names of values in ``additionalProperty``.
STATUS = "status"
STATUS_BASIS = "status basis"
ENVIRONMENT = "environment"
SOURCE = "source"
SOURCE_ADDRESS = "source address"
ENGINE = "engine"
ENGINE_VERSION = "engine version"
FILE_TYPE = "file type"
DATASET_TYPE = "dataset type"
DATA_TYPE = "data type"
STREAM = "stream"
LOG = "log"
MESSAGE = "message"
STEP = "step"
ATTEMPT = "attempt"
EXIT_CODE = "exit code"
HOST = "host"
JOB = "job"
AFTER = "after"
TOOL_ADDRESS = "tool address"
URI = "uri"

# Fields of records that no standard has terms for, and the names of their values in ``additionalProperty``.
RUN_FACTS = {
    "source_status": "source status",
    "source_deleted": "deleted at its source",
    "rerun_of": "rerun of",
    "nodes": "compute nodes",
    "declared": "declared files",
    "tags": "tags",
    "metadata": "metadata",
}
JOB_FACTS = {
    "source_status": "source status",
    "requested": "requested resources",
    "scheduler": "scheduler",
    "node": "compute node",
}
VERSION_FACTS = {
    "source_digest": "source digest",
    "parameter_template": "parameter template",
    "requirements": "required resources",
    "container_registry_map": "container registry map",
    "repository": "repository",
    "tags": "tags",
    "metadata": "metadata",
}

# Names of identifiers.
REGISTRY = "registry"
ORIGIN = "origin"

# What stands where the profiles ask for a text and the record has none.
NO_COMMAND = "its command line is not recorded."
NO_DESCRIPTION = "its description is not recorded."
NO_LICENSE = "No licence stated"
NAMED_AFTER_STEP = "It is named after its step."
NAMED_AFTER_JOB = "It is named after its job."
NAMED_AFTER_IDENTIFIER = "It is named after its identifier."
VERSION_OF_WORKFLOW = "Its version is that of the workflow."

NOT_HERE = "Not in this archive: "
WHEREABOUTS = {
    FileStatus.NEW: "the registry has not taken it in yet",
    FileStatus.ONLINE: "it is kept where it is",
    FileStatus.OFFLINE: "it cannot be read at present",
    FileStatus.ERROR: "the registry's copy is damaged or lost",
}
