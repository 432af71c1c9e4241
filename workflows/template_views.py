"""The parameters of a run beside what its workflow version declares."""

from collections import Counter
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.api.filters import refuse_unknown
from workflows.models import WorkflowRun
from workflows.templates import Checked, Standing, check

STANDINGS = [(one.value, one.value) for one in Standing]


class CheckedParameterSerializer(serializers.Serializer):
    """A parameter: what the version declares of it, its value in the run, and how the two stand."""

    name = serializers.CharField()
    standing = serializers.ChoiceField(STANDINGS)
    type = serializers.CharField()
    description = serializers.CharField()
    optional = serializers.BooleanField()
    default = serializers.JSONField(allow_null=True)
    value = serializers.JSONField(allow_null=True)
    remark = serializers.CharField()


class CheckedParametersSerializer(serializers.Serializer):
    """All of them, in the template's order, then those that it does not declare; ``counts`` by standing."""

    has_template = serializers.BooleanField()
    counts = serializers.DictField(child=serializers.IntegerField())
    results = CheckedParameterSerializer(many=True)


class CheckedParametersView(APIView):
    """The values of a run against the parameter template of its version."""

    @extend_schema(
        summary="Check a run's parameters against what its workflow version declares",
        parameters=[OpenApiParameter("standing", enum=list(Standing), many=True)],
        responses=CheckedParametersSerializer,
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Which are given, left at their default, missing, unknown or of a wrong type."""
        refuse_unknown(request.query_params, {"standing": None})
        user: Any = request.user  # the permission classes have seen to it that somebody asks
        rows = WorkflowRun.objects.visible_to(user).select_related("workflowversion")
        run = get_object_or_404(rows, pk=pk)
        checked, template = checked_parameters(run)
        wanted = _wanted(request)
        return Response(
            {
                "has_template": bool(template),
                "counts": Counter(one.standing for one in checked),
                "results": [asdict(one) for one in checked if not wanted or one.standing in wanted],
            }
        )


def checked_parameters(run: WorkflowRun) -> tuple[tuple[Checked, ...], dict[str, Any]]:
    """The run's parameters as they stand, and the template that they were checked against.

    Without a template every parameter is simply given.
    """
    version = run.workflowversion
    template: dict[str, Any] = version.parameter_template if version else {}
    values = dict(run.parameters.order_by("id").values_list("name", "value"))
    if not template:
        return tuple(Checked(name, Standing.GIVEN, value=value) for name, value in values.items()), template
    return check(template, values), template


def _wanted(request: Request) -> list[str]:
    wanted = request.query_params.getlist("standing")
    if odd := [one for one in wanted if one not in list(Standing)]:
        raise ValidationError({"standing": [f"{odd[0]!r} is none of {', '.join(Standing)}"]})
    return wanted
