"""The workflow version of a run: found by its repository and commit, by its files, or by its name; else made."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from run_directories.findings import FoundWorkflow, WorkflowFile
from run_directories.registering.registry import CannotRegister, NotDone, Registry

WORKFLOWS = "workflows/workflows/"
VERSIONS = "workflows/workflowversions/"
FILES = "workflows/workflowfiles/"
SCHEME = re.compile(r"^(?:\w+://)?(?:[^@/]+@)?")


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the registry, and ``how`` it came to be chosen."""

    id: str
    workflow: str
    name: str
    how: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a version is looked for by: what was found, and the SHA-256 of each of its files by its path."""

    found: FoundWorkflow
    contents: Mapping[str, str]

    @classmethod
    def of(cls, found: FoundWorkflow) -> "Wanted":
        """Measure the files; they are few and small."""
        return cls(found, {file.relative: _sha256(file) for file in found.files})

    @property
    def digest(self) -> str:
        """The SHA-256 over the sorted lines ``<sha256>  <path>``, as the registry makes it; empty without files."""
        lines = sorted(f"{content}  {path}\n" for path, content in self.contents.items())
        return hashlib.sha256("".join(lines).encode()).hexdigest() if lines else ""


def version_called(api: Registry, key: str) -> Version:
    """The version of an id, as the user named it."""
    return _told(api, api.get(f"{VERSIONS}{key}/"), "as it was named")


def find_version(api: Registry, wanted: Wanted) -> Version | None:
    """The version that ran, None where the registry has none."""
    found = wanted.found
    if found.repository_url and found.commit_hash:
        for row in _rows(api, commit_hash=found.commit_hash):
            if row["commit_hash"] == found.commit_hash and _is_same_commit(api, row, wanted):
                return _told(api, row, "by its repository and commit")
    if wanted.contents:
        rows = list(_rows(api, content_digest=wanted.digest))
        return _best_named(api, rows, found.name)
    return _named(api, found)


def make_version(api: Registry, wanted: Wanted, group: str, *, public: bool = False) -> Version:
    """Make the version, with its workflow if that is new, bring its files and release it.

    A version that an interrupted call left open is gone on with. CannotRegister where the workflow has another one that
    is not released.
    """
    for workflow in [*_own_workflows(api, wanted.found, group), None]:
        version = _open_version(api, workflow or _new_workflow(api, wanted.found, group, public), wanted)
        if version is not None:
            _bring_files(api, version["id"], wanted)
            _release(api, version["id"], wanted)
            return _told(api, version, "made now")
    raise CannotRegister(
        f"The registry took no version of the workflow {wanted.found.name}; register it by hand."
    )


# --- finding ------------------------------------------------------------------------------------------------


def _rows(api: Registry, **asked: str) -> Iterator[dict[str, Any]]:
    return api.pages(VERSIONS, ordering="created", **asked)


def _is_same_commit(api: Registry, row: dict[str, Any], wanted: Wanted) -> bool:
    """Of the same repository; and no file of it is another one here, where somebody changed what was checked out."""
    workflow = api.get(f"{WORKFLOWS}{row['workflow']}/")
    if repository(workflow["repository_url"]) != repository(wanted.found.repository_url):
        return False
    return all(wanted.contents.get(path, content) == content for path, content in _contents(api, row["id"]))


def repository(url: str) -> str:
    """A repository's address as all its spellings have it in common: without scheme, user, port sign and ``.git``."""
    bare = SCHEME.sub("", url.strip(), count=1).rstrip("/").removesuffix(".git")
    return bare.replace(":", "/", 1).lower()


def _contents(api: Registry, version: str) -> Iterator[tuple[str, str]]:
    return ((row["path"], row["sha256"]) for row in api.pages(FILES, workflowversion=version))


def _best_named(api: Registry, rows: Iterable[dict[str, Any]], name: str) -> Version | None:
    """Of several with the same files that of a workflow of this name, else the oldest."""
    told = [_told(api, row, "by its files") for row in rows]
    return next((one for one in told if one.workflow == name), told[0] if told else None)


