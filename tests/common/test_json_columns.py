"""JSON columns on every database: what was stored can be told again."""

from typing import Any

import pytest

from tests.conftest import Api
from tests.factories import a_parameter, a_run

pytestmark = pytest.mark.django_db
RUNS = "/api/v2/workflows/workflowruns/"


@pytest.mark.parametrize("number", [6.022e23, 1e300, -1e25, 2.0**64, 2**63 - 1, 0.1], ids=str)
def test_a_large_number_comes_back_as_it_went_in(ada: Any, number: float) -> None:
    run = a_run(ada, metadata={"a": {"b": [number]}})
    a_parameter(run, "n", number)
    run.refresh_from_db()
    (found,) = run.metadata["a"]["b"]
    assert (found, type(found)) == (number, type(number))
    answer = Api(ada).get(f"{RUNS}{run.pk}/parameters/")
    assert answer.json()["results"][0]["value"] == number


@pytest.mark.parametrize("value", [None, True, "a", "1", [], {}, {"a": None}, "é\n", 0], ids=repr)
def test_any_value_is_read_as_it_was_written(ada: Any, value: Any) -> None:
    parameter = a_parameter(a_run(ada), "n", value)
    parameter.refresh_from_db()
    assert (parameter.value, type(parameter.value)) == (value, type(value))
