"""The OpenAPI description: a summary for each operation, and the error answers that every one can give."""

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.utils import OpenApiParameter

ERROR = {
    "type": "object",
    "description": "What went wrong, in a sentence, and each field that is not as expected.",
    "properties": {
        "message": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
                "required": ["field", "message"],
            },
        },
    },
    "required": ["message", "code", "errors"],
    "example": {
        "message": 'status: "DONE" is not a valid choice.',
        "code": "invalid",
        "errors": [{"field": "status", "message": '"DONE" is not a valid choice.'}],
    },
}
ANSWERS = {
    "400": "The request is not understood: each field that is wrong is named.",
    "401": "Nobody is signed in, or the token is not valid.",
    "403": "You may see this, but not do that.",
    "404": "There is nothing here that you may see.",
    "405": "This address does not know the method.",
    "406": "The answer cannot be had in the wanted form.",
    "409": "The state of the registry stands against it.",
    "412": "The record changed since it was read (If-Match).",
    "413": "The request is too large.",
    "415": "The body is of a type that is not understood.",
    "429": "Too many requests; Retry-After says when to come again.",
}
WRITES_ONLY = {"409", "412", "413", "415"}
VERBS = {"list": "List", "create": "Create", "retrieve": "Read", "update": "Replace", "destroy": "Delete"}


class AutoSchema(SpectacularAutoSchema):
    """Names operations after what they do, where a view does not say it better."""

    def get_summary(self) -> str:
        """The summary of a view's ``extend_schema``, else "List workflow runs" and the like."""
        given: str | None = super().get_summary()
        return given or self._plain_summary()

    def get_override_parameters(self) -> list[Any]:
        """What every address of a record can be asked."""
        given = list(super().get_override_parameters())
        action = getattr(self.view, "action", "")
        if action == "retrieve" and hasattr(self.view, "known_fields"):
            given.append(
                OpenApiParameter("fields", str, description="Names of the wanted fields, divided by commas.")
            )
        if action in ("update", "partial_update", "destroy") and hasattr(self.view, "must_match"):
            given.append(
                OpenApiParameter("If-Match", str, "header", description="The ETag that the change builds on.")
            )
        return given

    def _plain_summary(self) -> str:
        action = getattr(self.view, "action", "") or self.method.lower()
        meta = getattr(getattr(getattr(self.view, "queryset", None), "model", None), "_meta", None)
        one, many = (meta.verbose_name, meta.verbose_name_plural) if meta else ("resource", "resources")
        if action == "partial_update":
            return f"Change a {one}"
        if action in VERBS:
            return f"List {many}" if action == "list" else f"{VERBS[action]} a {one}"
        return re.sub(r"[_-]+", " ", action).capitalize()


def add_error_answers(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular: every operation says which errors it can answer with."""
    result.setdefault("components", {}).setdefault("schemas", {})["Error"] = ERROR
    for path in result["paths"].values():
        for method, operation in path.items():
            _add_to(operation, method)
    return result


def _add_to(operation: dict[str, Any], method: str) -> None:
    for code, meaning in ANSWERS.items():
        if method == "get" and code in WRITES_ONLY:
            continue
        operation["responses"].setdefault(
            code,
            {
                "description": meaning,
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        )
    if method == "get":
        operation["responses"].setdefault(
            "304", {"description": "Unchanged since it was read (If-None-Match)."}
        )


def leave_out_second_spellings(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """A hook of drf-spectacular: ``data_management`` is served like ``data-management`` and described once."""
    return [endpoint for endpoint in endpoints if "/data_management/" not in endpoint[0]]


def envelope_of(item: dict[str, Any]) -> dict[str, Any]:
    """The schema of a page of such items."""
    address = {"type": "string", "format": "uri", "nullable": True}
    return {
        "type": "object",
        "properties": {
            "count": {
                "type": "integer",
                "nullable": True,
                "description": "How many there are; null in pages by cursor.",
            },
            "count_is_lower_bound": {
                "type": "boolean",
                "description": "There are more than `count`; nobody counted further.",
            },
            "next": address,
            "previous": address,
            "results": {"type": "array", "items": item},
        },
        "required": ["count", "count_is_lower_bound", "next", "previous", "results"],
    }
