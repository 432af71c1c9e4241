"""The workflow that ran, as far as a request names it."""

import hashlib
import posixpath
import re
from collections.abc import Mapping
from urllib.parse import unquote

from run_sources.wes.translate.files import path_of
from run_sources.wes.translate.values import Json, clean, cut, text, without_secrets
from workflows.records import Engine, FileType, WorkflowFileRecord, WorkflowRecord

# Words of ``workflow_type``; the specification names CWL and WDL, servers add their own.
ENGINES = {
    "CWL": Engine.CWL,
    "WDL": Engine.WDL,
    "NFL": Engine.NEXTFLOW,
    "NEXTFLOW": Engine.NEXTFLOW,
    "SMK": Engine.SNAKEMAKE,
    "SNAKEMAKE": Engine.SNAKEMAKE,
    "GALAXY": Engine.GALAXY,
}
_GIT = (  # repository and revision of the addresses that people give; both ends of a path
    re.compile(r"https://(?:www\.)?github\.com/([\w.-]+/[\w.-]+)/(?:blob|raw|tree)/([^/]+)/.+"),
    re.compile(r"https://raw\.githubusercontent\.com/([\w.-]+/[\w.-]+)/(?:refs/(?:heads|tags)/)?([^/]+)/.+"),
)
_TRS = re.compile(r".*/ga4gh/trs/v2/tools/([^/]+)/versions/([^/]+)(?:/.*)?|trs://[^/]+/([^/]+)/([^/]+)")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def workflow_of(request: Json, files: Mapping[str, bytes], main: str) -> WorkflowRecord:
    """The version that ran.

    ``workflow_type_version`` is the language's. The workflow's own is only known from an address that has one (GitHub,
    GA4GH TRS); else the digest of its files stands for it, so that the same files are the same version.
    """
    url = text(request.get("workflow_url"), 4096)
    kind = text(request.get("workflow_type"), 60)
    repository, revision = _repository(url)
    return WorkflowRecord(
        name=name_of(url),
        version=cut(revision, 255) or _version_of(files),
        engine=ENGINES.get(kind.upper(), Engine.OTHER),
        engine_version=text(request.get("workflow_engine_version"), 60),
        repository_url=repository,
        commit_hash=revision if _COMMIT.fullmatch(revision) else "",
        source_url=cut(without_secrets(url), 1000) if "://" in url else "",
        files=tuple(_file(path, content, path == main) for path, content in sorted(files.items())),
        metadata=_metadata(request, kind),
    )


def name_of(url: str) -> str:
    """A name for the workflow at an address or path: its identifier in a TRS, else its file."""
    found = _TRS.fullmatch(url)
    if found:
        return cut(clean(unquote(found[1] or found[3])), 255)
    path = path_of(url)
    return cut(clean(posixpath.basename(unquote(path).rstrip("/"))), 255) or "Workflow"


def _version_of(files: Mapping[str, bytes]) -> str:
    if not files:
        return "unversioned"
    told = "".join(f"{path}\0{hashlib.sha256(files[path]).hexdigest()}\n" for path in sorted(files))
    return f"sha256:{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def _repository(url: str) -> tuple[str, str]:
    for pattern in _GIT:
        if found := pattern.fullmatch(url):
            return f"https://github.com/{found[1]}", unquote(found[2])
    found = _TRS.fullmatch(url)
    return "", unquote(found[2] or found[4]) if found else ""


def _metadata(request: Json, kind: str) -> Json:
    """The words of the request that have no column: language, its version, and the path of the main file."""
    told = {
        "workflow_type": kind,
        "workflow_type_version": text(request.get("workflow_type_version"), 60),
        "workflow_url": cut(without_secrets(text(request.get("workflow_url"), 4096)), 1000),
    }
    return {key: value for key, value in told.items() if value}


def _file(path: str, content: bytes, is_main: bool) -> WorkflowFileRecord:
    return WorkflowFileRecord(
        path=path,
        data_type=FileType.MAIN if is_main else FileType.OTHER,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
