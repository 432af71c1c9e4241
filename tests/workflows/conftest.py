"""The address of the runs."""

RUNS = "/api/v2/workflows/workflowruns/"
LINKS = "/api/v2/workflows/workflowrundatasets/"
VERSIONS = "/api/v2/workflows/workflowversions/"
FILES = "/api/v2/workflows/workflowfiles/"
