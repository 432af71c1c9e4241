"""A plan loses no file, names nothing twice, and makes a body that the register endpoint takes."""

import hashlib
import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_management.dropbox import Resolver
from data_management.register.body import Reading
from run_directories.findings import FoundFile, FoundJob, FoundRun, FoundStep, Role
from run_directories.hashing import HashCache, hash_files
from run_directories.override_file import parse_overrides
from run_directories.overrides import Overrides
from run_directories.planning import Plan, plan

VERSION = "01890a5d-ac96-774b-bcce-b302099a8057"
KNOWN = "01890a5d-ac96-774b-bcce-b302099a8058"
OTHER = "01890a5d-ac96-774b-bcce-b302099a8059"


def planned(root: Path, *named: tuple[str, Role] | FoundFile, within=(), run=None, said="") -> Plan:
    files = tuple(one if isinstance(one, FoundFile) else made(root, *one) for one in named)
    overrides = parse_overrides(said) if said else Overrides()
    return plan(replace(run or FoundRun("run"), files=files), overrides, root, within)


def made(root: Path, name: str, role: Role = Role.OUTPUT, **fields) -> FoundFile:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(name)
    return FoundFile(path, name, role, **fields)


def hashed(told: Plan, tmp_path: Path) -> Plan:
    with HashCache(tmp_path / "cache" / "hashes.sqlite") as cache:
        return told.hashed(hash_files((file.path for file in told.files_to_hash()), cache=cache))


def names(told: Plan) -> dict[str, list[str]]:
    return {one.name: [file.uri for file in one.files] for one in told.datasets}


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def accepted(body: dict) -> Reading:
    """The body as the server reads it, after a journey as JSON; nothing is wrong and nothing not understood."""
    reading = Reading.of(json.loads(json.dumps(body, allow_nan=False).encode()))
    assert reading.violations == []
    assert reading.body.warnings == []
    return reading


@pytest.fixture
def root(tmp_path):
    (tmp_path / "run").mkdir()
    return tmp_path / "run"


# --- datasets and collections ---------------------------------------------------------------------------------


def test_mates_and_indexes_stand_with_what_they_belong_to(root):
    told = planned(
        root,
        *((f"data/s{n}_R{mate}.fastq.gz", Role.INPUT) for n in (1, 2) for mate in (1, 2)),
        ("data/lone_1.fastq", Role.INPUT),
        ("out/a.bam", Role.OUTPUT),
        ("out/a.bam.bai", Role.OUTPUT),
        ("out/b.bam", Role.OUTPUT),
        ("out/b.bai", Role.OUTPUT),
    )
    assert names(told) == {
        "s1": ["data/s1_R1.fastq.gz", "data/s1_R2.fastq.gz"],
        "s2": ["data/s2_R1.fastq.gz", "data/s2_R2.fastq.gz"],
        "lone_1.fastq": ["data/lone_1.fastq"],
        "a.bam": ["out/a.bam", "out/a.bam.bai"],
        "b.bam": ["out/b.bam", "out/b.bai"],
    }
    assert {one.name: one.collection for one in told.datasets} == {
        "s1": "data", "s2": "data", "lone_1.fastq": "data", "a.bam": "out", "b.bam": "out",
    }  # fmt: skip


def test_a_dataset_alone_in_its_directory_needs_no_collection(root):
    told = planned(root, ("out/a.bam", Role.OUTPUT), ("report.html", Role.REPORT))
    assert [one.collection for one in told.datasets] == ["", ""]


def test_what_lies_in_the_runs_own_directory_is_collected_by_its_step(root):
    jobs = (
        FoundJob("sort 1", step="s", made=("a.txt", "b.txt")),
        FoundJob("other", step="o", made=("./c.txt",)),
    )
    run = FoundRun("run", steps=(FoundStep("s", "Sort"), FoundStep("o", "Other")), jobs=jobs)
    told = planned(root, *((f"{name}.txt", Role.OUTPUT) for name in "abc"), run=run)
    assert {one.name: one.collection for one in told.datasets} == {
        "a.txt": "Sort",
        "b.txt": "Sort",
        "c.txt": "",
    }


