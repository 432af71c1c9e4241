"""Runs as values, for every test that needs one; no database, no Django.

Keys of stored files are those of ``content_of``, so that a test can put the files where they belong.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote
from uuid import UUID

from data_management.records import DatasetRecord, FileRecord, FileStatus
from workflows.records import (
    DatasetLink,
    DataType,
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
    StatusRecord,
    StepRecord,
    WorkflowFileRecord,
    WorkflowRecord,
)

START = datetime(2026, 3, 4, 10, 0, 1, 500_000, tzinfo=UTC)
USED, MADE = FileRole.USED, FileRole.MADE


def after(minutes: float) -> datetime:
    """A time so many minutes after the start."""
    return START + timedelta(minutes=minutes)


def content_of(storage_key: str) -> bytes:
    """What lies under a key of these records."""
    return f"This is {storage_key}.\n".encode()


def key_of(path: str) -> str:
    """The key under which the file of this path lies."""
    return f"sample/{quote(path, safe='')}"


def stored(path: str, **facts: object) -> FileRecord:
    """A file that lies in the registry's storage."""
    key = key_of(path)
    content = content_of(key)
    facts = {"status": FileStatus.ONLINE, "uri": f"/dropbox/run/{path}", **facts}
    return FileRecord(
        name=path.rpartition("/")[2],
        path=path,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        storage_key=key,
        **facts,  # type: ignore[arg-type]
    )


def dataset(data_type: DataType, name: str, *files: FileRecord, description: str = "") -> DatasetLink:
    """A dataset with its files and its part in the run."""
    return DatasetLink(DatasetRecord(name, description=description, files=files), data_type)


def workflow_file(path: str, data_type: FileType = FileType.OTHER) -> WorkflowFileRecord:
    """A file of a workflow in the storage."""
    key = f"sample/workflow/{path}"
    content = content_of(key)
    return WorkflowFileRecord(path, data_type, len(content), sha256(content).hexdigest(), key)


