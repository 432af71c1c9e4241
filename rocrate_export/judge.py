"""What rocrate-validator says about a crate in a folder; run as a process of its own, without network.

``python -m rocrate_export.judge FOLDER PROFILE SEVERITY CONTEXTS`` prints a JSON object: ``passed``, and
``issues`` with ``severity``, ``check``, ``entity``, ``property`` and ``message``. ``CONTEXTS`` is the cache of
JSON-LD contexts, an SQLite file that is written to: give it a copy. The process limits itself before it reads
anything: the crate is somebody else's. No Django.
"""

import json
import os
import resource
import sys
from typing import Any

CPU_SECONDS = 900
MEMORY = 3 * 1024**3  # bytes of address space, of which libraries and threads reserve more than they use
LARGEST_FILE = 256 * 1024**2  # bytes that it may write to one file
MOST_ISSUES = 1_000


def main(arguments: list[str]) -> None:
    """Judge and print."""
    folder, profile, severity, contexts = arguments
    limit_this_process()
    os.environ["ROCRATE_VALIDATOR_AUTO_WARM"] = "0"
    with os.fdopen(os.dup(1), "w") as output:
        os.dup2(2, 1)  # nothing but the report may stand in the output, whoever else holds on to it
        json.dump(judged(folder, profile, severity, contexts), output)


def limit_this_process() -> None:
    """Less time, memory and disk than an evil crate would like."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))


def judged(folder: str, profile: str, severity: str, contexts: str) -> dict[str, Any]:
    """The report on the crate in ``folder``: the issues at ``severity`` and above, in a fixed order."""
    from rocrate_validator.models import Severity, ValidationSettings  # slow to import, and only wanted here
    from rocrate_validator.services import validate

    least = Severity[severity]
    settings = ValidationSettings(
        rocrate_uri=folder,
        profile_identifier=profile,
        requirement_severity=least,
        offline=True,
        cache_path=contexts.removesuffix(".sqlite"),
    )
    issues = sorted((_issue(one) for one in validate(settings).get_issues(least)), key=_in_order)
    return {
        "passed": not issues,
        "counts": {name: sum(one["severity"] == name for one in issues) for name in SEVERITIES},
        "issues": issues[:MOST_ISSUES],
    }


SEVERITIES = ("REQUIRED", "RECOMMENDED", "OPTIONAL")


def _issue(one: Any) -> dict[str, str]:
    return {
        "severity": one.severity.name,
        "check": str(one.check.identifier),
        "entity": str(one.violatingEntity or ""),
        "property": str(one.violatingProperty or ""),
        "message": str(one.message or ""),
    }


def _in_order(issue: dict[str, str]) -> tuple[int, str, str, str]:
    return SEVERITIES.index(issue["severity"]), issue["check"], issue["entity"], issue["message"]


if __name__ == "__main__":
    main(sys.argv[1:])
