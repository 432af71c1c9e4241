"""Registering data without a run: files as a dataset, a directory as a collection of datasets."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from run_directories.findings import FoundFile, FoundRun, Role
from run_directories.hashing import hash_files
from run_directories.override_file import WrongOverrides, read_pattern
from run_directories.overrides import Overrides
from run_directories.patterns import Glob, is_ignored
from run_directories.planning import Plan, plan
from run_directories.registering.known import known_files
from run_directories.registering.registry import Place
from run_directories.registering.sending import REGISTER, post
from run_directories.scanning import scan
from runstead_cli.api import Api
from runstead_cli.errors import Failure
from runstead_cli.output import size
from runstead_cli.registering.places import place_of
from runstead_cli.registering.results import finish, say_how_it_went
from runstead_cli.registering.wfrun import nothing_happened
from runstead_cli.session import Session

COLLECTIONS = "data-management/datasetcollections/"


def register_dataset(session: Session, files: Sequence[Path], given: dict[str, Any]) -> None:
    """All files as one dataset; one that is known by its contents is only named."""
    name = given["name"] or files[0].name
    root = Path(os.path.commonpath([os.path.realpath(one.parent) for one in files]))
    with nothing_happened(session):
        place = _place(session, root, given)
        made = _measured(session, root, _found(files, root, name), place)
        if known := _known_dataset(session.api, made):
            _say_known(session, f"datasets/{known}/", {"dataset": known})
            return
        body = _body(made, given, place)
        if not _is_wanted(session, made, body, given):
            return
    _carry_out(session, body, given)


def register_collection(session: Session, directory: Path, given: dict[str, Any]) -> None:
    """The files of a directory as datasets of one collection; one of that name takes in what is new."""
    name = given["name"] or directory.resolve().name
    with nothing_happened(session):
        place = _place(session, directory, given)
        made = _measured(session, directory, _matching(directory, given, name), place)
        known = _collection_called(session.api, name, place)
        made = _without_known(session.api, made, known)
        if not made.datasets:
            _say_known(session, f"collections/{known}/" if known else "datasets/", {"collection": known})
            return
        body = _body(made, given, place)
        _into(body, known, name)
        if not _is_wanted(session, made, body, given):
            return
    _carry_out(session, body, given)


# --- what is there ------------------------------------------------------------------------------------------


def _place(session: Session, path: Path, given: dict[str, Any]) -> Place:
    return place_of(session.api, path, group=given["group"], transfer=given["transfer"])


def _found(files: Sequence[Path], root: Path, dataset: str) -> Iterator[FoundFile]:
    for path in files:
        relative = Path(os.path.realpath(path)).relative_to(root).as_posix()
        yield FoundFile(path, relative, Role.OUTPUT, dataset=dataset)


def _matching(directory: Path, given: dict[str, Any], collection: str) -> Iterator[FoundFile]:
    try:
        wanted = [read_pattern("output", text).glob for text in given["pattern"]]
        ignored = [Glob.of(text) for text in given["ignore"]]
    except (WrongOverrides, ValueError) as problem:
        raise Failure(str(problem)) from problem
    for entry in scan(directory):
        is_wanted = any(glob.matches(entry.relative) for glob in wanted)
        if is_wanted and not is_ignored(entry.relative, ignored):
            yield FoundFile(directory / entry.relative, entry.relative, Role.OUTPUT, collection=collection)


def _measured(session: Session, root: Path, files: Iterable[FoundFile], place: Place) -> Plan:
    """The files as datasets with their checksums, planned as if they were a run's results."""
    run = FoundRun(name=root.name, files=tuple(files))
    made = plan(run, Overrides(), root, [Path(one) for one in place.roots])
    if not made.datasets:
        raise Failure(f"No file of {root} is to be registered; look at the patterns.")
    total = sum(file.size for file in made.files())
    with session.output.progress("Reading files", total) as bar:
        digests = hash_files(
            [file.path for file in made.files()], on_progress=lambda progress: bar.update(progress.size)
        )
    for remark in made.remarks:
        session.output.warn(remark)
    return made.hashed(digests)


# --- what is known ------------------------------------------------------------------------------------------


def _known_dataset(api: Api, made: Plan) -> str:
    """The id of a dataset that consists of these contents; empty if there is none."""
    contents = {file.sha256 for file in made.files()}
    known = known_files(api, contents)
    counts = Counter(file.dataset for file in known.values())
    whole = (one for one in known.values() if counts[one.dataset] == len(contents) == one.file_count)
    return next((one.dataset for one in whole), "")


def _collection_called(api: Api, name: str, place: Place) -> str:
    """The caller's own collection of this name in the group; empty if there is none."""
    asked = {"owner": api.get("users/me/")["id"], **({"owned_by": place.group} if place.group else {})}
    rows = api.pages(COLLECTIONS, name=name, fields="id,name", ordering="created", **asked)
    return next((str(row["id"]) for row in rows if row["name"] == name), "")


def _without_known(api: Api, made: Plan, collection: str) -> Plan:
    if not collection:
        return made
    asked = {"collection": collection, "fields": "path,sha256,status", "page_size": 500}
    rows = api.pages("data-management/datafiles/", **asked)
    return made.without({(row["path"], row["sha256"]) for row in rows if row["status"] != "ERROR"})


# --- sending ------------------------------------------------------------------------------------------------


def _body(made: Plan, given: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """The request: that of a run, without the run."""
    shown = replace(made, run=FoundRun(name=made.run.name))
    body = shown.body("", transfer=given["transfer"], public=given["public"], owned_by=place.group)
    del body["workflowrun"]
    for dataset in body["datasets"]:
        del dataset["data_type"]
        dataset |= {"dataset_type": given["dataset_type"], "description": given["description"]}
    return body


def _into(body: dict[str, Any], collection: str, name: str) -> None:
    """Put every dataset into the collection, also where there is but one."""
    label = collection or "collection"
    body["collections"] = [{"id": label, "new": False}] if collection else [{"id": label, "name": name}]
    for dataset in body["datasets"]:
        dataset["collection"] = label


def _is_wanted(session: Session, made: Plan, body: dict[str, Any], given: dict[str, Any]) -> bool:
    """Show what would be registered, and ask; in a dry run the server says what it thinks."""
    output = session.output
    if not output.json:
        rows = [(one.name, len(one.files), size(one.size), one.collection) for one in made.datasets]
        output.table(("DATASET", "FILES", "SIZE", "COLLECTION"), rows)
    if given["dry_run"]:
        answer = session.api.request("POST", REGISTER, json=body, params={"dry_run": "true"}).json()
        output.result({**answer, "body": body}, lambda: output.say("Nothing was registered (--dry-run)."))
        return False
    if not given["yes"]:
        output.confirm("Register this?")
    return True


def _carry_out(session: Session, body: dict[str, Any], given: dict[str, Any]) -> None:
    answer = post(session.api, body)
    first = answer["datasets"][0]["id"]
    collections = [f"collections/{one['id']}/" for one in answer["collections"]]
    page = session.api.page(next(iter(collections), f"datasets/{first}/"))
    done = finish(session, answer, page, wait=not given["no_wait"])
    session.output.result({**done, "changed": True}, lambda: session.output.line(page))
    say_how_it_went(session, done, {"dataset": first})


def _say_known(session: Session, path: str, told: dict[str, str]) -> None:
    page = session.api.page(path)
    session.output.say("Nothing new: this is registered already.")
    session.output.result({**told, "page": page, "changed": False}, lambda: session.output.line(page))