ADA = PersonRecord("Ada Lovelace", "0000-0002-1825-0097")
RNASEQ_WORKFLOW = WorkflowRecord(
    name="nf-core/rnaseq",
    version="3.14.0",
    engine=Engine.NEXTFLOW,
    engine_version="25.10.0",
    description="Quantify genes from RNA sequencing reads.",
    license="MIT",
    repository_url="https://github.com/nf-core/rnaseq",
    commit_hash="b89fac32650aacc86fcda9ee77e00612a1d77066",
    files=(
        workflow_file("LICENSE", FileType.LICENSE),
        workflow_file("main.nf", FileType.MAIN),
        workflow_file("nextflow.config", FileType.CONFIG),
    ),
)
STAR_IMAGE = "quay.io/biocontainers/star:2.7.10a--h9ee0642_0"
RNASEQ_STEPS = (
    StepRecord(
        key="FASTQC",
        name="FASTQC",
        position=1,
        tool_id="https://bio.tools/fastqc",
        tool_name="FastQC",
        tool_version="0.12.1",
        container_image="quay.io/biocontainers/fastqc:0.12.1",
        status=RunStatus.SUCCESS,
    ),
    StepRecord(
        key="STAR_ALIGN",
        name="STAR_ALIGN",
        position=2,
        tool_id="https://bio.tools/star",
        tool_name="STAR",
        tool_version="2.7.10a",
        container_image=STAR_IMAGE,
        status=RunStatus.SUCCESS,
    ),
    StepRecord(key="MULTIQC", name="MULTIQC", position=3, status=RunStatus.SKIPPED),
)
RNASEQ_JOBS = (
    JobRecord(
        name="FASTQC (A)",
        step="FASTQC",
        status=RunStatus.SUCCESS,
        started_at=after(0.1),
        completed_at=after(1),
        command_line="fastqc reads/A_1.fastq.gz reads/A_2.fastq.gz",
        exit_code=0,
        host="node7",
        container_image="quay.io/biocontainers/fastqc:0.12.1",
        files=(JobFile("reads/A_1.fastq.gz", USED), JobFile("reads/A_2.fastq.gz", USED)),
    ),
    JobRecord(
        name="STAR_ALIGN (A)",
        step="STAR_ALIGN",
        attempt=1,
        status=RunStatus.FAILED,
        started_at=after(1),
        completed_at=after(2),
        command_line="STAR --runThreadN 2",
        exit_code=137,
        stderr="Killed\n",
        container_image=STAR_IMAGE,
        files=(JobFile("reads/A_1.fastq.gz", USED),),
    ),
    JobRecord(
        name="STAR_ALIGN (A)",
        step="STAR_ALIGN",
        attempt=2,
        status=RunStatus.SUCCESS,
        started_at=after(2),
        completed_at=after(9),
        command_line="STAR --runThreadN 4",
        exit_code=0,
        stdout="done\n",
        container_image=STAR_IMAGE,
        external_id="slurm:4711",
        parameters={"threads": 4},
        resources={"cpu_seconds": 1310.25, "max_rss_bytes": 31_000_000_000, "retries": 1},
        environment={"LC_ALL": "C", "AWS_SECRET_ACCESS_KEY": "hunter2"},
        files=(
            JobFile("results/A.bam", MADE),
            JobFile("reads/A_1.fastq.gz", USED),
            JobFile("reads/A_2.fastq.gz", USED),
        ),
    ),
)
RNASEQ = RunRecord(
    id=UUID("01957a00-0000-7000-8000-000000000001"),
    created=after(60),
    agent=ADA,
    group="Genomics Core",
    group_url="https://ror.org/02kkvpp62",
    name="RNA-seq of sample A",
    description="First lane of the pilot.",
    workflow=RNASEQ_WORKFLOW,
    status=RunStatus.SUCCESS,
    started_at=START,
    completed_at=after(10),
    run_command="nextflow run main.nf --input reads --aligner star --api-key 5up3rs3cret",
    run_environment={"NXF_VER": "25.10.0", "NXF_OPTS": "-Xmx2g", "TOWER_ACCESS_TOKEN": "eyJhbGciOi"},
    origin=RunOrigin("nextflow", "https://tower.example.org/runs/42", "tender_noether"),
    parameters=(
        ParameterRecord("aligner", "star"),
        ParameterRecord("api_key", "5up3rs3cret"),
        ParameterRecord("extra", {"seed": 1, "tags": ["a", "b"]}),
        ParameterRecord("min_reads", 1000),
        ParameterRecord("save_all", False),
        ParameterRecord("samples", ["A", "B"]),
        ParameterRecord("skip", ["multiqc"]),
        ParameterRecord("threshold", 0.05),
        ParameterRecord("unset", None),
    ),
    steps=RNASEQ_STEPS,
    jobs=RNASEQ_JOBS,
    datasets=(
        dataset(DataType.INPUT, "Reads of A", stored("reads/A_1.fastq.gz"), stored("reads/A_2.fastq.gz")),
        dataset(
            DataType.INPUT,
            "Genome",
            FileRecord(
                "genome.fa",
                "refs/genome.fa",
                "https://ftp.example.org/GRCh38/genome.fa",
                size=3_100_000_000,
                sha256="9f" * 32,
                status=FileStatus.ONLINE,
            ),
            description="GRCh38, without alternative contigs.",
        ),
        dataset(DataType.OUTPUT, "Alignment", stored("results/A.bam", format="bam")),
        dataset(DataType.PARAMETER, "Parameters", stored("params.yaml")),
        dataset(DataType.CONFIG, "Profile", stored("conf/slurm.config")),
        dataset(DataType.REPORT, "MultiQC", stored("multiqc/report.html", mime_type="text/html")),
        dataset(DataType.LOG, "Log", stored(".nextflow.log")),
    ),
)

FAILED = RunRecord(
    id=UUID("01957a00-0000-7000-8000-000000000002"),
    created=after(60),
    agent=ADA,
    group="Genomics Core",
    group_url="https://ror.org/02kkvpp62",
    name="RNA-seq of sample B",
    workflow=RNASEQ_WORKFLOW,
    status=RunStatus.FAILED,
    started_at=START,
    completed_at=after(2),
    run_command="nextflow run main.nf",
    steps=RNASEQ_STEPS[:2],
    jobs=(
        JobRecord(
            name="FASTQC (B)",
            step="FASTQC",
            status=RunStatus.FAILED,
            started_at=START,
            completed_at=after(1),
            exit_code=1,
            stderr="Failed to process B_1.fastq.gz\n",
            command_line="fastqc B_1.fastq.gz",
            files=(JobFile("reads/B_1.fastq.gz", USED),),
        ),
        JobRecord(name="STAR_ALIGN (B)", step="STAR_ALIGN", status=RunStatus.PENDING),
    ),
    datasets=(dataset(DataType.INPUT, "Reads of B", stored("reads/B_1.fastq.gz")),),
)

