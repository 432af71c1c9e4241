"""A plan on its way from the process that reads a directory to the one that asked.

The reader has looked at what anybody may have laid into a dropbox. What it hands over is therefore taken for values
alone: nothing in it can name a function, or a file beside the copies that the reader made.
"""

import io
import pickle
from dataclasses import is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from run_directories.plans import Plan

PLAN = "plan"
COPIES = "workflow"
PACKAGE = "run_directories."
VALUES = {
    ("collections", "OrderedDict"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("decimal", "Decimal"),
    ("pathlib", "PosixPath"),
    ("pathlib", "PurePosixPath"),
    ("builtins", "frozenset"),
    ("builtins", "set"),
}


class NotAPlan(Exception):
    """What was handed over is something else."""


def hand_over(plan: Plan, scratch: Path) -> None:
    """Leave the plan in the scratch directory; the copies of its workflow's files lie in COPIES there."""
    with (scratch / PLAN).open("wb") as out:
        pickle.dump(plan, out, protocol=5)


def handed_over(scratch: Path) -> Plan | None:
    """The plan that was left, None where there is none. NotAPlan for anything but a plan with its own copies."""
    kept = scratch / PLAN
    if not kept.exists():
        return None
    try:
        found = _Values(io.BytesIO(kept.read_bytes())).load()
    except (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, TypeError) as problem:
        raise NotAPlan(str(problem)) from problem
    if not isinstance(found, Plan) or not _names_copies_only(found, scratch / COPIES):
        raise NotAPlan("It names what is not its own.")
    return found


def _names_copies_only(plan: Plan, shelf: Path) -> bool:
    files = plan.run.workflow.files if plan.run.workflow else ()
    return all(file.path.parent == shelf and not file.path.is_symlink() for file in files)


class _Values(pickle.Unpickler):
    """Makes values: dataclasses and enumerations of ``run_directories``, and a few of Python's own."""

    def find_class(self, module: str, name: str) -> Any:
        """The type of this name; UnpicklingError for everything that is no such type."""
        if (module, name) in VALUES:
            return super().find_class(module, name)
        if module.startswith(PACKAGE) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and (is_dataclass(found) or issubclass(found, Enum)):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no value of a plan")
