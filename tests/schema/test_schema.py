"""The OpenAPI description tells each operation whole, and what is committed is what the code says."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

COMMITTED = Path(settings.BASE_DIR) / "openapi.yaml"

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def generated() -> str:
    """The description as the code gives it; a warning or an invalid document fails."""
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def document(generated: str) -> dict[str, Any]:
    """The same as a value."""
    found: dict[str, Any] = yaml.safe_load(generated)
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each operation with its name for people: ``GET /api/v2/ping/``."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def has_example(content: dict[str, Any]) -> bool:
    """Every form of a body shows one."""
    return all("example" in media or media.get("examples") for media in content.values())


def test_the_committed_description_is_the_one_that_the_code_gives(generated: str) -> None:
    assert COMMITTED.read_text() == generated, "run: make schema"


def test_every_operation_has_a_summary_of_its_own(document: dict[str, Any]) -> None:
    without = [name for name, operation in operations(document) if not operation.get("summary")]
    assert without == []


def test_every_body_that_goes_in_has_an_example(document: dict[str, Any]) -> None:
    without = [
        name
        for name, operation in operations(document)
        if not has_example(operation.get("requestBody", {}).get("content", {}))
    ]
    assert without == []


def test_every_good_answer_with_a_body_has_an_example(document: dict[str, Any]) -> None:
    without = [
        f"{name} {code}"
        for name, operation in operations(document)
        for code, answer in operation["responses"].items()
        if code < "300" and not has_example(answer.get("content", {}))
    ]
    assert without == []


def test_every_operation_tells_its_error_answers(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        missing = {"400", "401", "403", "404", "405", "406", "429"} - operation["responses"].keys()
        assert not missing, f"{name} does not tell {missing}"
        if not name.startswith("GET"):
            missing = {"409", "412", "413", "415"} - operation["responses"].keys()
            assert not missing, f"{name} does not tell {missing}"


def test_all_errors_have_one_shape(document: dict[str, Any]) -> None:
    shapes = {
        str(answer["content"]["application/json"]["schema"])
        for name, answer in document["components"]["responses"].items()
        if name.startswith("Error")
    }
    assert shapes == {"{'$ref': '#/components/schemas/Error'}"}


def test_a_record_may_be_told_whole_or_in_part(document: dict[str, Any]) -> None:
    content = document["paths"]["/api/v2/workflows/workflowruns/{id}/"]["get"]["responses"]["200"]["content"]
    named = [one["$ref"] for one in content["application/json"]["schema"]["anyOf"]]
    assert named == ["#/components/schemas/WorkflowRun", "#/components/schemas/PartWorkflowRun"]