CANCELLED = RunRecord(
    name="Variant calling, stopped",
    created=after(60),
    workflow=WorkflowRecord(
        "variants", "2", Engine.SNAKEMAKE, "9.1.0", files=(workflow_file("Snakefile", FileType.MAIN),)
    ),
    status=RunStatus.CANCELLED,
    started_at=START,
    completed_at=after(3),
    run_command="snakemake --cores 8",
    run_environment="GNU/Linux 5.4.0-x86_64\nexport GITHUB_TOKEN=ghp_1234",
    datasets=(dataset(DataType.OUTPUT, "Half a result", stored("calls.vcf")),),
)

RUNNING = RunRecord(
    name="Still at it",
    created=after(1),
    workflow=WorkflowRecord("count", "1", Engine.CWL, files=(workflow_file("count.cwl", FileType.MAIN),)),
    status=RunStatus.RUNNING,
    started_at=START,
    steps=(StepRecord("count", "count", status=RunStatus.RUNNING), StepRecord("sum", "sum", position=1)),
    jobs=(
        JobRecord("count", "count", status=RunStatus.RUNNING, started_at=START),
        JobRecord("stray", status=RunStatus.UNKNOWN),
    ),
)

EMPTY = RunRecord(name="Nothing but a name")

NAMED_WORKFLOW = RunRecord(
    name="Run of a workflow whose files nobody has",
    workflow=WorkflowRecord("mystery", "1", Engine.OTHER),
    datasets=(dataset(DataType.INPUT, "Nothing yet"), dataset(DataType.OUTPUT, "Nothing at all")),
)

SCRIPT = RunRecord(
    name="A shell script",
    created=after(1),
    workflow=WorkflowRecord("steps.sh", "1", Engine.OTHER, files=(workflow_file("steps.sh", FileType.MAIN),)),
    status=RunStatus.UNKNOWN,
    datasets=(
        dataset(DataType.INPUT, "Nothing yet"),
        dataset(DataType.OUTPUT, "Table", stored("out table.csv")),
    ),
)

PROCESS_ONLY = RunRecord(
    name="Two commands on a workstation",
    created=after(60),
    agent=PersonRecord("Bob"),
    group="Genomics Core",
    status=RunStatus.SUCCESS,
    started_at=START,
    completed_at=after(2),
    run_command="/usr/bin/samtools sort in.bam",
    steps=(StepRecord("sort", "sort", tool_name="samtools", tool_version="1.19", status=RunStatus.SUCCESS),),
    jobs=(
        JobRecord(
            "sort",
            "sort",
            status=RunStatus.SUCCESS,
            started_at=START,
            completed_at=after(2),
            files=(JobFile("out.bam", MADE), JobFile("in.bam", USED)),
            container_image="/images/samtools.sif",
        ),
    ),
    datasets=(
        dataset(DataType.INPUT, "In", FileRecord("in.bam", "in.bam", "/data/lab one/in.bam", size=12)),
        dataset(DataType.OUTPUT, "Out", FileRecord("out.bam", "out.bam", status=FileStatus.OFFLINE)),
    ),
)

NESTED = RunRecord(
    id=UUID("01957a00-0000-7000-8000-000000000003"),
    created=after(60),
    agent=ADA,
    group="Genomics Core",
    name="Assembly with a subworkflow",
    workflow=WorkflowRecord(
        "Assembly", "0.3", Engine.GALAXY, "26.0", files=(workflow_file("assembly.ga", FileType.MAIN),)
    ),
    status=RunStatus.SUCCESS,
    started_at=START,
    completed_at=after(30),
    is_imported=True,
    origin=RunOrigin("galaxy", "https://usegalaxy.eu/workflows/invocations/d8b4", "d8b4"),
    steps=(
        StepRecord("0", "Trim and check", position=0, status=RunStatus.SUCCESS),
        StepRecord(
            "0/1",
            "Trim",
            position=1,
            parent="0",
            status=RunStatus.SUCCESS,
            tool_name="cutadapt",
            tool_version="4.9",
            tool_id="toolshed.g2.bx.psu.edu/repos/lparsons/cutadapt/cutadapt/4.9+galaxy1",
        ),
        StepRecord("0/2", "Check", position=2, parent="0", tool_name="FastQC", status=RunStatus.SKIPPED),
        StepRecord("0/3", "Inner", position=3, parent="0", status=RunStatus.SUCCESS),
        StepRecord("0/3/1", "Count", position=1, parent="0/3", tool_name="wc", status=RunStatus.SUCCESS),
        StepRecord("1", "Never run", position=1, status=RunStatus.SKIPPED),
        StepRecord("1/1", "Never run below", position=1, parent="1", status=RunStatus.SKIPPED),
        StepRecord("2", "In a circle", position=2, parent="2"),
    ),
    jobs=(
        JobRecord(
            "cutadapt",
            "0/1",
            status=RunStatus.SUCCESS,
            started_at=after(1),
            completed_at=after(5),
            exit_code=0,
            command_line="cutadapt in.fastq",
            files=(JobFile("trimmed.fastq", MADE), JobFile("in.fastq", USED)),
        ),
        JobRecord(
            "wc",
            "0/3/1",
            status=RunStatus.SUCCESS,
            started_at=after(5),
            completed_at=after(6),
            command_line="wc -l",
            files=(JobFile("trimmed.fastq", USED),),
        ),
    ),
    datasets=(
        dataset(DataType.INPUT, "Reads", stored("in.fastq")),
        dataset(DataType.OUTPUT, "Trimmed", stored("trimmed.fastq")),
    ),
)