def test_names_that_were_given_count(root):
    told = planned(
        root,
        made(root, "x/a.txt", dataset="mine", collection="shelf"),
        made(root, "y/b.txt", dataset="mine", collection="shelf"),
        made(root, "y/c.txt", collection="shelf"),
    )
    assert [(one.name, one.collection, len(one.files)) for one in told.datasets] == [
        ("mine", "shelf", 2),
        ("c.txt", "shelf", 1),
    ]


def test_logs_stand_together_directory_by_directory(root):
    told = planned(root, *((f"logs/{n}.log", Role.LOG) for n in range(9)), ("run.log", Role.LOG))
    assert {one.name: len(one.files) for one in told.datasets} == {"logs": 9, "run.log": 1}


def test_a_directory_with_too_much_in_it_is_one_dataset(root):
    told = planned(root, *((f"out/{n}.txt", Role.OUTPUT) for n in range(101)))
    assert [(one.name, len(one.files), one.collection) for one in told.datasets] == [("out", 101, "")]


def test_the_same_name_in_two_directories_is_told_apart_by_them(root):
    told = planned(root, ("a/x.txt", Role.OUTPUT), ("b/x.txt", Role.OUTPUT), ("x.txt", Role.INPUT))
    assert [one.name for one in told.datasets] == ["a/x.txt", "b/x.txt", "x.txt"]


def test_one_name_for_two_roles_makes_two_names(root):
    told = planned(
        root, made(root, "a", Role.INPUT, dataset="data"), made(root, "b", Role.OUTPUT, dataset="data")
    )
    assert [one.name for one in told.datasets] == ["data", "data (2)"]


# --- where files lie ------------------------------------------------------------------------------------------


def test_a_directory_that_a_tool_made_stands_for_its_files(root):
    made(root, "index/1.idx")
    made(root, "index/sub/2.idx")
    run = FoundRun("run", jobs=(FoundJob("build", made=("index",)),))
    told = planned(root, FoundFile(root / "index", "index", Role.OUTPUT), run=run)
    assert names(told) == {"index": ["index/1.idx", "index/sub/2.idx"]}
    job = accepted(told.body(VERSION)).body.run.jobs[0]
    assert [(one["path"], one["role"]) for one in job["files"]] == [
        ("index/1.idx", "MADE"),
        ("index/sub/2.idx", "MADE"),
    ]


def test_a_file_with_two_names_is_sent_once_and_jobs_find_it_by_both(root):
    made(root, "work/ab/x.bam")
    (root / "results").mkdir()
    (root / "results/x.bam").symlink_to(root / "work/ab/x.bam")
    run = FoundRun("run", jobs=(FoundJob("align", made=("work/ab/x.bam", "results/x.bam")),))
    link = FoundFile(root / "results/x.bam", "results/x.bam", Role.OUTPUT)
    told = planned(root, link, ("work/ab/x.bam", Role.OUTPUT), run=run)
    assert names(told) == {"x.bam": ["work/ab/x.bam"]}
    (job,) = accepted(told.body(VERSION)).body.run.jobs
    assert [(one["path"], one["role"]) for one in job["files"]] == [("work/ab/x.bam", "MADE")]


def test_what_is_gone_is_a_remark(root):
    told = planned(root, FoundFile(root / "gone.txt", "gone.txt", Role.OUTPUT), ("here.txt", Role.OUTPUT))
    assert names(told) == {"here.txt": ["here.txt"]}
    assert told.remarks == ("Not there, or not to be read, left out: gone.txt.",)


def test_what_lies_outside_cannot_be_sent_and_that_is_said(root, tmp_path):
    outside = made(tmp_path, "elsewhere/ref.fa", Role.INPUT)
    report = made(tmp_path, "elsewhere/report.html", Role.REPORT)
    told = planned(root, outside, report)
    assert told.datasets == ()
    assert "elsewhere/report.html" in told.remarks[0]
    assert "elsewhere/ref.fa" in told.linked_to({}).remarks[1]
    assert "copy them into it, or register them where they are first" in told.linked_to({}).remarks[0]


def test_what_lies_elsewhere_in_the_dropbox_is_sent_by_its_whole_path(root, tmp_path):
    outside = made(tmp_path, "elsewhere/ref.fa", Role.INPUT)
    told = planned(root, outside, within=[tmp_path / "elsewhere"])
    assert names(told) == {"ref.fa": [str(tmp_path / "elsewhere/ref.fa")]}


