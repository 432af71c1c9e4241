"""``pipeline_info`` as nf-core's workflows write it: a stamp in each name tells the runs of one folder apart."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from run_directories.nextflow.report import Report, read_report
from run_directories.nextflow.trace import Trace, is_trace, read_trace
from run_directories.reading import is_within, mapping_of, text_of

_STAMP = re.compile(r"(\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d)")
NAME = "pipeline_info"
TRACES = (".txt", ".tsv", ".csv", ".trace")


@dataclass(slots=True)
class Leaving:
    """What one execution left beside its results: a trace, and whatever bears the same stamp."""

    stamp: str = ""
    trace: Trace | None = None
    report: Report = field(default_factory=Report)
    parameters: dict[str, Any] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    parameter_files: list[Path] = field(default_factory=list)

    @property
    def started_at(self) -> datetime | None:
        """When it began by its report, its stamp or its first task; local, unless the trace is raw."""
        told = self.report.started_at or stamped(self.stamp)
        times = [task.submitted_at for task in self.trace.tasks if task.submitted_at] if self.trace else []
        return told or min(times, default=None)

    @property
    def completed_at(self) -> datetime | None:
        """When it ended by its report, else when the last of its tasks did."""
        times = [ended(task.submitted_at, task.resources) for task in self.trace.tasks] if self.trace else []
        return self.report.completed_at or max((time for time in times if time), default=None)


def info_folders(directory: Path) -> list[Path]:
    """The folders called ``pipeline_info``: the directory's own, or that of its results."""
    candidates = [directory, directory / NAME, *sorted(directory.glob(f"*/{NAME}"))[:50]]
    found = [
        path for path in candidates if path.name == NAME and path.is_dir() and is_within(path, directory)
    ]
    return list(dict.fromkeys(found))


def leavings_in(directory: Path) -> list[Leaving]:
    """What is left of each execution, the newest first: by stamp in ``pipeline_info``, by trace elsewhere."""
    found = [leaving for folder in info_folders(directory) for leaving in _stamped(folder, directory)]
    found += [Leaving(trace=read_trace(path, directory), files=[path]) for path in loose_traces(directory)]
    for leaving in found:
        if not leaving.stamp:
            _take_loose_report(leaving, directory)
    return [leaving for leaving in found if leaving.trace or leaving.report.session or leaving.stamp]


def loose_traces(directory: Path) -> list[Path]:
    """Trace files that lie directly in the directory, whatever they are called."""
    paths = sorted(path for path in directory.glob("*") if path.suffix in TRACES and path.is_file())
    return [] if directory.name == NAME else [path for path in paths if _is_trace(path, directory)]


def software_versions(directory: Path) -> dict[str, dict[str, str]]:
    """The versions of tools by the short name of the process that ran them; ``Workflow`` has the workflow's own."""
    found: dict[str, dict[str, str]] = {}
    for folder in info_folders(directory):
        for path in sorted([*folder.glob("*versions.yml"), *folder.glob("*versions.yaml")]):
            for process, tools in mapping_of(path, directory).items():
                if isinstance(tools, dict):
                    found.setdefault(str(process), {}).update({str(k): str(v) for k, v in tools.items()})
    return found


def stamped(stamp: str) -> datetime | None:
    """The local time that a stamp says."""
    try:
        return datetime.strptime(stamp, "%Y-%m-%d_%H-%M-%S")
    except ValueError:
        return None


def ended(submitted: datetime | None, resources: dict[str, Any]) -> datetime | None:
    """The end of a task that says when it was submitted and how long that took."""
    lasted = resources.get("duration_ms")
    return submitted + timedelta(milliseconds=lasted) if submitted and lasted is not None else None


def _stamped(folder: Path, directory: Path) -> list[Leaving]:
    groups: dict[str, Leaving] = {}
    for path in sorted(folder.iterdir()):
        if path.is_file() and is_within(path, directory):
            found = _STAMP.search(path.name)
            stamp = found[1] if found else ""
            _sort_in(groups.setdefault(stamp, Leaving(stamp)), path, directory)
    common = groups.pop("", Leaving())
    if not groups:
        return [common] if common.trace or common.report.session else []
    newest = groups[max(groups)]
    newest.files.extend(common.files)
    newest.parameters = newest.parameters or common.parameters
    return [groups[stamp] for stamp in sorted(groups, reverse=True)]


def _sort_in(leaving: Leaving, path: Path, directory: Path) -> None:
    """An unstamped file, such as the versions of the software, was overwritten by the newest run."""
    if path.name.startswith("params") and path.suffix == ".json":
        leaving.parameters = mapping_of(path, directory)
        leaving.parameter_files.append(path)
        return
    leaving.files.append(path)
    if path.suffix in TRACES and _is_trace(path, directory):
        leaving.trace = read_trace(path, directory)
    elif path.suffix == ".html" and "report" in path.name:
        leaving.report = read_report(path, directory)


def _take_loose_report(leaving: Leaving, directory: Path) -> None:
    """The report that ``-with-report`` wrote, if there is only one."""
    reports = [read_report(path, directory) for path in sorted(directory.glob("*report*.html"))[:20]]
    told = [report for report in reports if report.session]
    if len(told) == 1 and not leaving.report.session:
        leaving.report = told[0]


def _is_trace(path: Path, directory: Path) -> bool:
    return is_trace(text_of(path, directory, 4096))