HOSTILE_NAMES = RunRecord(
    name='<script>alert("run")</script> | ../../etc',
    created=after(1),
    workflow=RNASEQ_WORKFLOW,
    status=RunStatus.SUCCESS,
    started_at=START,
    completed_at=after(2),
    parameters=(ParameterRecord("p q/ä#?%", "<b>"),),
    datasets=(
        dataset(
            DataType.INPUT,
            "Names that want out",
            stored("../../etc/passwd"),
            stored("/etc/passwd"),
            stored("etc/passwd"),
            stored("ETC/Passwd"),
            stored("a/b"),
            stored("a"),
            stored("a/b/c"),
            stored("C:\\temp\\x.txt"),
            stored("ä ö#?%20.txt"),
            stored("..."),
            stored("x" * 240 + ".fastq.gz"),
            stored("line\nbreak.txt"),
        ),
        dataset(DataType.LOG, "Logs", stored("jobs/1.stderr.txt"), stored("results/ro-crate-metadata.json")),
    ),
    origin=RunOrigin("<i>", 'https://example.org/a b/<"run">', "{x}"),
    group="R & D",
    group_url="https://example.org/our group",
    steps=(StepRecord("<s>", "a\nb", tool_id="https://example.org/tool one", tool_version="1 <2>"),),
    jobs=(
        JobRecord("job", status=RunStatus.FAILED, stderr="no\n"),
        JobRecord("step", "<s>", status=RunStatus.SUCCESS, container_image="<img>", resources={"cpu": None}),
    ),
)

