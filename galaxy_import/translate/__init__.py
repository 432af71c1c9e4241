"""From Galaxy's answers to a run: pure functions over values, tested on recordings of real servers."""

from galaxy_import.translate.assembling import assemble
from galaxy_import.translate.crate import read_crate_facts
from galaxy_import.translate.jobs import read_job
from galaxy_import.translate.plan import Plan, plan_run
from galaxy_import.translate.reading import NotUnderstood

__all__ = ["NotUnderstood", "Plan", "assemble", "plan_run", "read_crate_facts", "read_job"]
