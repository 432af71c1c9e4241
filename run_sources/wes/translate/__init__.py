"""Answers of a WES server as records: pure functions, no input and no output."""

from run_sources.wes.translate.jobs import is_of_toil, job_id, job_of
from run_sources.wes.translate.references import Said, path_here, read_said
from run_sources.wes.translate.run import Answered, is_sapporo, is_toil, to_record
from run_sources.wes.translate.values import Json, Remarks

__all__ = [
    "Answered", "Json", "Remarks", "Said", "is_of_toil", "is_sapporo", "is_toil", "job_id", "job_of", "path_here",
    "read_said", "to_record",
]  # fmt: skip