@pytest.mark.parametrize("name", ["s3://x", "file:x", "a b/ä?#%.txt"])
def test_names_that_look_like_addresses_arrive_as_files(root, name):
    told = planned(root, (name, Role.OUTPUT))
    (entry,) = accepted(told.body(VERSION)).body.datasets
    (found,) = Resolver([str(root)]).find(entry.files[0].uri, str(root))
    assert found.path == str(root / name)
    assert entry.files[0].name == Path(name).name


def test_names_that_are_no_text_are_left_out_with_a_word(root):
    path = Path(os.fsdecode(os.fsencode(root) + b"/\xff.txt"))
    path.write_text("x")
    told = planned(root, FoundFile(path, path.name, Role.OUTPUT))
    assert told.datasets == ()
    assert "no UTF-8" in told.remarks[0]
    accepted(told.body(VERSION))


# --- checksums, and what the registry knows -------------------------------------------------------------------


def test_checksums_and_sizes_are_in_the_body(root, tmp_path):
    told = hashed(planned(root, ("a.txt", Role.OUTPUT)), tmp_path)
    (file,) = accepted(told.body(VERSION)).body.datasets[0].files
    assert (file.uri, file.size, file.sha256) == ("a.txt", 5, sha256("a.txt"))
    assert (file.format, file.mime_type) == ("txt", "text/plain")


def test_a_checksum_that_the_engine_noted_is_not_made_again(root):
    told = planned(root, made(root, "a.txt", sha256="A" * 64), made(root, "b.txt", sha256="no checksum"))
    assert [file.uri for file in told.files_to_hash()] == ["b.txt"]
    assert next(told.files()).sha256 == "a" * 64


def test_what_could_not_be_hashed_goes_without_size_and_with_a_word(root):
    told = planned(root, ("a.txt", Role.OUTPUT)).hashed({})
    (file,) = accepted(told.body(VERSION)).body.datasets[0].files
    assert (file.size, file.sha256) == (None, "")
    assert "without a checksum: a.txt" in told.remarks[0]


def test_inputs_that_the_registry_knows_are_linked_and_not_sent(root, tmp_path):
    outside = made(tmp_path, "ref.fa", Role.INPUT)
    run = FoundRun("run", jobs=(FoundJob("align", used=("data/a.txt", "ref.fa"), made=("out.txt",)),))
    told = hashed(
        planned(
            root,
            ("data/a.txt", Role.INPUT),
            outside,
            ("data/b.txt", Role.INPUT),
            ("out.txt", Role.OUTPUT),
            run=run,
        ),
        tmp_path,
    )
    assert told.checksums() == {sha256("data/a.txt"), sha256("data/b.txt"), sha256("ref.fa")}
    known = {sha256("data/a.txt"): KNOWN, sha256("ref.fa"): OTHER, sha256("out.txt"): OTHER}
    body = told.body(VERSION, known)
    read = accepted(body).body
    assert [(str(one.existing), one.data_type) for one in read.datasets if one.existing] == [
        (KNOWN, "INPUT"),
        (OTHER, "INPUT"),
    ]
    assert [file.uri for one in read.datasets for file in one.files] == ["data/b.txt", "out.txt"]
    assert {"path": "ref.fa", "role": "USED", "sha256": sha256("ref.fa")} in body["workflowrun"]["jobs"][0][
        "files"
    ]
    counts = {one.role: (one.files, one.linked) for one in told.linked_to(known).counts()}
    assert counts == {Role.INPUT: (1, 2), Role.OUTPUT: (1, 0)}


def test_an_existing_dataset_is_named_once_however_many_of_its_files_were_used(root, tmp_path):
    told = hashed(planned(root, ("a.txt", Role.INPUT), ("b.txt", Role.INPUT)), tmp_path)
    body = told.body(VERSION, {sha256("a.txt"): KNOWN, sha256("b.txt"): KNOWN})
    assert body["datasets"] == [{"id": KNOWN, "new": False, "data_type": "INPUT"}]


