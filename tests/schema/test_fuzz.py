"""Made-up requests to every operation, from the description itself: no fault of ours, nothing undescribed.

A short trial of what `schemathesis run` does at length; the seed makes it repeatable.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as amount
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

from tests.conftest import Api
from tests.factories import (
    a_collection,
    a_dataset,
    a_file,
    a_job,
    a_link,
    a_parameter,
    a_run,
    a_step,
    a_transfer,
    a_version,
    a_workflow,
    a_workflow_file,
    an_annotation_type,
)

EXCEPTIONS = Path(settings.BASE_DIR) / "schemathesis.toml"
FEW = amount(
    max_examples=2,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def lab(ada: Any, tmp_path: Path, settings: Any) -> None:
    """One of everything, so that addresses lead somewhere."""
    # Without contexts 503 is the right answer; no worker looks into them.
    settings.ROCRATE_CONTEXTS = __file__
    run, dataset = a_run(ada), a_dataset(ada)
    a_file(dataset, content=b"ACGT")
    a_link(run, dataset)
    a_collection(ada)
    a_parameter(run, "k", 31)
    a_job(run, step=a_step(run))
    a_workflow_file(a_version(a_workflow(ada)))
    a_transfer(ada)
    an_annotation_type()


@pytest.fixture
def api(ada: Any, lab: None) -> Api:
    """Ada's client, in the lab."""
    return Api(ada)


@contextmanager
def one_connection() -> Iterator[None]:
    """A request must not close the connection that holds the test's transaction, as Django's client knows."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def closed(app: Any) -> Any:
    """The same application; what it answers is read and closed at once, and with it what came in, as servers do."""

    def answer(environ: Any, start_response: Any) -> list[bytes]:
        told = app(environ, start_response)
        try:
            return list(told)
        finally:
            told.close()

    return answer


def address_of(api: Api, operation: Any) -> dict[str, Any]:
    """The ids in the operation's address, taken from the lists above it; those of remarks are left to chance."""
    found: dict[str, Any] = {}
    before, *parts = operation.path.split("{")
    for part in parts:
        name, _, after = part.partition("}")
        rows = api.get(before).json().get("results") if name in ("id", "run_pk") else None
        if not rows:
            return found
        found[name] = rows[0]["id"]
        before += f"{found[name]}{after}"
    return found


def nothing_can_be_wrong(operation: Any, address: dict[str, Any]) -> bool:
    """No body, no query, an address that is known, and headers and cookies that may hold any text."""
    given = [*operation.path_parameters, *operation.headers, *operation.cookies]
    bounded = [
        one for one in given if one.name not in address and one.definition["schema"] != {"type": "string"}
    ]
    return not (operation.body or operation.query or bounded)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=str)
def test_no_made_up_request_finds_a_fault_or_an_undescribed_answer(api: Api, mode: GenerationMode) -> None:
    config = SchemathesisConfig.from_path(EXCEPTIONS)
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True), config=config)
    schema.app = closed(get_wsgi_application())
    headers = {"Authorization": api._credentials["HTTP_AUTHORIZATION"]}
    faults = []
    # No worker runs here, and 503 is how that address says so.
    for found in schema.exclude(path="/api/v2/health/").get_all_operations():
        operation = found.ok()
        address = address_of(api, operation)
        if mode is GenerationMode.NEGATIVE and nothing_can_be_wrong(operation, address):
            continue  # it would take hundreds of attempts to find no case
        try:
            trial(operation, mode, headers, address)
        except BaseExceptionGroup as problem:
            faults.append(f"{operation.label}: {problem.exceptions}")
    assert faults == [], "\n".join(faults)


def trial(operation: Any, mode: GenerationMode, headers: dict[str, str], address: dict[str, Any]) -> None:
    """A few requests; what they change is taken back."""

    @seed(7)
    @FEW
    @given(case=operation.as_strategy(generation_mode=mode, path_parameters=address or None))
    def one(case: Any) -> None:
        with transaction.atomic():
            case.call_and_validate(headers=headers)
            transaction.set_rollback(True)

    with one_connection(), suppress(Unsatisfiable):  # where nothing goes in, nothing can be wrong in it
        one()
