"""The rows of a lab's three years: one INSERT ... SELECT per table, over a counter.

Left out: collections, steps, jobs, notes and history, which none of the measured requests reads.
"""

from benchmarks.fill.population import (
    FEW,
    FIRST_MOMENT,
    GROUPS,
    KIND_USER,
    KIND_VERSION,
    KIND_WORKFLOW,
    PEOPLE,
)
from benchmarks.fill.writer import KIND_RUN, WORKFLOWS, Writer

DATASETS_PER_RUN = 6
VERSIONS_EACH = 3
KIND_DATASET, KIND_FILE, KIND_LINK, KIND_PARAMETER, KIND_CHANGE, KIND_SHARE = range(
    KIND_RUN + 1, KIND_RUN + 7
)
ENGINES = ["SNAKEMAKE", "NEXTFLOW", "GALAXY", "CWL", "WDL"]
METHODS = [
    *("rnaseq", "chipseq", "atacseq", "variant-calling", "assembly", "metagenomics"),
    *("proteomics", "imaging", "methylation", "single-cell", "qc", "phylogeny"),
]
GENOMES = ["hg38", "mm39", "dm6", "ce11", "sacCer3", "danRer11", "tair10", "ecoli"]
DATA_TYPES = ["INPUT", "INPUT", "PARAMETER", "OUTPUT", "OUTPUT", "REPORT"]
DATASETS = ["reads 1", "reads 2", "configuration", "alignments", "counts", "report"]
FORMATS = ["fastq.gz", "fastq.gz", "yaml", "bam", "tsv", "html"]
VERSION_OBJECTS = (
    "parameter_template", "requirements", "container_registry_map", "repository", "tags", "metadata",
)  # fmt: skip
PARAMETERS = ["genome", "k", "min_quality", "seed", "threads"]


def workflows(w: Writer) -> str:
    """Workflows of different groups; every third one is public."""
    values = {
        "id": w.fixed(KIND_WORKFLOW, "w"),
        **w.made(moment=str(FIRST_MOMENT), user="w"),
        **w.owned(user="w", group=f"w % {GROUPS}", public="w % 3 = 0"),
        "name": f"('Workflow ' || {w.sql.padded('w', 2)} || ' ' || {_method(w)})",
        "description": "'Filled for a measurement.'",
        "deleted": "FALSE",
        "workflow_manager": w.sql.one_of(ENGINES, f"(w % {len(ENGINES)})"),
        "license": "'Apache-2.0'",
        "repository_url": "''",
        "is_remote": "FALSE",
    }
    return w.insert("workflows_workflow", values, w.sql.series("w", 0, WORKFLOWS - 1))


def versions(w: Writer) -> str:
    """Three released versions of each workflow."""
    values = {
        "id": w.fixed(KIND_VERSION, f"w * {VERSIONS_EACH} + v"),
        **w.made(moment=str(FIRST_MOMENT), user="w"),
        "name": "('1.' || v)",
        "description": "''",
        "deleted": "FALSE",
        "workflow_id": w.fixed(KIND_WORKFLOW, "w"),
        "index": "v + 1",
        "is_latest": f"v = {VERSIONS_EACH - 1}",
        "commit_hash": "''",
        "content_digest": "''",
        "engine_version": "'8.20'",
        "source_url": "''",
        "creators": w.sql.json("'[]'"),
        "released_at": w.sql.moment(str(FIRST_MOMENT)),
        "state": "'active'",
        "source_digest": "''",
        **dict.fromkeys(VERSION_OBJECTS, w.sql.json("'{}'")),
    }
    both = f"{w.sql.series('w', 0, WORKFLOWS - 1)} CROSS JOIN {w.sql.series('v', 0, VERSIONS_EACH - 1)}"
    return w.insert("workflows_workflowversion", values, both)