def test_empty_files_are_not_taken_for_one_another(root, tmp_path):
    path = root / "empty.txt"
    path.touch()
    told = hashed(planned(root, FoundFile(path, "empty.txt", Role.INPUT)), tmp_path)
    assert told.checksums() == frozenset()
    assert len(told.linked_to({sha256(""): KNOWN}).datasets) == 1


def test_what_a_run_has_already_is_not_sent_again(root, tmp_path):
    told = hashed(planned(root, ("a.txt", Role.OUTPUT), ("b.txt", Role.OUTPUT)), tmp_path)
    rest = told.without({("a.txt", sha256("a.txt")), ("b.txt", sha256("older"))})
    assert names(rest) == {"b.txt": ["b.txt"]}
    run = rest.body("", run_id=KNOWN)["workflowrun"]
    assert (run["id"], run["new"]) == (KNOWN, False)


# --- the run --------------------------------------------------------------------------------------------------


def test_the_version_that_a_person_names_is_taken(root):
    told = planned(root, said=f"workflow: {{version_id: {VERSION}}}")
    assert told.body("")["workflowrun"]["workflowversion"] == VERSION


def test_files_of_the_workflow_are_not_sent_as_data(root):
    told = planned(root, ("Snakefile", Role.WORKFLOW), ("x.smk", Role.WORKFLOW), ("a.txt", Role.OUTPUT))
    assert names(told) == {"a.txt": ["a.txt"]}
    assert [(file.relative, file.file_type) for file in told.run.workflow.files] == [
        ("Snakefile", "MAIN"),
        ("x.smk", "OTHER"),
    ]


def test_what_is_ignored_is_counted(root):
    told = planned(root, ("a.tmp", Role.OUTPUT), ("b.txt", Role.OUTPUT), said='ignore: "*.tmp"')
    assert (told.ignored, names(told)) == (1, {"b.txt": ["b.txt"]})


def test_what_is_too_long_is_cut_with_a_word_and_taken(root):
    steps = (
        FoundStep("k" * 300, "n" * 300),
        FoundStep("k" * 299, "n", parent="k" * 300, tool_version="1" * 200),
    )
    jobs = (
        FoundJob("j" * 300, step="k" * 299, host="h" * 300, container_image="c" * 600, after=("x" * 300,)),
    )
    run = FoundRun("r" * 300, external_id="e" * 300, source_url="u" * 3000, steps=steps, jobs=jobs)
    told = planned(root, made(root, "a", dataset="d" * 300), made(root, "b", dataset="d" * 299), run=run)
    read = accepted(told.body(VERSION)).body
    assert len({one["key"] for one in read.run.steps}) == 2
    assert read.run.jobs[0]["step"] == read.run.steps[1]["key"]
    assert read.run.steps[1]["parent"] == read.run.steps[0]["key"]
    assert len({one.name for one in read.datasets}) == 2
    assert read.run.fields["external_id"] == "sha256:" + sha256("e" * 300)
    assert any(one.startswith("Too long for the registry and cut") for one in told.remarks)


def test_what_cannot_be_is_left_out_with_a_word(root):
    late, early = datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    job = FoundJob(
        "j", step="none", status="ok", started_at=late, completed_at=early, exit_code=2**40, attempt=0
    )
    run = FoundRun("r", status="", started_at=late, completed_at=early, jobs=(job,))
    told = planned(root, run=run)
    read = accepted(told.body(VERSION)).body.run
    assert (read.fields["started_at"], read.fields["completed_at"]) == (late, None)
    assert (read.jobs[0]["step"], read.jobs[0]["status"], read.jobs[0]["attempt"]) == ("", "UNKNOWN", 1)
    assert told.remarks == (
        "Ends before it starts, so its end is left out: the run, job j.",
        "Names a step that there is none of, left empty: the step of job j.",
        "Not a status of the registry, told as UNKNOWN: ok of job j.",
    )


def test_of_what_jobs_say_the_end_is_kept(root):
    run = FoundRun("r", jobs=tuple(FoundJob("j", stderr="x" * 70_000 + f"the end {n}") for n in range(3)))
    for n, job in enumerate(accepted(planned(root, run=run).body(VERSION)).body.run.jobs):
        assert job["stderr"].endswith(f"the end {n}")
        assert len(job["stderr"]) == 64 * 1024


