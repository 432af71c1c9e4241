"""What is left of runs that were deleted for good."""

from collections.abc import Callable
from typing import Any

import pytest

from galaxy_import.recording.runs import record_galaxy_run
from galaxy_import.values import GalaxyRun
from run_import.carrying_out.tidying import tidy
from run_import.models import ImportedRun, RunImport
from run_import.recording.keeping import AnswerWriter
from tests.galaxy_import.values import DONE, RUNNING, another_run
from workflows.models import WorkflowFile

pytestmark = pytest.mark.django_db


def bring_in(wanted: RunImport, run: GalaxyRun = DONE) -> Any:
    """Record a run with answers, as an import does; returns the run."""
    with AnswerWriter(wanted.pk) as answers:
        answers.add("/api/version", 200, {})
        recorded = record_galaxy_run(wanted=wanted, run=run, answers=answers.finish())
    wanted.finish()
    return recorded.run


@pytest.mark.parametrize("state", ["DONE", "FAILED", "CANCELLED"])
@pytest.mark.parametrize(("run", "facts"), [(DONE, {}), (RUNNING, {"follow": True, "asked_count": 3})])
def test_answers_on_a_run_that_is_gone_go_with_the_hour(
    claimed: Any, stored_files: Callable[[], list[str]], run: GalaxyRun, facts: dict[str, Any], state: str
) -> None:
    bring_in(claimed(**facts), run).delete()
    RunImport.objects.update(state=state, finished_at="2020-01-01T00:00Z", lease_until=None)
    assert len([one for one in stored_files() if one.endswith("answers.jsonl.gz")]) == 1
    assert tidy() == 1
    assert stored_files() == [WorkflowFile.objects.get().storage_key]
    assert tidy() == 0


def test_what_is_still_known_stays(claimed: Any, stored_files: Callable[[], list[str]]) -> None:
    bring_in(claimed())
    bring_in(claimed(), another_run()).delete()
    key = ImportedRun.objects.get().answers_key
    tidy()
    assert sorted([key, WorkflowFile.objects.get().storage_key]) == stored_files()


def test_an_import_that_is_tried_again_is_left_alone(
    claimed: Any, stored_files: Callable[[], list[str]]
) -> None:
    wanted = claimed()
    bring_in(wanted).delete()
    before = stored_files()
    RunImport.objects.update(state="RUNNING")
    assert (tidy(), stored_files()) == (0, before)
