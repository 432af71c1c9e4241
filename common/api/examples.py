"""Examples for the OpenAPI description: each field has one telling value, and bodies are put together of them."""

from typing import Any

RUN, VERSION, DATASET = (f"019aa3c2-7f10-7c44-9b1e-5d0c2f8e1a{end}" for end in ("70", "71", "72"))
TIME = "2024-01-15T10:00:00Z"
VALUES: dict[str, Any] = {
    "after": [],
    "annotation_type": "organism",
    "attempt": 1,
    "changes": {"status": ["RUNNING", "SUCCESS"]},
    "choices": [],
    "command_line": "salmon quant -i index -1 a_1.fq -2 a_2.fq",
    "commit_hash": "2f0f6f5c1e7d6c0c0a7d4c1b8f7f3a0e5a9d1b3c",
    "completed_at": "2024-01-15T12:30:00Z",
    "container_image": "quay.io/biocontainers/salmon:1.10.1--h7e5ed60_0",
    "content": "The second lane was *repeated*.",
    "count": 1,
    "dataset_type": "generic",
    "deleted": False,
    "duration": 9000.0,
    "email": "ada@example.org",
    "engine": "SNAKEMAKE",
    "engine_version": "8.30.0",
    "environment": {"LANG": "C.UTF-8"},
    "error": "",
    "exit_code": 0,
    "expires_at": "2035-01-01T00:00:00Z",
    "external_id": "f2db41e1fa331b3e",
    "file_count": 2,
    "first_name": "Ada",
    "format": "fastq",
    "full_name": "Ada Example",
    "group_id": None,
    "host": "node-17",
    "is_imported": False,
    "is_remote": False,
    "key": "align",
    "last_name": "Example",
    "license": "MIT",
    "md5sum": "d41d8cd98f00b204e9800998ecf8427e",
    "message": "",
    "mime_type": "text/plain",
    "next": None,
    "orcid": "0000-0002-1825-0097",
    "parameters": {"k": 31},
    "parent": None,
    "password": "a long sentence of one's own",
    "path": "results/counts.tsv",
    "position": 0,
    "previous": None,
    "public": False,
    "repository_url": "https://example.org/workflows/rnaseq",
    "resources": {"cpus": 8, "memory_mb": 16000},
    "revoked_at": None,
    "run_command": "snakemake --cores 8 --use-conda",
    "run_environment": "GNU/Linux 5.4.0-x86_64",
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "size": 1048576,
    "source": "galaxy",
    "source_url": "https://usegalaxy.eu/workflows/invocations/f2db41e1fa331b3e",
    "started_at": TIME,
    "start": "rs_7hKc2",
    "status": "SUCCESS",
    "step": None,
    "stderr": "",
    "stdout": "",
    "token": "rs_7hKc2…",
    "tool_id": "salmon_quant",
    "tool_name": "salmon",
    "tool_url": "https://github.com/COMBINE-lab/salmon/tree/v1.10.1",
    "tool_version": "1.10.1",
    "uri": "results/counts.tsv",
    "url": "https://example.org/",
    "username": "ada",
    "value": "Homo sapiens",
    "value_type": "text",
    "version": "1.2.0",
    "dataset": DATASET,
    "workflowrun": RUN,
    "workflowversion": VERSION,
}
NAMES = {
    "Dataset": "Reads of sample A",
    "WorkflowRun": "RNA-seq of sample A",
    "WorkflowVersion": "1.2.0",
    "Workflow": "rnaseq",
    "Group": "Genomics Core",
    "Token": "laptop",
    "Parameter": "k",
    "Step": "align",
    "Job": "align (1)",
    "Annotation": "organism",
    "File": "counts.tsv",
}
BY_FORMAT = {
    "uuid": "019aa3c2-7f10-7c45-8f00-0b1c2d3e4f50",
    "date-time": TIME,
    "uri": "https://example.org/",
    "binary": "gene\tcount\n",
}
BY_TYPE: dict[str, Any] = {
    "string": "text", "integer": 1, "number": 1.5, "boolean": True, "object": {}, "array": [],
}  # fmt: skip


class Examples:
    """Writes examples of the schemas of one OpenAPI document."""

    def __init__(self, schemas: dict[str, Any]) -> None:
        self.schemas = schemas

    def of(self, schema: dict[str, Any], name: str = "", owner: str = "") -> Any:
        """A value that the schema allows. ``name`` is the field's, ``owner`` the component that has it."""
        if "example" in schema:
            return schema["example"]
        if "$ref" in schema:
            component = schema["$ref"].rpartition("/")[2]
            return self.of(self.schemas[component], name, component)
        parts = schema.get("allOf") or schema.get("oneOf") or schema.get("anyOf")
        if parts and "properties" not in schema:
            return self.of(parts[0], name, owner)
        return self._plain(schema, name, owner)

    def _plain(self, schema: dict[str, Any], name: str, owner: str) -> Any:
        if "properties" in schema:
            return {key: self.of(one, key, owner) for key, one in schema["properties"].items()}
        if "enum" in schema:
            known = VALUES.get(name)
            return known if known in schema["enum"] else schema["enum"][0]
        if schema.get("type") == "array":
            return (
                VALUES[name]
                if isinstance(VALUES.get(name), list)
                else [self.of(schema["items"], name, owner)]
            )
        if name == "name":
            return next((text for part, text in NAMES.items() if part in owner), "RNA-seq of sample A")
        kind = schema.get("type", "")
        if name in VALUES and _fits(VALUES[name], schema):
            return VALUES[name]
        return BY_FORMAT.get(schema.get("format", ""), BY_TYPE.get(kind, "text"))


def _fits(value: Any, schema: dict[str, Any]) -> bool:
    if value is None:
        return bool(schema.get("nullable"))
    types = {"string": str, "integer": int, "number": float, "boolean": bool, "object": dict}
    return isinstance(value, types.get(schema.get("type", ""), object))
