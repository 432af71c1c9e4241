"""How many issues the validator has with a crate."""

from pathlib import Path

SEVERITIES = ("REQUIRED", "RECOMMENDED", "OPTIONAL")


def judged(path: Path) -> str:
    """Issues at REQUIRED / RECOMMENDED / OPTIONAL."""
    from rocrate_export.validation import NotJudged, report_on
    from rocrate_packages import PackageRefused, open_package

    try:
        with open_package(path) as package:
            report = report_on(package, "", "OPTIONAL")
    except (PackageRefused, NotJudged) as problem:
        return f"not judged: {problem}"
    return " / ".join(str(report["counts"].get(name, 0)) for name in ("REQUIRED", "RECOMMENDED", "OPTIONAL"))
