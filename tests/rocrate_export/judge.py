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
from typing import Any

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
    from rocrate_validator.models import Severity  # slow to import

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the validator's own affair
        issues = _judge(profile, severity, offline).validate(str(crate)).get_issues(Severity[severity])
    lines = (
        (one.severity.name, one.check.identifier, one.violatingEntity or "", one.message) for one in issues
    )
    return sorted(" ".join(map(str, line)) for line in lines)


@cache
def _judge(profile: str, severity: str, offline: bool) -> Any:
    """One validator for all crates: it reads a profile and its shapes once."""
    from rocrate_validator.models import Severity, ValidationSettings, Validator

    _parse_queries_once()
    return Validator(
        ValidationSettings(
            rocrate_uri=".",  # told with each crate
            profile_identifier=profile,
            requirement_severity=Severity[severity],
            offline=offline,
            cache_path=_cache_prefix(),
            cache_max_age=-1,
        )
    )


@cache
def _parse_queries_once() -> None:
    """The queries of a profile's shapes take longer to parse than to be answered, and are the same for each crate."""
    from rdflib.plugins.sparql import prepareQuery
    from rdflib.plugins.sparql.processor import SPARQLProcessor

    answer = SPARQLProcessor.query

    @cache
    def prepared(text: str, names: tuple[tuple[str, Any], ...], base: str | None) -> Any:
        return prepareQuery(text, dict(names), base)

    def query(
        self: Any, asked: Any, bindings: Any = None, names: Any = None, base: Any = None, **more: Any
    ) -> Any:
        if isinstance(asked, str):
            asked = prepared(asked, tuple((names or {}).items()), base)
        return answer(self, asked, bindings, names, base, **more)

    SPARQLProcessor.query = query
