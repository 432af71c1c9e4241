"""A workflow's definition and README, fetched while their links are good, and opened without trusting them.

The links come from HealthOmics, but what they name is looked at all the same: only S3 over https, or the listed
server itself, and always by the rules for outgoing requests.
"""

import hashlib
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from common.outgoing import Limits as HttpLimits
from rocrate_packages import Limits, PackageRefused
from rocrate_packages.archive import ZipStore
from run_sources.errors import AnswerNotUnderstood, NotFound, SourceError, SourceUnavailable, TooLarge
from run_sources.http.downloading import Download
from run_sources.http.session import HttpSession
from run_sources.seam import Access

MIB = 1 << 20
LARGEST_DEFINITION, LARGEST_README = 64 * MIB, 2 * MIB
LARGEST_FILE = 50 * MIB  # of a workflow version in the registry
INSIDE = Limits(members=2000, total=LARGEST_DEFINITION, name=500)
README = "README.md"
_S3 = re.compile(r"(?:[a-z0-9-]+\.)*s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com")


@dataclass(frozen=True, slots=True)
class Exported:
    """The files of a workflow by their paths, the digest of the archive that they came in, and what went wrong.

    ``readme`` is the path of the README that was given beside the definition.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    digest: str = ""
    readme: str = ""
    remarks: tuple[str, ...] = ()


def fetch_exported(access: Access, links: Callable[[], Mapping[str, str]]) -> Exported:
    """What the links of an export lead to. ``links`` asks for new ones, as a link may have run out on the way.

    What cannot be had or opened is missing, and a remark says why: the run is worth importing without.
    """
    remarks: list[str] = []
    given = links()
    archive = _content(access, given.get("definition", ""), links, "definition", LARGEST_DEFINITION, remarks)
    readme = _content(access, given.get("readme", ""), links, "readme", LARGEST_README, remarks)
    files = dict(_opened(archive, remarks)) if archive else {}
    digest = f"sha256:{hashlib.sha256(archive).hexdigest()}" if archive else ""
    return Exported(*_with_readme(files, digest, readme), tuple(remarks))


def may_be_fetched(url: str, access: Access) -> bool:
    """Whether a link leads to S3, or to the server that an administrator listed."""
    try:
        parts, base = urlsplit(url), urlsplit(access.base)
        parts.port  # noqa: B018  # raises for one that is no port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None:
        return False
    if access.allow_private and (parts.scheme, parts.netloc) == (base.scheme, base.netloc):
        return True
    return parts.scheme == "https" and parts.port in (None, 443) and bool(_S3.fullmatch(parts.hostname or ""))


def _content(
    access: Access,
    url: str,
    links: Callable[[], Mapping[str, str]],
    name: str,
    largest: int,
    remarks: list[str],
) -> bytes:
    """What a link leads to, by a new one where the first is not good any more; empty where it cannot be had."""
    if not url:
        return b""
    try:
        try:
            return _downloaded(access, url, largest)
        except (SourceUnavailable, TooLarge):
            raise
        except SourceError:
            return _downloaded(access, links().get(name, ""), largest)
    except SourceError as problem:
        remarks.append(f"The workflow's {TITLES[name]} could not be fetched: {_why(problem)}")
        return b""


TITLES = {"definition": "definition", "readme": "README"}


def _why(problem: SourceError) -> str:
    if isinstance(problem, TooLarge | AnswerNotUnderstood | SourceUnavailable):
        return str(problem)
    return "the link that HealthOmics gave does not open it (it may have run out). Import the run again."


def _downloaded(access: Access, url: str, largest: int) -> bytes:
    if not url:
        raise NotFound("HealthOmics gives no link any more.")
    if not may_be_fetched(url, access):
        raise AnswerNotUnderstood("HealthOmics gave a link that does not lead to S3, which is not followed.")
    parts = urlsplit(url)
    path = url[len(f"{parts.scheme}://{parts.netloc}") :]
    session = HttpSession(
        f"{parts.scheme}://{parts.netloc}",
        allow_private=access.allow_private,
        limits=HttpLimits(most_bytes=largest),
        check=access.check,
    )
    with closing(session), tempfile.TemporaryFile() as file:
        Download(session, path, file, largest).fetch()
        file.seek(0)
        return file.read()


def _opened(archive: bytes, remarks: list[str]) -> Iterator[tuple[str, bytes]]:
    """The files of the archive; none of them where anything in it is not as it should be."""
    try:
        yield from _read(archive)
    except PackageRefused as problem:
        first = problem.reason.split(". ")[0].rstrip(".")
        remarks.append(
            f"The workflow's definition is not taken in, because of what its archive holds: {first}."
        )


def _read(archive: bytes) -> list[tuple[str, bytes]]:
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        file.write(archive)
        file.flush()
        with closing(ZipStore(Path(file.name), INSIDE)) as store:
            for name, size in store.sizes().items():
                if size > LARGEST_FILE:
                    raise PackageRefused(f"{name[:100]!r} has {size} bytes, more than a file may have")
            return [(name, _all_of(store.open(name))) for name in sorted(store.sizes())]


def _all_of(stream: BinaryIO) -> bytes:
    with closing(stream):
        return stream.read()


def _with_readme(files: dict[str, bytes], digest: str, readme: bytes) -> tuple[Mapping[str, bytes], str, str]:
    """The README beside the files of the definition: under its own name, or the next that is free."""
    if not readme:
        return files, digest, ""
    same = next((path for path in files if path.lower() == README.lower()), "")
    if same and files[same] == readme:
        return files, digest, same
    path = next(one for one in (README, *OTHER_NAMES) if not _is_taken(one, files))
    return {**files, path: readme}, digest, path


OTHER_NAMES = ("README.healthomics.md", *(f"README.healthomics-{number}.md" for number in range(2, 2100)))


def _is_taken(path: str, files: Mapping[str, bytes]) -> bool:
    return any(one.lower() == path.lower() or one.lower().startswith(path.lower() + "/") for one in files)
