"""What rocrate-validator says about a crate, without network.

The JSON-LD contexts come from a cache beside the repository, which is not part of it: ``RUNSTEAD_SHARED``
names its folder, else it is ``../shared``. Tests that need it are skipped where it is missing.
"""

import os
import shutil
import tempfile
import warnings
from functools import cache
from pathlib import Path

import pytest

os.environ.setdefault("ROCRATE_VALIDATOR_AUTO_WARM", "0")

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("RUNSTEAD_SHARED") or REPOSITORY.parent / "shared")
CONTEXTS = SHARED / "data" / "found" / "rocrate-contexts" / "http_cache.sqlite"

PROCESS = "process-run-crate"
WORKFLOW = "workflow-run-crate"
PROVENANCE = "provenance-run-crate"
WORKFLOW_RO_CRATE = "workflow-ro-crate"

needs_contexts = pytest.mark.skipif(
    not CONTEXTS.exists(), reason="no cache of JSON-LD contexts beside the repository (RUNSTEAD_SHARED)"
)


@cache
def _cache_prefix() -> str:
    """A copy of the cache that the validator may write to, for as long as the tests run."""
    folder = Path(tempfile.mkdtemp(prefix="rocrate-contexts-"))
    shutil.copy(CONTEXTS, folder / "http_cache.sqlite")
    return str(folder / "http_cache")


def violations(crate: Path, profile: str, severity: str = "REQUIRED", *, offline: bool = True) -> list[str]:
    """One line for each issue of an unpacked crate at ``severity`` or above, sorted.

    Without ``offline``, the crate's own addresses are asked, which must be on this machine then; contexts still
    come from the cache.
    """
    from rocrate_validator.models import Severity, ValidationSettings  # slow to import
    from rocrate_validator.services import validate

    settings = ValidationSettings(
        rocrate_uri=str(crate),
        profile_identifier=profile,
        requirement_severity=Severity[severity],
        offline=offline,
        cache_path=_cache_prefix(),
        cache_max_age=-1,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the validator's own affair
        issues = validate(settings).get_issues(Severity[severity])
    lines = (
        (one.severity.name, one.check.identifier, one.violatingEntity or "", one.message) for one in issues
    )
    return sorted(" ".join(map(str, line)) for line in lines)