def runs(w: Writer, first: int, last: int) -> str:
    """The runs: 80 % succeeded, 12 % failed, 2 % public, 1 % deleted, a fifth imported."""
    duration = f"({w.pick('duration', 36000)} + 60)"
    over = "luck < 95 OR luck >= 98"
    imported = f"{w.pick('origin', 5)} = 0"
    values = {
        "id": w.run_id("i"),
        **w.made(),
        **w.owned(),
        "name": _name(w),
        "description": _description(),
        "deleted": "gone",
        "deleted_date": f"CASE WHEN gone THEN {w.sql.moment('s')} END",
        "workflowversion_id": w.fixed(KIND_VERSION, f"w * {VERSIONS_EACH} + i % {VERSIONS_EACH}"),
        "status": _status(),
        "status_basis": "'REPORTED'",
        "message": "''",
        "license": "''",
        "people": w.sql.json("'[]'"),
        "started_at": f"CASE WHEN luck <> 97 THEN {w.sql.moment('s')} END",
        "completed_at": f"CASE WHEN {over} THEN {w.sql.moment(f's + {duration}')} END",
        "duration": f"CASE WHEN {over} THEN {duration} END",
        "run_command": _command(w),
        "run_environment": w.sql.json("""'{"os": "GNU/Linux 6.1.0-x86_64", "python": "3.11.7"}'"""),
        "is_imported": imported,
        "source": f"CASE WHEN {imported} THEN 'GALAXY' ELSE '' END",
        "source_url": f"CASE WHEN {imported} THEN 'https://galaxy.example.org/invocations/' || i ELSE '' END",
        "external_id": f"CASE WHEN {imported} THEN 'invocation-' || {w.sql.padded('i', 8)} ELSE '' END",
        "source_status": "''",
        "source_deleted": "FALSE",
        "rerun_of_external_id": "''",
        "declared": w.sql.json("'[]'"),
        "tags": w.sql.json("'{}'"),
        "metadata": w.sql.json("'{}'"),
    }
    return w.insert("workflows_workflowrun", values, w.facts(first, last))


def status_changes(w: Writer, first: int, last: int) -> str:
    """The status that each run took."""
    values = {
        "id": w.sql.identifier(KIND_CHANGE, "ms", "i"),
        "workflowrun_id": w.run_id("i"),
        "status": _status(),
        "at": w.sql.moment("s"),
        "by_id": w.fixed(KIND_USER, "u"),
        "reason": "''",
    }
    return w.insert("workflows_statuschange", values, w.facts(first, last))


def texts(w: Writer, first: int, last: int) -> str:
    """What each run is searched by: name, description, command and parameter values, one per line."""
    lines = [
        _name(w),
        _description(),
        _command(w),
        *(f"'{name}=' || {_parameter(w, name)}" for name in PARAMETERS),
    ]
    values = {"id": "i + 1", "workflowrun_id": w.run_id("i"), "text": _joined(w, lines)}
    return w.insert("workflows_runtext", values, w.facts(first, last))


def parameters(w: Writer, first: int, last: int) -> str:
    """Five parameters of each run."""
    key = " ".join(f"WHEN {k} THEN {_parameter(w, name)}" for k, name in enumerate(PARAMETERS))
    quoted = " ".join(
        f"WHEN {k} THEN "
        + (f"'\"' || {_parameter(w, name)} || '\"'" if name == "genome" else _parameter(w, name))
        for k, name in enumerate(PARAMETERS)
    )
    values = {
        "id": w.sql.identifier(KIND_PARAMETER, "ms", f"i * {len(PARAMETERS)} + k"),
        "workflowrun_id": w.run_id("i"),
        "name": w.sql.one_of(PARAMETERS, "k"),
        "value": w.sql.json(f"CASE k {quoted} END"),
        "value_key": f"CASE k {key} END",
    }
    return w.insert("workflows_workflowrunparameter", values, w.parts(first, last, len(PARAMETERS)))


def datasets(w: Writer, first: int, last: int) -> str:
    """Six datasets of each run, of its owner and group."""
    values = {
        "id": _numbered(w, KIND_DATASET),
        **w.made(),
        **w.owned(),
        "name": f"('S' || {w.sql.padded('i', 6)} || ' ' || {w.sql.one_of(DATASETS, 'k')})",
        "description": "''",
        "deleted": "FALSE",
        "dataset_type": "'generic'",
        "is_raw": "FALSE",
        "is_managed": "TRUE",
        "status": "'ONLINE'",
        "file_count": "1",
        "size": _size(w),
        "tags": w.sql.json("'{}'"),
        "metadata": w.sql.json("'{}'"),
    }
    return w.insert("data_management_dataset", values, w.parts(first, last, DATASETS_PER_RUN))


