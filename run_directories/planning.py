"""From a found run to a plan of what is registered. What cannot be sent is a remark; nothing is lost without one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from run_directories.findings import FoundFile, FoundRun, FoundWorkflow, Role, WorkflowFile
from run_directories.grouping import Group, Member, grouped, unique
from run_directories.overrides import Overrides, lay_over
from run_directories.placing import Placing, PlannedFile
from run_directories.plans import OUT_OF_REACH, TAKEN_IN, Count, LinkedFile, Plan, PlannedDataset
from run_directories.remarks import Remarks
from run_directories.secrets import confidential
from run_directories.wire import NAME, Wire, as_posix, cleaned

__all__ = ["Count", "LinkedFile", "Plan", "PlannedDataset", "PlannedFile", "plan"]


def plan(run: FoundRun, overrides: Overrides, root: Path, within: Sequence[Path] = ()) -> Plan:
    """What is to be registered of a run that was found in ``root``, with what a person says laid over it.

    ``within`` are further directories that the registry may take files from, such as the rest of a dropbox.
    Then: ``hashed()``, ``linked_to()`` what the registry knows, ``body()``.
    """
    told = confidential(lay_over(run, overrides, root))
    remarks = Remarks()
    remarks.extend(told.remarks)
    placing = Placing(root, within, remarks)
    kept = [file for file in told.files if file.role not in (Role.IGNORED, Role.WORKFLOW)]
    placed = placing.placed(kept)
    told = replace(told, workflow=_workflow(told))
    Wire(remarks).run(told, lambda path: ())  # what has to be cut is to be known before anything is sent
    return Plan(
        run=replace(told, files=()),
        root=root,
        version_id=overrides.workflow.version_id,
        datasets=tuple(_datasets([file for file in placed if file.uri], told)),
        outside=tuple(_reachable(placed, remarks)),
        ignored=sum(file.role == Role.IGNORED for file in told.files),
        aliases=placing.aliases,
        remarks=remarks.sentences(),
    )


def _reachable(placed: Iterable[PlannedFile], remarks: Remarks) -> Iterable[PlannedFile]:
    """Of what lies outside, that which a registry may know; the rest is told and left."""
    for file in placed:
        if not file.uri and file.role in TAKEN_IN:
            yield file
        elif not file.uri:
            remarks.note(OUT_OF_REACH, file.relative)


def _workflow(run: FoundRun) -> FoundWorkflow | None:
    """The workflow with the files that a pattern or a sniffer called its own."""
    known = run.workflow.files if run.workflow else ()
    paths = {file.path for file in known}
    further = [one for one in run.files if one.role == Role.WORKFLOW and one.path not in paths]
    if not further:
        return run.workflow
    has_main = any(file.file_type == "MAIN" for file in known)
    added = tuple(_workflow_file(one, not has_main and place == 0) for place, one in enumerate(further))
    return replace(run.workflow or FoundWorkflow(name=run.name), files=known + added)


def _workflow_file(file: FoundFile, is_main: bool) -> WorkflowFile:
    return WorkflowFile(file.path, file.relative, "MAIN" if is_main else "OTHER")


# --- datasets -------------------------------------------------------------------------------------------------


def _datasets(files: Sequence[PlannedFile], run: FoundRun) -> list[PlannedDataset]:
    groups = grouped([_member(file) for file in files], _makers(run))
    names = unique(map(cleaned, _told_apart(groups)), NAME)
    shelves = list(dict.fromkeys(group.collection for group in groups if group.collection))
    collections = dict(zip(shelves, unique(map(cleaned, shelves), NAME), strict=True))
    return [
        PlannedDataset(
            name,
            group.role,
            tuple(files[place] for place in group.members),
            collections.get(group.collection, ""),
        )
        for name, group in zip(names, groups, strict=True)
    ]


def _member(file: PlannedFile) -> Member:
    return Member(file.relative, file.role, file.dataset, file.collection)


def _told_apart(groups: Sequence[Group]) -> list[str]:
    """The names, those that stand more than once with their directories."""
    counts: dict[str, int] = {}
    for group in groups:
        counts[group.name] = counts.get(group.name, 0) + 1
    return [
        f"{group.directory}/{group.name}"
        if counts[group.name] > 1 and group.directory and group.name != group.directory
        else group.name
        for group in groups
    ]


def _makers(run: FoundRun) -> dict[str, str]:
    """The name of the step that made a file, by the file's path."""
    names = {step.key: step.name or step.key for step in run.steps}
    return {
        as_posix(path): names.get(job.step, job.step) for job in run.jobs for path in job.made if job.step
    }
