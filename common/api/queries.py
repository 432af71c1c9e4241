"""Questions that are asked by query parameters, checked; one that is not known is refused."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView


class QuerySerializer(serializers.Serializer):
    """Query parameters; one that is not known is refused, as a typing error must not change the question."""

    def to_internal_value(self, data: Any) -> Any:
        """The values; ValidationError names what is wrong."""
        known = ", ".join(sorted(self.fields))
        if unknown := set(data) - set(self.fields):
            raise serializers.ValidationError(
                {name: [f"is not known here; known are {known}"] for name in sorted(unknown)}
            )
        return super().to_internal_value(data)


def refuse_twice(given: Any) -> None:
    """ValidationError for a query parameter that is given more than once: nobody knows which one is meant."""
    if twice := [name for name, values in given.lists() if len(values) > 1]:
        raise serializers.ValidationError({name: ["can be given once"] for name in twice})


class QueryView(APIView):
    """An answer to a question."""

    query_type: ClassVar[type[QuerySerializer]]

    def asked(self, request: Request) -> Any:
        """The query, checked."""
        refuse_twice(request.query_params)
        # A plain mapping: of a form, DRF would take what is empty for what was not given.
        query = type(self).query_type(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        return query
