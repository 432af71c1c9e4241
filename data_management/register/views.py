"""The register endpoint: body valid, deed done, answer given."""

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from common.api.filters import TRUTH
from common.api.renderers import to_json
from common.errors import Conflict
from common.models import IdempotentAnswer
from data_management.register.answer import answer_of
from data_management.register.body import Reading
from data_management.register.parser import RegistrationParser
from data_management.register.serializers import DataRegisterSerializer, RegistrationSerializer
from data_management.register.services import register

EXAMPLE = OpenApiExample(
    "A Snakemake run with an input that is known and a new result",
    {
        "input_dir": "/path/to/dropbox/user/WorkflowRun",
        "workflowrun": {
            "name": "Analysis Run 2024-01-15",
            "workflowversion": "019aa3c2-7f10-7c44-9b1e-5d0c2f8e1a77",
            "run_command": "snakemake --cores 8 --use-conda",
            "run_environment": "GNU/Linux 5.4.0-x86_64",
            "status": "SUCCESS",
            "started_at": "2024-01-15T10:00:00Z",
            "completed_at": "2024-01-15T12:30:00Z",
            "new": True,
        },
        "collections": [{"id": "output-collection", "name": "Results"}],
        "datasets": [
            {
                "collection": "output-collection",
                "name": "Final Results",
                "data_type": "OUTPUT",
                "new": True,
                "datafiles": [{"name": "counts.tsv", "uri": "results/counts.tsv", "type": "tsv"}],
            }
        ],
        "owned_by": "019aa3c2-7f10-7c45-8f00-0b1c2d3e4f50",
    },
    request_only=True,
)


class RegisterView(APIView):
    """Collections, datasets, files and a run, in one request and one transaction."""

    parser_classes = [RegistrationParser]

    @property
    def max_body_bytes(self) -> int:
        """Registrations may be larger than other requests."""
        return int(settings.REGISTER_MAX_BYTES)

    @extend_schema(
        summary="Register datasets and a workflow run out of a dropbox",
        request=DataRegisterSerializer,
        responses={200: RegistrationSerializer, 201: RegistrationSerializer},
        examples=[EXAMPLE],
        parameters=[
            OpenApiParameter("dry_run", bool, description="Check everything and say what would be made."),
            OpenApiParameter(
                "Idempotency-Key",
                {"type": "string", "maxLength": 255},
                "header",
                description="Repeating a request with its key repeats its answer.",
            ),
        ],
    )
    def post(self, request: Request) -> HttpResponse:
        """All or nothing: every violation is reported with its JSON path, and then nothing is stored.

        The files follow in the background; ``transfer`` in the answer says how far they are.
        """
        dry_run = _flag(request, "dry_run")
        key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
        given: Any = request.data
        reading = given if isinstance(given, Reading) else Reading.of(given)  # an empty body is not parsed
        if key and not dry_run:
            return _json(once(request.user, key, reading), status=201)
        done = register(reading, request.user, dry_run=dry_run)
        return _json(to_json(answer_of(done)), status=200 if dry_run else 201)


def once(user: Any, key: str, body: Reading) -> bytes:
    """Register, or repeat the answer that this key got. Conflict if the key came with another body."""
    if len(key) > 255:
        raise ValidationError({"Idempotency-Key": ["must have at most 255 characters"]})
    earlier = IdempotentAnswer.objects.filter(user=user, key=key).first()
    if earlier is None:
        try:
            with transaction.atomic():
                earlier = IdempotentAnswer.objects.create(
                    user=user, key=key, request_digest=body.digest, answer=b""
                )
                earlier.answer = to_json(answer_of(register(body, user)))
                earlier.save(update_fields=["answer"])
        except IntegrityError:  # the same request came twice at once, and the other one was first
            earlier = IdempotentAnswer.objects.filter(user=user, key=key).first()
            if earlier is None:
                raise
    if earlier.request_digest != body.digest:
        raise Conflict("This Idempotency-Key was used for another request: use a new one.")
    return bytes(earlier.answer)


def _flag(request: Request, name: str) -> bool:
    text = request.query_params.get(name, "false").lower()
    if text not in TRUTH:
        raise ValidationError({name: ["must be true or false"]})
    return TRUTH[text]


def _json(body: bytes, *, status: int) -> HttpResponse:
    """Already rendered: the answer to a large registration is large."""
    return HttpResponse(body, status=status, content_type="application/json")
