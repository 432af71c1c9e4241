"""Files of the registry, brought below a directory: each below its own path, none fetched twice, none replaced."""

from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from runstead_cli.downloads import fetch, must_have_sha256, sha256_of
from runstead_cli.errors import Failure
from runstead_cli.output import Output, size
from runstead_cli.session import Session
from runstead_cli.waiting import goes_on_without_us

File = dict[str, Any]


def bring_all(
    session: Session, files: Sequence[File], directory: Path, address: Callable[[File], str]
) -> list[dict[str, Any]]:
    """Fetch files and tell of them; ``address`` says below the API where the content of one is.

    All places are worked out before anything is fetched.
    """
    places = [(file, directory / _place(file)) for file in files]
    told = [_bring(session, file, place, address(file)) for file, place in places]
    session.output.result(told, lambda: _tell(session.output, told))
    return told


def _place(file: File) -> PurePosixPath:
    """Its path in the run; its name where that would lead out of the directory."""
    path = PurePosixPath(file["path"] or file["name"])
    if path.is_absolute() or ".." in path.parts or not path.name:
        path = PurePosixPath(PurePosixPath(file["name"]).name)
    if path.name in ("", "..") or "\0" in str(path):
        raise Failure(f"A file has no name that can be used here: {file['id']}")
    return path


def _bring(session: Session, file: File, place: Path, address: str) -> dict[str, Any]:
    told = {
        "id": file["id"],
        "path": str(place),
        "size": file["size"],
        "sha256": file["sha256"],
        "fetched": True,
    }
    if place.is_file() and file["sha256"] and sha256_of(place) == file["sha256"]:
        return told | {"fetched": False}
    if place.exists():
        raise Failure(
            f"{place} is there already and is another file; move it away, or choose another directory."
        )
    place.parent.mkdir(parents=True, exist_ok=True)
    kept = goes_on_without_us(session, "What has arrived is kept; the same command goes on from there.")
    with kept, session.output.progress(file["name"], file["size"]) as bar:
        fetch(
            session,
            lambda headers: session.api.stream(address, headers),
            place,
            bar,
            must_have_sha256(file["sha256"]),
        )
    return told


def _tell(output: Output, told: list[dict[str, Any]]) -> None:
    for one in told:
        output.line(f"{one['path']}  {size(one['size'])}" + ("" if one["fetched"] else "  (was there)"))
