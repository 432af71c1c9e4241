"""Sentences about one thing and about many."""

from collections.abc import Sequence

import pytest

from galaxy_import.answers import DataAnswer, Json
from galaxy_import.values import GalaxyRun
from tests.galaxy_import.translate.answered import dataset, invocation, job, run_of, step
from workflows.records import RunStatus


def run_with(states: Sequence[str]) -> GalaxyRun:
    """A run of one step whose jobs stand so."""
    return run_of(invocation(step(0, *(job(f"j{place}", state) for place, state in enumerate(states)))))


@pytest.mark.parametrize(
    ("states", "counted", "advice"),
    [
        (["ok", "paused"], "1 job is paused, until somebody resumes it in Galaxy.", "resume the paused job"),
        (
            ["paused"] * 2,
            "2 jobs are paused, until somebody resumes them in Galaxy.",
            "resume the paused jobs",
        ),
    ],
)
def test_a_run_that_waits_for_a_person_says_how_many_jobs_do_and_what_to_do(
    states: list[str], counted: str, advice: str
) -> None:
    run = run_with(states)
    assert (run.record.status, run.has_ended) == (RunStatus.PAUSED, True)
    assert counted in run.record.message
    (remark,) = [one for one in run.remarks if "paused" in one]
    assert remark == (
        f"Nothing goes on before somebody acts: {advice} in the run's history in Galaxy, then import the run again."
    )


@pytest.mark.parametrize("states", [["ok"], ["error", "paused"], ["paused", "running"]])
def test_only_a_run_that_waits_for_a_person_says_so(states: list[str]) -> None:
    assert not any("paused" in one for one in run_with(states).remarks)


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "The details of 1 job of 1 could not be read: its parameters and times are missing."),
        (2, "The details of 2 jobs of 2 could not be read: their parameters and times are missing."),
    ],
)
def test_jobs_that_could_not_be_read(count: int, sentence: str) -> None:
    assert sentence in run_with(["ok"] * count).remarks


def inputs(**labels: str) -> Json:
    """Inputs by their labels, with the ids of their datasets."""
    return {
        str(place): {"src": "hda", "id": identifier, "label": label}
        for place, (label, identifier) in enumerate(labels.items())
    }


def test_one_dataset_that_may_not_be_read() -> None:
    run = run_of(invocation(inputs=inputs(reads="d")), data=DataAnswer(refused={("hda", "d"): "not yours"}))
    assert "Galaxy does not let this be read: 'reads'." in run.remarks


def test_an_output_that_is_several_inputs() -> None:
    made = {"out": {"src": "hda", "id": "d", "workflow_step_id": "step0"}}
    told = invocation(inputs=inputs(left="d", right="d"), outputs={**made, "again": made["out"]})
    run = run_of(told, data=DataAnswer({"d": dataset("d")}))
    assert "The outputs 'again', 'out' are the inputs 'left', 'right', unchanged." in run.remarks
