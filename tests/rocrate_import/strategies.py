"""Any record that the registry could hold: odd texts, times, values, levels, and links that lead nowhere."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from data_management.records import DatasetRecord, FileRecord, FileStatus
from tests.records import stored, workflow_file
from workflows.records import (
    ComputeNodeRecord,
    DatasetLink,
    DataType,
    DeclaredFile,
    Engine,
    FileRole,
    FileType,
    JobFile,
    JobRecord,
    ParameterRecord,
    PersonRecord,
    RunOrigin,
    RunRecord,
    RunStatus,
    StatusBasis,
    StepRecord,
    WorkflowRecord,
)

ODD = (
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "a\nb\tc",
    "ä ö#?%20",
    "{}",
    " ",
    "true",
    "None",
    "1",
    "\N{RIGHT-TO-LEFT OVERRIDE}x",
    "#run",
    "./",
    "_:b0",
    "--token abc",
    "http://127.0.0.1/x",
    "🧬",
)
PATHS = (
    "a.txt",
    "A.TXT",
    "b/a.txt",
    "../a.txt",
    "/etc/passwd",
    "ä ö#?%20.txt",
    "c:\\x",
    "x/ro-crate-metadata.json",
    "...",
)
URIS = (
    "",
    "/data/lab one/x",
    "https://example.org/a b",
    "s3://bucket/key",
    "file:///etc/passwd",
    "relative/x",
)
ADDRESSES = (
    "https://bio.tools/star",
    "https://toolshed.example.org/repos/a/b",
    "https://ada:geheim@example.org/tool",
    "https://registry.example.org/api/v2/workflows/workflowruns/01957a00-0000-7000-8000-000000000004/steps/",
    "https://git.example.org/one two",
)
HASHES = st.sampled_from(["", "ab" * 32, "0" * 64])

any_text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
texts = st.sampled_from(ODD) | any_text
names = texts.filter(bool)
statuses = st.sampled_from(RunStatus)
times = st.none() | st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(names, values, max_size=3)
tags = st.dictionaries(names, texts, max_size=3)
numbers = st.none() | st.integers(0, 2**62) | st.floats(0, 1e18)


def few(what: st.SearchStrategy[Any], most: int = 3, **unique: Any) -> st.SearchStrategy[tuple[Any, ...]]:
    """A tuple of at most so many."""
    return st.lists(what, max_size=most, **unique).map(tuple)


nodes = st.builds(
    ComputeNodeRecord,
    key=names,
    hostname=texts,
    kind=texts,
    started_at=times,
    completed_at=times,
    cpus=st.none() | st.floats(0.25, 1024),
    memory_bytes=st.none() | st.integers(1, 2**50),
    gpus=st.none() | st.integers(0, 16),
    scheduler=objects,
    statistics=objects,
)
people = few(
    st.builds(
        PersonRecord,
        name=names,
        orcid=st.sampled_from(["", "0000-0002-1825-0097"]),
        affiliation=texts,
        url=st.sampled_from(["", "https://example.org/~ada", "mailto:ada@example.org"]),
        role=st.sampled_from(["", "agent", "author", "creator", "curator"]),
    ),
    2,
)


@st.composite
def workflow_records(draw: st.DrawFn) -> WorkflowRecord:
    """A workflow, with a main file or without."""
    kinds = [FileType.OTHER, FileType.CONFIG, FileType.README]
    paths = draw(st.lists(st.sampled_from(["main.nf", "lib/a.nf", "README.md", "x y.cwl"]), unique=True))
    files = [workflow_file(path, draw(st.sampled_from(kinds))) for path in paths]
    if files and draw(st.booleans()):
        files[0] = workflow_file(paths[0], FileType.MAIN)
    return WorkflowRecord(
        name=draw(names),
        version=draw(names),
        engine=draw(st.sampled_from(Engine)),
        engine_version=draw(texts),
        description=draw(texts),
        license=draw(st.sampled_from(["", "MIT", "https://example.org/terms"])),
        repository_url=draw(st.sampled_from(["", "https://example.org/repo"])),
        commit_hash=draw(st.sampled_from(["", "b89fac32650aacc86fcda9ee77e00612a1d77066", "v1.2"])),
        source_url=draw(st.sampled_from(["", "https://example.org/source"])),
        creators=draw(people),
        files=tuple(files),
        source_digest=draw(texts),
        parameter_template=draw(objects),
        requirements=draw(objects),
        container_registry_map=draw(objects),
        repository=draw(objects),
        tags=draw(tags),
        metadata=draw(objects),
    )


@st.composite
def file_records(draw: st.DrawFn, path: str) -> FileRecord:
    """A file of this path, in the storage or not."""
    facts = {"format": draw(texts), "md5sum": draw(st.sampled_from(["", "ab" * 16]))}
    if draw(st.booleans()):
        return stored(path, **facts)
    return FileRecord(
        name=draw(names),
        path=path,
        uri=draw(st.sampled_from(URIS)),
        size=draw(st.none() | st.integers(0, 2**62)),
        sha256=draw(HASHES),
        status=draw(st.sampled_from(FileStatus)),
        **facts,
    )


@st.composite
def dataset_links(draw: st.DrawFn) -> tuple[DatasetLink, ...]:
    """Datasets of no, one or several files; no path twice, as files of one run have."""
    paths = draw(st.lists(st.sampled_from(PATHS), unique=True, max_size=5))
    links = []
    while paths or (draw(st.booleans()) and len(links) < 4):
        count = min(len(paths), draw(st.integers(0, 2)))
        files = tuple(draw(file_records(paths.pop())) for _ in range(count))
        name = files[0].name if len(files) == 1 and draw(st.booleans()) else draw(names)
        dataset = DatasetRecord(
            name,
            draw(texts),
            draw(st.sampled_from(["generic", "fastq"])),
            draw(st.sampled_from(["", "pilot"])),
            files,
        )
        links.append(DatasetLink(dataset, draw(st.sampled_from(DataType))))
    return tuple(links)


@st.composite
def step_records(draw: st.DrawFn) -> tuple[StepRecord, ...]:
    """Steps with keys of their own; some hold others, some name parents that are not there."""
    keys = draw(st.lists(names, unique=True, max_size=4))
    return tuple(
        StepRecord(
            key=key,
            name=draw(names),
            position=draw(st.integers(0, 99)),
            parent=draw(st.sampled_from(["", *keys, "nowhere"])),
            tool_id=draw(
                st.sampled_from(["", "https://bio.tools/star", "toolshed.example.org/repos/a/b"]) | texts
            ),
            tool_name=draw(texts),
            tool_version=draw(texts),
            container_image=draw(texts),
            status=draw(statuses),
            tool_url=draw(st.sampled_from(ADDRESSES) | texts),
            message=draw(texts),
        )
        for key in keys
    )


@st.composite
def job_records(draw: st.DrawFn, keys: list[str], paths: list[str]) -> JobRecord:
    """A job of one of the steps, or of none, with files of the run, or of nowhere."""
    files = st.builds(JobFile, path=st.sampled_from([*paths, "nowhere"]), role=st.sampled_from(FileRole))
    return JobRecord(
        name=draw(names),
        step=draw(st.sampled_from(["", *keys])),
        attempt=draw(st.integers(0, 9)),
        status=draw(statuses),
        started_at=draw(times),
        completed_at=draw(times),
        command_line=draw(texts),
        exit_code=draw(st.none() | st.integers(-9, 255)),
        host=draw(texts),
        stdout=draw(texts),
        stderr=draw(texts),
        container_image=draw(texts),
        external_id=draw(texts),
        resources=draw(
            st.dictionaries(st.sampled_from(["cpu_seconds", "max_rss_bytes", "retries"]), numbers)
        ),
        parameters=draw(st.dictionaries(names, values, max_size=2)),
        environment=draw(st.dictionaries(names, texts, max_size=2)),
        files=draw(few(files)),
        message=draw(texts),
        after=tuple(sorted(draw(few(names, unique=True)))),
        source_status=draw(texts),
        requested=draw(objects),
        scheduler=draw(objects),
        node=draw(texts),
    )


@st.composite
def runs(draw: st.DrawFn) -> RunRecord:
    """A run with everything, with nothing, or anything between."""
    steps, links = draw(step_records()), draw(dataset_links())
    paths = [file.path for link in links for file in link.dataset.files]
    jobs = job_records([step.key for step in steps], paths)
    parameters = st.builds(ParameterRecord, name=names, value=values)
    return RunRecord(
        name=draw(names),
        workflow=draw(st.none() | workflow_records()),
        status=draw(statuses),
        status_basis=draw(st.sampled_from(StatusBasis)),
        message=draw(texts),
        description=draw(texts),
        license=draw(st.sampled_from(["", "CC-BY-4.0", "https://example.org/terms", "ask us"])),
        started_at=draw(times),
        completed_at=draw(times),
        run_command=draw(texts),
        run_environment=draw(values),
        origin=draw(
            st.builds(RunOrigin, texts, st.sampled_from(["", "https://example.org/r/1"]) | texts, texts)
        ),
        people=draw(people),
        parameters=draw(few(parameters, unique_by=lambda one: one.name)),
        steps=steps,
        jobs=draw(few(jobs)),
        datasets=links,
        source_status=draw(texts),
        source_deleted=draw(st.booleans()),
        rerun_of=draw(texts),
        nodes=draw(few(nodes, unique_by=lambda one: one.key)),
        declared=draw(few(st.builds(DeclaredFile, names, st.sampled_from(DataType), st.booleans()))),
        tags=draw(tags),
        metadata=draw(objects),
    )
