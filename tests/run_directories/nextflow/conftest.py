"""Launch directories. No Nextflow runs here: logs, histories, reports and versions are made by hand, in the form that
Nextflow 20 to 25 writes them in; the traces under ``found`` are real, and are read where they are there."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

SESSION = "082c8487-b30a-4649-83c4-fdcc0e480bed"
FOUND = Path(
    os.environ.get("RUNSTEAD_FOUND_NEXTFLOW", Path(__file__).parents[4] / "shared/data/found/nextflow")
)
STATS = "WorkflowStats[succeededCount=2; failedCount=0; ignoredCount=0; cachedCount=0; retriesCount=0; ]"


@pytest.fixture
def found(tmp_path: Path) -> Callable[[str], Path]:
    """Lays a real trace into the directory under a name, or skips the test where there is none."""

    def laid(name: str, called: str = "trace.txt") -> Path:
        if not (FOUND / name).is_file():
            pytest.skip(f"the real trace {name} is not there")
        (tmp_path / called).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / called).write_bytes((FOUND / name).read_bytes())
        return tmp_path

    return laid


def log_lines(
    run_name: str = "irreverent_bernard", session: str = SESSION, project: str = "main.nf"
) -> list[str]:
    """The head of a log, up to the first task."""
    return [
        "Dec-05 09:59:02.123 [main] DEBUG nextflow.cli.Launcher - "
        f"$> nextflow run {project} -profile docker --outdir results",
        "Dec-05 09:59:02.193 [main] INFO  nextflow.cli.CmdRun - N E X T F L O W  ~  version 23.10.1",
        "Dec-05 09:59:04.858 [main] INFO  nextflow.cli.CmdRun - "
        f"Launching `{project}` [{run_name}] DSL2 - revision: 25922a0ae6",
        f"Dec-05 09:59:04.989 [main] DEBUG nextflow.Session - Session UUID: {session}",
        f"Dec-05 09:59:04.989 [main] DEBUG nextflow.Session - Run name: {run_name}",
        "Dec-05 09:59:05.015 [main] DEBUG nextflow.cli.CmdRun - ",
        "  Version: 23.10.1 build 5891",
        "  System: Linux 5.4.0-56-generic",
        "  Runtime: Groovy 3.0.19 on OpenJDK 64-Bit Server VM 17.0.9",
        "Dec-05 09:59:05.035 [main] DEBUG nextflow.Session - Work-dir: /home/ada/run/work [ext2/ext3]",
        "Dec-05 09:59:05.751 [main] DEBUG nextflow.executor.Executor - [warm up] executor > slurm",
    ]


TASKS = [
    "Dec-05 09:59:06.030 [Task submitter] INFO  nextflow.Session - [d4/783af2] Submitted process > BLAST (one)",
    "Dec-05 09:59:06.031 [Task submitter] INFO  nextflow.Session - [aa/111111] Cached process > INDEX",
    "Dec-05 09:59:06.046 [Task submitter] INFO  nextflow.Session - [b9/51bc58] Submitted process > BLAST (two)",
    "Dec-05 09:59:10.778 [Task monitor] DEBUG n.processor.TaskPollingMonitor - Task completed > TaskHandler[jobId: 14; "
    "id: 1; name: BLAST (one); status: COMPLETED; exit: 0; error: -; workDir: "
    "/home/ada/run/work/d4/783af283d4976d53c5696aea0b997b started: 1607158750774; "
    "exited: 2020-12-05T08:59:07.549659Z; ]",
    "Dec-05 09:59:10.794 [Task monitor] DEBUG n.processor.TaskPollingMonitor - Task completed > TaskHandler[jobId: 15; "
    "id: 2; name: BLAST (two); status: COMPLETED; exit: 127; error: -; workDir: "
    "/home/ada/run/work/b9/51bc58d8a55df65387afc6b217947b started: 1607158750791; "
    "exited: 2020-12-05T08:59:08.185649Z; ]",
]
GOODBYE = [
    f"Dec-05 09:59:15.893 [main] DEBUG n.trace.WorkflowStatsObserver - Workflow completed > {STATS}",
    "Dec-05 09:59:15.946 [main] DEBUG nextflow.script.ScriptRunner - > Execution complete -- Goodbye",
]
FAILURE = [
    "Dec-05 09:59:11.454 [TaskFinalizer-2] ERROR nextflow.processor.TaskProcessor - "
    "Error executing process > 'BLAST (two)'",
    "",
    "Caused by:",
    "  Process `BLAST (two)` terminated with an error exit status (127)",
    "Dec-05 09:59:11.459 [TaskFinalizer-2] DEBUG nextflow.Session - Session aborted -- Cause: Process `BLAST (two)` "
    "terminated with an error exit status (127)",
]


def launch(
    directory: Path, lines: list[str], name: str = ".nextflow.log", when: float = 1607158755.0
) -> Path:
    """Writes a log into the directory, last changed in the year in which it was written."""
    path = directory / name
    path.write_text("\n".join(lines) + "\n")
    os.utime(path, (when, when))
    return directory


def history(directory: Path, *lines: str) -> Path:
    """Writes the history, of lines whose columns are parted by ``|``."""
    (directory / ".nextflow").mkdir(exist_ok=True)
    (directory / ".nextflow" / "history").write_text(
        "".join(f"{line}\n".replace("|", "\t") for line in lines)
    )
    return directory


def report(run_name: str, outcome: str, session: str = SESSION) -> str:
    """The head of an execution report; ``outcome`` is ``successfully`` or ``unsuccessfully``."""
    return f"""<html><head><title>[{run_name}] Nextflow Workflow Report</title></head><body>
<h4>Workflow execution completed {outcome}!</h4>
<dt>Run times</dt><dd><span id="workflow_start">09-Feb-2024 14:44:20</span> -
<span id="workflow_complete">09-Feb-2024 15:10:02</span></dd>
<dt>Nextflow command</dt>
<dd><pre class="nfcommand"><code>nextflow run nf-core/rnaseq -r 3.14.0 --input samples.csv</code></pre></dd>
<dt>Workflow repository</dt>
<dd><code>https://github.com/nf-core/rnaseq</code>, revision <code>3.14.0</code>
(commit hash <code>b89fac32650aacc86fcda9ee77e00612a1d77066</code>)</dd>
<dt>Workflow profile</dt><dd>singularity</dd>
<dt>Workflow session</dt><dd><code>{session}</code></dd>
<dt>Nextflow version</dt><dd>version 23.10.1, build 5891 (12-01-2024 22:01 UTC)</dd>
<script>window.data = {{}}</script></body></html>"""
