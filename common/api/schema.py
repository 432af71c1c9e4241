"""The OpenAPI description: a summary for each operation, and the error answers that every one can give."""

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema
from drf_spectacular.utils import OpenApiParameter

from common.api.examples import Examples

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
    "416": "The wanted part is not in the file.",
    "429": "Too many requests; Retry-After says when to come again.",
    "502": "Another server that was asked could not answer; the message says what it said.",
    "503": "This installation lacks something; the message says what to run.",
}
CSV = {"schema": {"type": "string"}, "example": "id,name\r\n019aa3c2-7f10-7c45-8f00-0b1c2d3e4f50,rnaseq\r\n"}
WRITES_ONLY = {"409", "412", "413", "415"}
DOWNLOADS_ONLY = {"409", "416"}
FILES = {"application/octet-stream", "application/zip"}
ONLY_IF_TOLD = {"502", "503"}
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
        if action == "retrieve" and hasattr(self.view, "represent"):
            view: Any = self.view
            chosen = fields_parameter(view.known_fields())
            given.append(
                OpenApiParameter(
                    "fields", chosen["schema"], style="form", explode=False, description=chosen["description"]
                )
            )
        if action in ("update", "partial_update", "destroy") and hasattr(self.view, "must_match"):
            given.append(
                OpenApiParameter("If-Match", str, "header", description="The ETag that the change builds on.")
            )
        return given

    def _map_basic_serializer(self, serializer: Any, direction: str) -> dict[str, Any]:
        """With the rule of a serializer that needs ``one_of`` some fields."""
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)
        names = getattr(serializer, "one_of", ())
        if names and direction == "request":
            schema["oneOf" if serializer.only_one else "anyOf"] = [
                {"required": [name], "properties": {name: {"type": "string"}}} for name in names
            ]
        return schema

    def _plain_summary(self) -> str:
        action = getattr(self.view, "action", "") or self.method.lower()
        meta = getattr(getattr(getattr(self.view, "queryset", None), "model", None), "_meta", None)
        names = (meta.verbose_name, meta.verbose_name_plural) if meta else ("resource", "resources")
        one, many = (str(name).replace("api ", "API ") for name in names)
        one = f"an {one}" if one[0] in "aeioAEIO" else f"a {one}"
        if action == "partial_update":
            return f"Change {one}"
        if action in VERBS:
            return f"List {many}" if action == "list" else f"{VERBS[action]} {one}"
        return re.sub(r"[_-]+", " ", action).capitalize()


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A hook of drf-spectacular: every operation tells its errors and has an example of what goes in and out."""
    components = result.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Error"] = ERROR
    components["responses"] = {f"Error{code}": _error(meaning) for code, meaning in ANSWERS.items()}
    components["responses"]["TooLong"] = {
        "description": "The address is longer than 8190 bytes; the web server says so, in its own words."
    }
    components["responses"]["Unchanged"] = {"description": "Unchanged since it was read (If-None-Match)."}
    _allow_chosen_fields(result["paths"], schemas)
    examples = Examples(schemas)
    for path in result["paths"].values():
        for method, operation in path.items():
            _add_errors(operation, method)
            _add_examples(operation, examples)
    return result


def _allow_chosen_fields(paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Where ``fields`` can be asked for, an answer is a whole record, or the part of it that was chosen."""
    for operation in [path["get"] for path in paths.values() if "get" in path]:
        if not any(one.get("name") == "fields" for one in operation.get("parameters", ())):
            continue
        media = operation["responses"]["200"]["content"]["application/json"]
        component = media["schema"].get("$ref", "").rpartition("/")[2]
        if component.startswith("Paginated"):
            rows = schemas[component]["properties"]["results"]
            rows["items"] = _whole_or_part(rows["items"], schemas)
        else:
            media["schema"] = _whole_or_part(media["schema"], schemas)


def _whole_or_part(record: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" in record:
        return record
    name = record["$ref"].rpartition("/")[2]
    part = {key: value for key, value in schemas[name].items() if key != "required"}
    schemas[f"Part{name}"] = {**part, "description": "The fields that `fields` names."}
    return {"anyOf": [record, {"$ref": f"#/components/schemas/Part{name}"}]}


def _error(meaning: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {"description": meaning, "content": content}


def _add_errors(operation: dict[str, Any], method: str) -> None:
    answers = operation["responses"]
    download = bool(FILES & answers.get("200", {}).get("content", {}).keys())
    if download:
        answers["206"] = {**answers["200"], "description": "The part that the Range header asks for."}
    left_out = (DOWNLOADS_ONLY | WRITES_ONLY if method == "get" else {"416"}) - (
        DOWNLOADS_ONLY if download else set()
    )
    if "202" in answers:
        left_out = left_out - {"409"}  # work that was begun may have failed
    for code in [one for one in ONLY_IF_TOLD & answers.keys() if not answers[one].get("content")]:
        answers[code] = {"$ref": f"#/components/responses/Error{code}"}
    for code in ANSWERS:
        if code not in left_out | ONLY_IF_TOLD:
            answers.setdefault(code, {"$ref": f"#/components/responses/Error{code}"})
    answers.setdefault("414", {"$ref": "#/components/responses/TooLong"})
    if method == "get":
        answers.setdefault("304", {"$ref": "#/components/responses/Unchanged"})


def _add_examples(operation: dict[str, Any], examples: Examples) -> None:
    body = operation.get("requestBody", {}).get("content", {})
    answers = [one.get("content", {}) for code, one in operation["responses"].items() if code < "300"]
    for content in (body, *answers):
        if "text/csv" in content:
            content["text/csv"] = CSV
        for kind, media in content.items():
            if "examples" not in media and "example" not in media and kind != "text/csv":
                media["example"] = examples.of(media.get("schema", {}))


def fields_parameter(known: list[str]) -> dict[str, Any]:
    """The query parameter that chooses fields, as the schema tells it."""
    found = query_parameter(
        "fields", {"type": "array", "items": {"type": "string", "enum": known}}, "The wanted fields alone."
    )
    return {**found, "style": "form", "explode": False}


def query_parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    """An optional query parameter, as the schema tells it."""
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": description}


def leave_out_second_spellings(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """A hook of drf-spectacular: ``data_management`` is served like ``data-management`` and described once."""
    return [endpoint for endpoint in endpoints if "/data_management/" not in endpoint[0]]


def envelope_of(rows: dict[str, Any]) -> dict[str, Any]:
    """The schema of a page; ``rows`` is the schema of the list in it."""
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
            "results": rows,
        },
        "required": ["count", "count_is_lower_bound", "next", "previous", "results"],
    }
