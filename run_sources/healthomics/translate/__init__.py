"""Answers of HealthOmics as records: pure, without a request."""

from run_sources.healthomics.translate.jobs import details_wanted, read_job, with_details
from run_sources.healthomics.translate.run import has_ended, read_run
from run_sources.healthomics.translate.workflow import read_workflow

__all__ = ["details_wanted", "has_ended", "read_job", "read_run", "read_workflow", "with_details"]