# --- whatever is found ----------------------------------------------------------------------------------------

TEXTS = st.text(max_size=20) | st.sampled_from(["", "x" * 256, "x" * 257, "\0", "\udc80", "a/b", "ä" * 5000])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.binary(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=12, seconds=7))])
TIMES = st.none() | st.datetimes(timezones=ZONES)
STATUSES = st.sampled_from(["SUCCESS", "FAILED", "UNKNOWN", "", "ok"])
NAMES = ["a", "b.txt", "c_R1.fastq.gz", "c_R2.fastq.gz", "ä", "d.bam", "d.bam.bai"]
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map("/".join)
STEPS = st.builds(
    FoundStep, key=TEXTS, name=TEXTS, position=st.integers(), parent=TEXTS, tool_id=TEXTS, tool_name=TEXTS,
    tool_version=TEXTS, container_image=TEXTS, status=STATUSES, message=TEXTS,
)  # fmt: skip
JOBS = st.builds(
    FoundJob, name=TEXTS, step=TEXTS, attempt=st.integers(), status=STATUSES, started_at=TIMES, completed_at=TIMES,
    command_line=TEXTS, exit_code=st.none() | st.integers(), host=TEXTS, stdout=TEXTS, stderr=TEXTS,
    container_image=TEXTS, external_id=TEXTS, resources=st.dictionaries(TEXTS, VALUES, max_size=2),
    parameters=st.dictionaries(TEXTS, VALUES, max_size=2), environment=st.dictionaries(TEXTS, TEXTS, max_size=2),
    used=st.lists(PATHS | TEXTS, max_size=3).map(tuple), made=st.lists(PATHS, max_size=3).map(tuple),
    message=TEXTS, after=st.lists(TEXTS, max_size=2).map(tuple),
)  # fmt: skip
RUNS = st.builds(
    FoundRun, name=TEXTS, status=STATUSES, status_basis=TEXTS, message=TEXTS, description=TEXTS, started_at=TIMES,
    completed_at=TIMES, run_command=TEXTS, run_environment=VALUES, source=TEXTS, source_url=TEXTS,
    external_id=TEXTS, parameters=st.dictionaries(TEXTS, VALUES, max_size=4), files=st.just(()),
    workflow=st.none(), steps=st.lists(STEPS, max_size=4).map(tuple), jobs=st.lists(JOBS, max_size=3).map(tuple),
    remarks=st.just(()),
)  # fmt: skip
DATA_ROLES = st.sampled_from([role for role in Role if role not in (Role.WORKFLOW, Role.IGNORED)])
FILES = st.lists(st.tuples(PATHS, DATA_ROLES, TEXTS, TEXTS), max_size=12)
MANY = settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)


@MANY
@given(run=RUNS)
def test_whatever_a_run_says_its_body_is_accepted(tmp_path_factory, run):
    root = tmp_path_factory.getbasetemp()
    read = accepted(planned(root, run=run).body(VERSION)).body
    assert len(read.run.jobs) == len(run.jobs)
    assert len(read.run.parameters) == len(run.parameters)


@MANY
@given(files=FILES, is_known=st.lists(st.booleans(), min_size=12, max_size=12))
def test_no_file_is_lost_and_no_name_stands_twice(tmp_path_factory, files, is_known):
    root = tmp_path_factory.mktemp("run")
    found = {}
    for path, role, dataset, collection in files:
        if not (root / path).is_dir() and not any(parent.is_file() for parent in (root / path).parents):
            found[path] = made(root, path, role, dataset=dataset, collection=collection, sha256=sha256(path))
    told = planned(root, *found.values())
    known = {sha256(path): KNOWN for path, knows in zip(found, is_known, strict=False) if knows}
    linked = told.linked_to(known)
    sent = [file.relative for file in linked.files()]
    assert sorted([*sent, *(one.file.relative for one in linked.linked)]) == sorted(found)
    titles = [one.name for one in told.datasets]
    assert len(set(titles)) == len(titles)
    assert len({one["name"] for one in told.body(VERSION)["collections"]}) == len(
        told.body(VERSION)["collections"]
    )
    read = accepted(told.body(VERSION, known)).body
    assert sorted(file.uri for one in read.datasets for file in one.files) == sorted(sent)