GRACE = PersonRecord(
    "Grace Hopper", "0000-0001-5109-3700", "Navy Yard", "https://example.org/grace", role="agent"
)
TOLD = RunRecord(
    id=UUID("01957a00-0000-7000-8000-000000000004"),
    created=after(60),
    agent=ADA,
    group="Genomics Core",
    group_url="https://ror.org/02kkvpp62",
    name="All that a source can tell",
    description="Every field of a record says something.",
    workflow=WorkflowRecord(
        name="told",
        version="1.2",
        engine=Engine.OTHER,
        engine_version="0.9",
        description="A workflow in a language that few know.",
        license="https://example.org/licences/own",
        repository_url="https://git.example.org/told",
        commit_hash="r4711",
        source_url="https://workflowhub.eu/workflows/7",
        creators=(
            PersonRecord("Grace Hopper", role="author"),
            PersonRecord("Alan Turing", affiliation="Genomics Core"),
        ),
        files=(
            workflow_file("README.md", FileType.README),
            replace(workflow_file("lib/old.xyz"), storage_key=""),
            workflow_file("told.xyz", FileType.MAIN),
        ),
    ),
    status=RunStatus.PAUSED,
    status_basis=StatusBasis.INFERRED,
    message="It waits for --token geheim123 to be renewed.",
    license="CC-BY-4.0",
    started_at=START,
    run_command="told run --password geheim123",
    run_environment=["a text", {"API_TOKEN": "geheim123", "plain": None}],
    is_imported=True,
    origin=RunOrigin("told", "told://runs/1", "1"),
    people=(
        GRACE,
        replace(GRACE, role="author"),
        PersonRecord("Grace Hopper", "0000-0001-5109-3700", role="creator"),
        PersonRecord("Anonymous"),
        PersonRecord("Curator", role="curator"),
    ),
    parameters=(
        ParameterRecord("empty", ""),
        ParameterRecord("nothing", None),
        ParameterRecord("one", [7]),
        ParameterRecord("many", [1.5, 2.0]),
        ParameterRecord("mixed", [1, "a", None]),
        ParameterRecord("none of them", []),
        ParameterRecord("deep", {"b": [1, {"password": "geheim123"}], "a": 2**70}),
        ParameterRecord("number", 1),
        ParameterRecord("the number as text", "1"),
        ParameterRecord("truth", True),
        ParameterRecord("ready", "True"),
    ),
    steps=(
        StepRecord(
            "b",
            "Second",
            position=2,
            status=RunStatus.RUNNING,
            container_image="docker.io/x:1",
            tool_url="https://ada:geheim123@git.example.org/b",
            message="One of its jobs was sent again.",
        ),
        StepRecord(
            "a",
            "First",
            position=1,
            tool_id="https://bio.tools/one",
            status=RunStatus.FAILED,
            tool_url="https://bio.tools/one",
            message="A file is gone.",
        ),
        StepRecord("a2", "Same", position=1, tool_id="https://bio.tools/one", tool_name="One"),
        StepRecord(
            "outer",
            "Outer",
            position=3,
            tool_name="told/inner",
            tool_version="3",
            tool_url="https://git.example.org/told",
        ),
        StepRecord("outer/x", "X", position=0, parent="outer", tool_version="7"),
        StepRecord("idle", "Idle", position=4),
        StepRecord("idle/y", "Y", position=9, parent="idle", status=RunStatus.SKIPPED),
    ),
    jobs=(
        JobRecord(
            "second",
            "b",
            attempt=3,
            status=RunStatus.RUNNING,
            started_at=after(3),
            exit_code=-9,
            host="node1",
            external_id="7",
            command_line="b --api-key=geheim123",
            stdout="token=geheim123\n",
            stderr="warned\n",
            container_image="docker.io/x@sha256:" + "ab" * 32,
            resources={"cpu_percent": 99.5, "said": "much", "unknown": None},
            parameters={"k": 2, "flags": ["-x"], "none": None, "api_key": "geheim123"},
            environment={"LANG": "", "HOME": "/root", "MY_TOKEN": "geheim123"},
            files=(JobFile("made/table.tsv", USED),),
            message="Sent again --token geheim123",
            after=("5", "6"),
        ),
        JobRecord(
            "first",
            "a",
            status=RunStatus.FAILED,
            started_at=START,
            completed_at=after(3),
            stderr="fatal: https://ada:geheim123@example.org is gone\n",
            files=(JobFile("made/table.tsv", MADE), JobFile("in/a.txt", USED)),
            external_id="6",
            message="The remote file is gone.",
        ),
        JobRecord("waiting", "idle", status=RunStatus.PENDING, parameters={"k": 3}, after=("7",)),
        JobRecord("x", "outer/x", status=RunStatus.SUCCESS, files=(JobFile("made/table.tsv", USED),)),
        JobRecord("of no step", status=RunStatus.CANCELLED, started_at=after(4)),
    ),
    datasets=(
        dataset(DataType.OUTPUT, "table.tsv", stored("made/table.tsv", md5sum="0f" * 16, format="tsv")),
        DatasetLink(
            DatasetRecord("Pair", "Both.", "fastq", "Lane 1", (stored("in/a.txt"), stored("in/b.txt"))),
            DataType.INPUT,
        ),
        DatasetLink(
            DatasetRecord("Again", "", "generic", "Lane 1", (stored("in/a.txt"),)), DataType.PARAMETER
        ),
        dataset(DataType.LOG, "run.log", stored("run.log"), description="What it said."),
        dataset(DataType.REPORT, "No report yet"),
        dataset(DataType.CONFIG, "c.ini", stored("c.ini", mime_type="text/x-ini")),
        dataset(
            DataType.INPUT,
            "far.bin",
            FileRecord(
                "far.bin", "", "https://ada:geheim123@example.org/far.bin", status=FileStatus.ONLINE, size=5
            ),
        ),
    ),
    history=(
        StatusRecord(RunStatus.PENDING, after(60), "Ada Lovelace"),
        StatusRecord(RunStatus.PAUSED, after(61), "Galaxy"),
    ),
)
SECRET_OF_TOLD = "geheim123"

RUNS = {
    "rnaseq": RNASEQ,
    "failed": FAILED,
    "cancelled": CANCELLED,
    "running": RUNNING,
    "empty": EMPTY,
    "named workflow": NAMED_WORKFLOW,
    "script": SCRIPT,
    "process only": PROCESS_ONLY,
    "nested": NESTED,
    "hostile names": HOSTILE_NAMES,
}
