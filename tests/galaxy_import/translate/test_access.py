"""What becomes of an invocation of which not everything may be read."""

import pytest

from galaxy_import.answers import DataAnswer
from galaxy_import.translate import assemble, plan_run, read_job
from galaxy_import.values import Condition, GalaxyRun
from tests.galaxy_import.recorded import recording
from tests.galaxy_import.translate.answered import dataset, invocation, job, run_of, step
from workflows.records import RunStatus

SHARED = "2cb308108d7fb7b9"


def shared(who: str) -> GalaxyRun:
    """The invocation of the case ``y_access`` as ``who`` may read it."""
    said = recording("26.1", "y_access")
    plan = plan_run(said.server(who), said.invocation(SHARED, who))
    jobs = [read_job(plan, one, *said.job(one, who), room=100) for one in plan.jobs]
    told = said.get(f"/api/invocations/{SHARED}?step_details=true", who)
    history = said.get(f"/api/histories/{told['history_id']}", who)
    return assemble(plan, jobs, said.data(plan, who), history)


@pytest.mark.parametrize("who", ["bob", "anonymous"])
def test_a_run_without_its_workflow_keeps_labels_and_tools(who: str) -> None:
    run = shared(f"{who}-history-link")
    assert run.record.workflow is None
    assert run.definition is None
    whole = shared(f"{who}-history-and-workflow-link")
    assert [(one.key, one.name, one.tool_id, one.status) for one in run.record.steps] == [
        (one.key, one.name, one.tool_id, one.status) for one in whole.record.steps
    ]
    assert len(run.record.steps) > 0
    assert any("workflow may not be read with this key" in one for one in run.remarks)
    assert run.record.name.startswith(run.record.run_environment["history"]["name"])


def test_a_run_with_its_workflow_shared_has_its_file_and_the_versions_of_its_tools() -> None:
    run = shared("anonymous-history-and-workflow-link")
    assert run.record.workflow is not None
    assert run.record.workflow.main_file is not None
    assert all(step.tool_version for step in run.record.steps)
    assert not any("may not be read with this key" in one for one in run.remarks)


def test_jobs_that_cannot_be_read_are_told_from_their_rows() -> None:
    made = {"output": {"src": "hda", "id": "made"}}
    row = job("j", "ok", exit_code=0, command_line="cat a > b")
    told = invocation(
        step(0, job("j"), outputs=made),
        outputs={"result": {"src": "hda", "id": "made", "workflow_step_id": "step0"}},
    )
    run = run_of(told, data=DataAnswer({"made": dataset("made", creating_job="j")}), job_rows=(row,))
    (only,) = run.record.jobs
    assert (only.status, only.exit_code, only.command_line) == (RunStatus.SUCCESS, 0, "cat a > b")
    assert [file.path for file in only.files] == ["outputs/result.txt"]
    assert any("details of 1 job of 1 could not be read" in one for one in run.remarks)


def test_a_dataset_that_may_not_be_read_is_told_of_with_the_reason() -> None:
    told = invocation(
        inputs={
            "0": {"src": "hda", "id": "d", "label": "reads"},
            "1": {"src": "hdca", "id": "c", "label": "list"},
        }
    )
    refused = {("hda", "d"): "not yours", ("hdca", "c"): "not yours either"}
    run = run_of(told, data=DataAnswer(refused=refused))
    assert [one.condition for one in run.data] == [Condition.RESTRICTED] * 2
    assert [one.note for one in run.data] == [
        "Galaxy does not let it be read: not yours",
        "Galaxy does not let it be read: not yours either",
    ]
    assert run.data[0].dataset.files[0].error == run.data[0].note
    assert "Galaxy does not let these be read: 'reads', 'list'." in run.remarks
