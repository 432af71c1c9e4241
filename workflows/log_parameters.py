"""What the addresses of logs can be asked, as the description of the API tells it."""

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes

from common.api.paging import LARGEST_PAGE_SIZE
from workflows.log_answers import LARGEST_NUMBER
from workflows.log_filters import KINDS, LARGEST_SIZE
from workflows.models.runs import STATUS_CHOICES

LINES = {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER}
CONTENT = [
    OpenApiParameter("tail", {**LINES, "minimum": 0}, description="So many lines from the end."),
    OpenApiParameter("from", LINES, description="The first line, from 1."),
    OpenApiParameter("to", LINES, description="The last line."),
    OpenApiParameter("ansi", str, enum=["keep", "strip", "html"], description="The colours of terminals."),
    OpenApiParameter("download", OpenApiTypes.BOOL, description="To be kept instead of shown."),
]
SIZE = {"type": "integer", "minimum": 0, "maximum": LARGEST_SIZE}
SEARCH = [
    OpenApiParameter(
        "q", {"type": "string", "minLength": 1, "maxLength": 200}, required=True, description="The text."
    ),
    OpenApiParameter("log", OpenApiTypes.UUID, description="In one log alone."),
    OpenApiParameter(
        "context", {"type": "integer", "minimum": 0, "maximum": 20}, description="Lines around."
    ),
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE_SIZE},
        description="Lines a page.",
    ),
    OpenApiParameter("cursor", str, description="Where to go on, as `next` says."),
    OpenApiParameter("regex", {"type": "boolean", "enum": [False]}, description="Only false is understood."),
    OpenApiParameter("job", OpenApiTypes.UUID, description="In the logs of one job."),
    OpenApiParameter("name", str, description="In logs of this name."),
    OpenApiParameter("kind", str, enum=[kind for kind, _ in KINDS]),
    OpenApiParameter("of_run", OpenApiTypes.BOOL, description="Of the run as a whole, or of its jobs."),
    OpenApiParameter("job_status", str, enum=[status for status, _ in STATUS_CHOICES], many=True),
    OpenApiParameter("search", str, description="Part of the name of the log or of the job."),
    OpenApiParameter("min_size", SIZE, description="Bytes, or more."),
    OpenApiParameter("max_size", SIZE, description="Bytes, or less."),
]
