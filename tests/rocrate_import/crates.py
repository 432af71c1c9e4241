"""Crates made on the spot: small, and only what a test speaks of."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

RUN_ID = "https://example.org/runs/sort-1"
CONTEXT = ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"]


def a_run_crate(
    files: Mapping[str, bytes] | None = None, *, run_id: str = RUN_ID, name: str = "Sorted", **facts: Any
) -> dict[str, bytes]:
    """The files of a Process Run Crate whose action makes all of ``files``; ``facts`` are the action's."""
    files = {"out/sorted.txt": b"a\nb\n"} if files is None else files
    action = {
        "@id": run_id,
        "@type": "CreateAction",
        "name": name,
        "instrument": {"@id": "https://example.org/sort"},
        "result": [{"@id": one} for one in files],
        "startTime": "2026-03-04T10:00:00+00:00",
        "endTime": "2026-03-04T10:05:00+00:00",
        "actionStatus": "http://schema.org/CompletedActionStatus",
        **facts,
    }
    tool = {
        "@id": "https://example.org/sort",
        "@type": "SoftwareApplication",
        "name": "sort",
        "version": "9.1",
    }
    root = {
        "name": name,
        "description": "Lines in order.",
        "conformsTo": {"@id": "https://w3id.org/ro/wfrun/process/0.5"},
        "mentions": {"@id": run_id},
    }
    return a_crate(files, [action, tool], root)


def a_workflow_crate(files: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """The files of a Workflow RO-Crate without a run."""
    files = {"workflow/Snakefile": b"rule all:\n"} if files is None else files
    main = next(iter(files))
    workflow = {
        "@id": main,
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow"],
        "name": "Sort and count",
        "version": "1.2",
        "programmingLanguage": {"@id": "https://w3id.org/workflowhub/workflow-ro-crate#snakemake"},
    }
    language = {
        "@id": "https://w3id.org/workflowhub/workflow-ro-crate#snakemake",
        "@type": "ComputerLanguage",
        "name": "Snakemake",
    }
    root = {"name": "Sort and count", "mainEntity": {"@id": main}}
    made = a_crate(
        {}, [workflow, language], root, about=["https://w3id.org/workflowhub/workflow-ro-crate/1.0"]
    )
    return {**made, **files}


def a_crate(
    files: Mapping[str, bytes], entities: list[Any], root: Mapping[str, Any], about: list[str] | None = None
) -> dict[str, bytes]:
    """The files of any crate, its metadata among them."""
    specifications = ["https://w3id.org/ro/crate/1.1", *(about or [])]
    graph = [
        {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": [{"@id": one} for one in specifications],
        },
        {"@id": "./", "@type": "Dataset", "hasPart": [{"@id": one} for one in files], **root},
        *({"@id": one, "@type": "File", "name": one.rpartition("/")[2]} for one in files),
        *entities,
    ]
    metadata = json.dumps({"@context": CONTEXT, "@graph": graph}).encode()
    return {"ro-crate-metadata.json": metadata, **files}


def packed(crate: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED, below: str = "") -> bytes:
    """The crate as a zip, always the same bytes for the same crate."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in crate.items():
            archive.writestr(zipfile.ZipInfo(below + name, (2026, 1, 1, 0, 0, 0)), content, compression)
    return out.getvalue()
