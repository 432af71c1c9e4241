"""Crates judged by rocrate-validator, in a process of its own and on a folder that is laid out here.

The validator asks only whether the members of a crate are there, so the large ones stand in the folder with
their size and without their content.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings

from common.errors import NotReady
from rocrate_export.choice import Choice
from rocrate_export.laying_out import lay_out, package_of
from rocrate_export.models import CrateValidation, StoredCrate
from rocrate_export.preparing import archive_for, wanted_work
from rocrate_export.streams import on_this_disk
from rocrate_export.subjects import Subject
from rocrate_export.vocabulary import PROCESS_RUN, PROVENANCE_RUN, WORKFLOW_RO_CRATE, WORKFLOW_RUN
from rocrate_packages import Package, PackageRefused, open_package, read_document
from workflows.recorded import RunState

SECONDS = 1_200  # a judge's processor time has a limit of its own
PROFILES = (
    "ro-crate-1.1", "ro-crate-1.2", "workflow-ro-crate", "process-run-crate", "workflow-run-crate",
    "provenance-run-crate",
)  # fmt: skip
_MOST_TELLING = {  # each in any version
    PROVENANCE_RUN: "provenance-run-crate",
    WORKFLOW_RUN: "workflow-run-crate",
    PROCESS_RUN: "process-run-crate",
    WORKFLOW_RO_CRATE: "workflow-ro-crate",
}
_PROFILE_OF = {profile.uri.removesuffix(profile.version): name for profile, name in _MOST_TELLING.items()}


_LACKING = re.compile(r"Unable to retrieve the JSON-LD context (?:from )?[\"']?(https?://[^\s\"']+)")


class NotJudged(Exception):
    """Why there is no report."""


def must_have_contexts() -> Path:
    """The cache of JSON-LD contexts; NotReady where there is none."""
    contexts = Path(settings.ROCRATE_CONTEXTS)
    if not contexts.is_file():
        raise NotReady(
            f"There is no cache of JSON-LD contexts at {contexts}, without which no crate can be validated. "
            "On a machine that reaches w3id.org, run: manage.py warmcontexts"
        )
    return contexts


def carry_out_validation(work: CrateValidation) -> None:
    """Lay the crate out, have it judged, keep the report."""
    must_have_contexts()
    try:
        with _crate(work) as package:
            report = report_on(package, work.profile, work.severity)
    except PackageRefused as problem:
        raise NotJudged(problem.reason) from problem
    CrateValidation.objects.filter(pk=work.pk).update(report=report)


def report_on(package: Package, profile: str, severity: str) -> dict[str, Any]:
    """The report on a crate: profile, severity, passed, counts, issues, and a remark where it was not judged.

    An empty ``profile`` stands for the most telling one that the crate says it conforms to.
    """
    document = read_document(package.metadata)
    report: dict[str, Any] = {"profile": profile or profile_of(document), "severity": severity, "remark": ""}
    entities = len(document.get("@graph", ())) if isinstance(document, dict) else 0
    if entities > settings.CRATE_VALIDATION_MAX_ENTITIES:
        return {**report, **_not_judged(entities)}
    with tempfile.TemporaryDirectory(prefix="crate-") as scratch:
        folder = Path(scratch) / "crate"
        lay_out(package, folder)
        return {**report, **without_contexts(_judgement(folder, report["profile"], severity))}


def profile_of(document: Any) -> str:
    """The most telling profile that a crate's metadata names; RO-Crate 1.1 where it names none that we know."""
    graph = document.get("@graph", ()) if isinstance(document, dict) else ()
    named = json.dumps([one.get("conformsTo") for one in graph if isinstance(one, dict)])
    return next((profile for uri, profile in _PROFILE_OF.items() if uri in named), "ro-crate-1.1")


def _not_judged(entities: int) -> dict[str, Any]:
    most = settings.CRATE_VALIDATION_MAX_ENTITIES
    return _unjudged(f"the crate has {entities:,} entities, and at most {most:,} are judged here.")


def without_contexts(report: dict[str, Any]) -> dict[str, Any]:
    """The report, or that there is none: a context that this installation lacks is no fault of the crate."""
    found = [_LACKING.search(issue["message"]) for issue in report["issues"]]
    lacking = sorted({one[1] for one in found if one})
    if not lacking:
        return report
    return _unjudged(
        f"the terms of the crate are explained at {', '.join(lacking)}, which this installation does not have. "
        "Validate it where the validator may ask for them: rocrate-validator validate --no-cache."
    )


def _unjudged(reason: str) -> dict[str, Any]:
    return {"passed": None, "counts": {}, "issues": [], "remark": f"Not validated: {reason}"}


def _judgement(folder: Path, profile: str, severity: str) -> dict[str, Any]:
    """What the process says that judges; NotJudged where it ends otherwise."""
    contexts = folder.parent / "contexts.sqlite"
    shutil.copyfile(must_have_contexts(), contexts)  # it is written to
    command = [sys.executable, "-m", "rocrate_export.judge", str(folder), profile, severity, str(contexts)]
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=SECONDS, check=False, cwd=settings.BASE_DIR,
            env=_environment(folder.parent),
        )  # fmt: skip
    except subprocess.TimeoutExpired as problem:
        raise NotJudged(f"The validator was stopped after {SECONDS} seconds.") from problem
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2][:500]
        raise NotJudged(
            f"The validator ended with {done.returncode}: {last or 'it used too much time or memory'}."
        )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _environment(scratch: Path) -> dict[str, str]:
    """No secret of ours, and no home where a cache could be looked for."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "HOME": str(scratch), "XDG_CACHE_HOME": str(scratch), "TMPDIR": str(scratch)}


@contextmanager
def _crate(work: CrateValidation) -> Iterator[Package]:
    """The crate that is to be judged: as it came, or as we would write it now."""
    if work.original is None:
        yield package_of(archive_for(work))
        return
    with on_this_disk(work.original.storage_key) as path, open_package(path) as package:
        yield package


def wanted_validation(
    subject: Subject,
    state: RunState,
    user: Any,
    choice: Choice,
    original: StoredCrate | None,
    *,
    profile: str,
    severity: str,
) -> CrateValidation:
    """The judging of a crate, begun if nobody has asked for it yet; ``original`` is judged where it is given."""
    facts = {"profile": profile, "severity": severity, "original": original}
    facts["crate"] = "original" if original else "generated"
    if original is not None:
        state = replace(state, revision=f"original {original.sha256}")
    work = wanted_work(CrateValidation, subject, state, user, choice, facts, "report", profile, severity)
    if work.state == work.State.CANCELLED:
        work.begin_again()
    return work


def report_of(work: CrateValidation) -> dict[str, Any]:
    """The report of work that is done, as it stands on the wire."""
    at = work.finished_at.isoformat() if work.finished_at else None
    return {"crate": work.crate, **(work.report or {}), "validated_at": at}
