"""Files of a run, which lie in S3: kept by their addresses, never listed and never fetched."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from data_management.records import DatasetRecord, FileRecord, FileStatus
from run_directories.formats import format_of, mime_type_of
from run_sources.healthomics.answers import Json
from run_sources.healthomics.translate.reading import NAME, clean, cut, mapping, short_path, text
from workflows.records import DatasetLink, DataType

MOST_FILES = 20_000
_S3 = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,62})/(?P<key>\S(?:.*\S)?)?", re.DOTALL)
_SHA256 = re.compile(r"sha256:(?P<digest>[0-9a-f]{64})")


def read_datasets(run: Json) -> tuple[DatasetLink, ...]:
    """What the run took in, and the folder that it wrote to."""
    return (*_inputs(run), *_outputs(run))


def input_addresses(run: Json) -> list[tuple[str, str]]:
    """The S3 addresses that a run was started with, each with where it was named: parameters first."""
    named = {uri: name for name, uri in reversed(list(_in_parameters(run)))}
    digests = {uri: "" for uri in mapping(run, "resourceDigests") if _S3.fullmatch(uri)}
    wanted = {**dict(reversed(named.items())), **{uri: "" for uri in digests if uri not in named}}
    return list(wanted.items())[:MOST_FILES]


def _inputs(run: Json) -> Iterator[DatasetLink]:
    digests = mapping(run, "resourceDigests")
    for uri, parameter in input_addresses(run):
        digest = digests.get(uri)
        told = f"The parameter {parameter}." if parameter else "Read by the run."
        seen = f" HealthOmics saw it as {clean(digest)}." if isinstance(digest, str) else ""
        dataset = DatasetRecord(
            name=cut(_name_of(uri), NAME),
            description=told + seen,
            files=(_file(uri, _path_of(uri), digest),),
        )
        yield DatasetLink(dataset, DataType.INPUT)


def _outputs(run: Json) -> Iterator[DatasetLink]:
    """One folder: what is in it only S3 can tell."""
    uri = text(run, "runOutputUri", 4096)
    if not _S3.fullmatch(uri):
        return
    folder = uri if uri.endswith("/") else f"{uri}/"
    name = cut(f"Output of {text(run, 'name', 200) or text(run, 'id', 40)}", NAME)
    dataset = DatasetRecord(
        name=name,
        description="The folder in S3 that the run writes its output and logs to.",
        files=(_file(folder, "output/", None),),
    )
    yield DatasetLink(dataset, DataType.OUTPUT)


def _file(uri: str, path: str, digest: Any) -> FileRecord:
    """An etag is no checksum: for encrypted and large objects it is not the MD5, and it does not say when it is."""
    known = _SHA256.fullmatch(digest) if isinstance(digest, str) else None
    return FileRecord(
        name=cut(_name_of(uri), NAME),
        path=short_path(path),
        uri=uri[:4096],
        format="" if uri.endswith("/") else format_of(_name_of(uri))[:60],
        mime_type="" if uri.endswith("/") else mime_type_of(_name_of(uri)),
        status=FileStatus.OFFLINE,
        sha256=known["digest"] if known else "",
    )


def _in_parameters(run: Json) -> Iterator[tuple[str, str]]:
    """Each S3 address in the parameters, however deep, with the name of the parameter."""
    parameters = run.get("parameters")
    for name, value in parameters.items() if isinstance(parameters, dict) else [("", parameters)]:
        for one in _texts_in(value):
            if _S3.fullmatch(one):
                yield clean(str(name)), clean(one)


def _texts_in(value: Any) -> Iterable[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict | list):
            waiting.extend(reversed(list(one.values()) if isinstance(one, dict) else one))


def _path_of(uri: str) -> str:
    """``<bucket>/<key>``, without parts that mean something else in a path."""
    path = clean(uri.removeprefix("s3://"))
    parts = [one for one in path.split("/") if one not in ("", ".", "..")]
    return "/".join(parts) + ("/" if path.endswith("/") else "")


def _name_of(uri: str) -> str:
    return clean(uri.rstrip("/").rpartition("/")[2]) or uri
