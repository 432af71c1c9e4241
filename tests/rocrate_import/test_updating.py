"""What stays of an older record when a newer crate tells the run again."""

from rocrate_import.updating import brought_up_to_date
from workflows.records import RunRecord, RunStatus, StatusBasis

FAILED = RunRecord("Run", status=RunStatus.FAILED, message="No space left")


def test_the_reason_stays_with_a_status_that_the_newer_crate_only_assumes() -> None:
    assumed = RunRecord("Run", status=RunStatus.SUCCESS, status_basis=StatusBasis.ASSUMED)
    told = brought_up_to_date(FAILED, assumed)
    assert (told.status, told.status_basis, told.message) == (
        RunStatus.FAILED,
        StatusBasis.REPORTED,
        "No space left",
    )


def test_a_status_that_is_told_anew_has_its_own_reason() -> None:
    told = brought_up_to_date(FAILED, RunRecord("Run", status=RunStatus.SUCCESS))
    assert (told.status, told.message) == (RunStatus.SUCCESS, "")
    again = RunRecord("Run", status=RunStatus.FAILED, message="Killed")
    assert brought_up_to_date(FAILED, again).message == "Killed"
