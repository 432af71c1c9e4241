"""Runs from Torc, written down: nothing of a record is lost, and runs of one workflow are linked."""

import pytest

from tests.run_sources.torc.recorded import new_source, old_source
from workflows.models import WorkflowRun
from workflows.services import record_run

pytestmark = pytest.mark.django_db


def test_what_is_fetched_is_what_is_kept(ada):
    fetched = [new_source().fetch("7/1"), new_source().fetch("7"), old_source().fetch("9001")]
    for one in fetched:
        assert record_run(record=one.record, owner=ada)[0].to_record() == one.record
    assert record_run(record=fetched[1].record, owner=ada)[1] is False
    latest = WorkflowRun.objects.get(external_id__endswith="#7/2")
    assert latest.rerun_of.external_id.endswith("#7/1")
    assert latest.workflowversion == latest.rerun_of.workflowversion
