"""What people did with their runs since: notes, annotations, a share, a deletion."""

from collections.abc import Mapping

from accounts.models import User
from common.models import Annotation, AnnotationType, BaseModel, HistoryEvent, Note, Share
from common.trail import tell
from example_lab.people import Member
from workflows.models import WorkflowRun
from workflows.services import index_text

SHARED = "Top regions on chromosome 1"
DELETED = "Greetings, stopped"

TYPES = {
    "organism": "The species that the samples are from, by its Latin name.",
    "project": "The project that the run was made for.",
    "sample": "A sample that went into the run.",
}
# Run, author, text.
NOTES = (
    ("cwl-sort-count", "ada", "Reference for the other engines: *same inputs, same counts*."),
    ("cwl-failed-step", "bob", "`fail-tool.cwl` exits with 3 on purpose, nothing to repair here."),
    ("cwl-exception", "bob", "The sort step must declare `format` on its output before 1.1 can work."),
    ("snakemake-failed", "ada", "Three of five steps are usable: the counts equal those of the good run."),
    (
        "Strict check of the cut table",
        "bob",
        "The cut leaves four columns, the check wants six.",
    ),
    ("RNA-seq of sample 2", "ada", "Code 137: the task was killed, probably out of memory. Try 32 GiB."),
    (
        "Greetings, first run restarted",
        "ada",
        "Works in the workspace of the first run: what `gendata` wrote there was written once more.",
    ),
    ("Sort, then fail, on Toil", "bob", "The same workflow as with cwltool, and it fails at the same step."),
    ("diamond, second run", "eve", "`work1` works since the first run; now `work2` is killed (137)."),
)
# Run, author, property, value.
ANNOTATIONS = (
    ("Top regions on chromosome 1", "ada", "organism", "Homo sapiens"),
    ("RNA-seq of sample 1", "ada", "organism", "Homo sapiens"),
    ("RNA-seq of sample 2", "ada", "organism", "Homo sapiens"),
    ("RNA-seq of sample 1", "ada", "sample", "S1"),
    ("sapporo-cwl-ok", "ada", "project", "demo"),
    ("sapporo-cwl-ok", "ada", "sample", "S1"),
    ("snakemake-ok", "ada", "sample", "A"),
    ("snakemake-ok", "ada", "sample", "B"),
    ("diamond, second run", "eve", "project", "demo"),
)


def add_remarks(runs: Mapping[str, WorkflowRun], members: Mapping[str, Member]) -> None:
    """Write notes and annotations, share one run with Eve, put one into the trash."""
    _write_notes(runs, members)
    _annotate(runs, members)
    for run in runs.values():
        index_text(run)
    _share(runs[SHARED], members["ada"].user, members["eve"].user)
    _delete(runs[DELETED], members["ada"].user)


def _write_notes(runs: Mapping[str, WorkflowRun], members: Mapping[str, Member]) -> None:
    for name, author, content in NOTES:
        Note.objects.create(**_about(runs[name], members[author].user), content=content)


def _annotate(runs: Mapping[str, WorkflowRun], members: Mapping[str, Member]) -> None:
    administrator = members["admin"].user
    types = {
        name: AnnotationType.objects.create(
            name=name,
            help_text=text,
            multiple=name == "sample",
            created_by=administrator,
            modified_by=administrator,
        )
        for name, text in TYPES.items()
    }
    for name, author, kind, value in ANNOTATIONS:
        about = _about(runs[name], members[author].user)
        Annotation.objects.create(**about, annotation_type=types[kind], value=value)


def _share(run: WorkflowRun, owner: User, reader: User) -> None:
    """A run is worth little without its datasets and its workflow, so they are shared with it."""
    version = run.workflowversion
    datasets = [link.dataset for link in run.dataset_links.select_related("dataset")]
    for record in (run, *datasets, *([version.workflow] if version else [])):
        Share.objects.create(**_about(record, owner), user=reader)
    change = {"with": [None, reader.username]}
    tell(run, HistoryEvent.Action.SHARED, by=owner, changes=change)


def _delete(run: WorkflowRun, owner: User) -> None:
    run.mark_deleted(by=owner)
    tell(run, HistoryEvent.Action.DELETED, by=owner)


def _about(record: BaseModel, author: User) -> dict:
    return {
        "kind": record.record_kind(),
        "object_id": record.pk,
        "created_by": author,
        "modified_by": author,
    }
