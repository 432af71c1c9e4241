"""What REANA tells is what the registry holds."""

from collections.abc import Callable

import pytest

from run_sources.reana import ReanaSource
from workflows.models import WorkflowRun
from workflows.services import record_run

pytestmark = pytest.mark.django_db
NAMES = ("hello.1", "hello.1.1", "hello.2", "hello.3", "hello.7", "roofit-cwl.1")


def test_recorded_runs_are_kept_whole_and_once(open_source: Callable[..., ReanaSource], ada):
    source = open_source()
    for name in NAMES:
        record = source.fetch(name).record
        run, is_new = record_run(record=record, owner=ada)
        assert is_new
        assert run.to_record() == record
        assert record_run(record=record, owner=ada) == (run, False)
    assert WorkflowRun.objects.get(name="hello.1.1").rerun_of.name == "hello.1"