def files(w: Writer, first: int, last: int) -> str:
    """One stored file of each dataset."""
    name = f"('S' || {w.sql.padded('i', 6)} || '-' || k || '.' || {w.sql.one_of(FORMATS, 'k')})"
    values = {
        "id": _numbered(w, KIND_FILE),
        **w.made(),
        "dataset_id": _numbered(w, KIND_DATASET),
        "position": "0",
        "name": name,
        "path": f"('run/' || {name})",
        "uri": f"('/dropbox/person/run/' || {name})",
        "format": w.sql.one_of(FORMATS, "k"),
        "mime_type": "''",
        "size": _size(w),
        "sha256": w.sql.digest(f"i * {DATASETS_PER_RUN} + k"),
        "md5sum": "''",
        "status": "'ONLINE'",
        "error": "''",
        "is_managed": "TRUE",
        "storage_key": f"('lab/' || i || '/' || {name})",
    }
    return w.insert("data_management_datafile", values, w.parts(first, last, DATASETS_PER_RUN))


def links(w: Writer, first: int, last: int) -> str:
    """What each dataset was to its run."""
    values = {
        "id": _numbered(w, KIND_LINK),
        **w.made(),
        **w.owned(),
        "workflowrun_id": w.run_id("i"),
        "dataset_id": _numbered(w, KIND_DATASET),
        "data_type": w.sql.one_of(DATA_TYPES, "k"),
    }
    return w.insert("workflows_workflowrundataset", values, w.parts(first, last, DATASETS_PER_RUN))


def data_counts(w: Writer, first: int, last: int) -> str:
    """What the triggers that are asleep during a fill would have counted."""
    values = {
        "workflowrun_id": w.run_id("i"),
        "inputs": str(DATA_TYPES.count("INPUT")),
        "outputs": str(DATA_TYPES.count("OUTPUT")),
    }
    inserted = w.insert("workflows_datacount", values, w.facts(first, last))
    changed = "DO UPDATE SET inputs = excluded.inputs, outputs = excluded.outputs"
    return f"{inserted} WHERE TRUE ON CONFLICT (workflowrun_id) {changed}"


def shares(w: Writer) -> str:
    """One run of two thousand is shared with somebody; three of them with the person who sees few."""
    count = max(3, w.runs // 2000)
    number = f"((n * 1999 + 5) % {w.runs})"
    values = {
        "id": w.sql.identifier(KIND_SHARE, str(FIRST_MOMENT * 1000), "n"),
        **w.made(moment=str(FIRST_MOMENT), user="0"),
        "kind": "'workflows.workflowrun'",
        "object_id": w.run_id(number),
        "user_id": w.fixed(KIND_USER, f"CASE WHEN n < 3 THEN {FEW} ELSE n % {PEOPLE} END"),
        "can_edit": "n % 4 = 0",
        "can_delete": "FALSE",
    }
    return w.insert("common_share", values, w.sql.series("n", 0, count - 1))


RUNS_AND_THEIR_PARTS = [runs, status_changes, texts, parameters, datasets, files, links, data_counts]


def _method(w: Writer) -> str:
    return w.sql.one_of(METHODS, f"(w % {len(METHODS)})")


def _name(w: Writer) -> str:
    return f"({_method(w)} || ' ' || {w.sql.month('s')} || ' sample S' || {w.sql.padded('i', 6)})"


def _command(w: Writer) -> str:
    return f"('snakemake --cores 8 --use-conda --configfile config/S' || {w.sql.padded('i', 6)} || '.yaml')"


def _description() -> str:
    return "('Routine analysis, plate ' || (i / 96) || ', for the study of lab ' || g)"


def _status() -> str:
    bounds = {80: "SUCCESS", 92: "FAILED", 95: "CANCELLED", 97: "RUNNING", 98: "PENDING"}
    cases = " ".join(f"WHEN luck < {bound} THEN '{status}'" for bound, status in bounds.items())
    return f"CASE {cases} ELSE 'UNKNOWN' END"


def _parameter(w: Writer, name: str) -> str:
    """The value of a parameter as a text."""
    return {
        "genome": w.sql.one_of(GENOMES, w.pick("genome", len(GENOMES))),
        "k": f"('' || (15 + 2 * {w.pick('k', 40)}))",
        "min_quality": f"('' || {w.pick('quality', 41)})",
        "seed": "('' || (i + 1000))",
        "threads": "('' || (4 + 4 * (i % 4)))",
    }[name]


def _numbered(w: Writer, kind: int) -> str:
    return w.sql.identifier(kind, "ms", f"i * {DATASETS_PER_RUN} + k")


def _size(w: Writer) -> str:
    return f"({w.pick('duration', 36000)} * 1000 + k)"


def _joined(w: Writer, lines: list[str]) -> str:
    return f" || {w.sql.line_end} || ".join(lines)