def _named(api: Registry, found: FoundWorkflow) -> Version | None:
    """By the name alone, where nothing better is known: a version of that name, or the latest if none is said."""
    if found.commit_hash:
        return None
    for workflow in _workflows(api, found):
        for row in _rows(api, workflow=workflow["id"]):
            if row["name"] == found.version if found.version else row["is_latest"]:
                return _told(api, row, "by its name")
    return None


def _workflows(api: Registry, found: FoundWorkflow, **more: str) -> Iterator[dict[str, Any]]:
    rows = api.pages(WORKFLOWS, name=found.name, engine=found.engine, ordering="created", **more)
    return (row for row in rows if row["name"] == found.name)


def _told(api: Registry, row: dict[str, Any], how: str) -> Version:
    workflow = api.get(f"{WORKFLOWS}{row['workflow']}/", fields="name")
    return Version(str(row["id"]), str(workflow["name"]), str(row["name"]), how)


# --- making -------------------------------------------------------------------------------------------------


def _own_workflows(api: Registry, found: FoundWorkflow, group: str) -> Iterator[dict[str, Any]]:
    """The caller's workflows that the version may be one of: same name and engine, and no other repository."""
    asked = {"owner": str(api.get("users/me/")["id"]), **({"owned_by": group} if group else {})}
    for row in _workflows(api, found, **asked):
        if not row["repository_url"] or repository(row["repository_url"]) == repository(found.repository_url):
            yield row


def _new_workflow(api: Registry, found: FoundWorkflow, group: str, public: bool) -> dict[str, Any]:
    told = {
        "name": found.name,
        "description": found.description,
        "workflow_manager": found.engine,
        "license": found.license,
        "repository_url": found.repository_url if found.repository_url.startswith("http") else "",
        "public": public,
        **({"owned_by": group} if group else {}),
    }
    made: dict[str, Any] = api.post(WORKFLOWS, told)
    return made


def _open_version(api: Registry, workflow: dict[str, Any], wanted: Wanted) -> dict[str, Any] | None:
    """A version whose files may still come; None where a version without files stands in the way of another."""
    latest = next(iter(_rows(api, workflow=workflow["id"], is_latest="true")), None)
    if latest and not latest["is_committed"]:
        if _can_go_on(api, latest, wanted):
            return latest
        if not wanted.contents:
            return None
        raise CannotRegister(
            f"Version {latest['name']} of the workflow {workflow['name']} is not released yet: release it, or "
            "name the version that ran with --workflow-version."
        )
    found = wanted.found
    told = {"commit_hash": found.commit_hash, "engine_version": found.engine_version, "name": found.version}
    body = {"workflow": workflow["id"], **{name: value for name, value in told.items() if value}}
    made: dict[str, Any] = api.post(VERSIONS, body)
    return made


def _can_go_on(api: Registry, row: dict[str, Any], wanted: Wanted) -> bool:
    """Whether the open version can be what an interrupted call left: nothing in it is of another version."""
    same = row["commit_hash"] == wanted.found.commit_hash
    has = dict(_contents(api, row["id"]))
    return same and all(wanted.contents.get(path) == content for path, content in has.items())


def _bring_files(api: Registry, version: str, wanted: Wanted) -> None:
    """Make the version's files equal to ours; it began with those of the version before."""
    has = {row["path"]: row for row in api.pages(FILES, workflowversion=version)}
    files = {file.relative: file for file in wanted.found.files}
    for path, row in has.items():
        if wanted.contents.get(path) != row["sha256"] or row["data_type"] != files[path].file_type:
            api.delete(f"{FILES}{row['id']}/")
        else:
            del files[path]
    for file in files.values():
        fields = {"workflowversion": version, "path": file.relative, "data_type": file.file_type}
        api.upload(FILES, file.path, fields)


def _release(api: Registry, version: str, wanted: Wanted) -> None:
    """Close it. What has neither files nor a commit is not known well enough to be closed."""
    has_commit = wanted.found.repository_url.startswith("http") and wanted.found.commit_hash
    if wanted.contents or has_commit:
        try:
            api.post(f"{VERSIONS}{version}/release/")
        except NotDone as problem:
            if problem.status != 409:  # somebody else was faster
                raise


def _sha256(file: WorkflowFile) -> str:
    try:
        with file.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        raise CannotRegister(
            f"The workflow's file {file.path} cannot be read: {problem.strerror}."
        ) from problem
