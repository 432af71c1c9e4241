"""What a git repository says of a file, read from its own files: neither git nor a network is needed."""

import hashlib
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

MOST = 64 * 2**20
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SCP = re.compile(r"(?:[\w.-]+@)?([\w.-]+):(?!/)(.+)")
_SECTION = re.compile(r'\[remote "(.+)"\]')


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a file comes from. ``url`` has no user and no password; ``is_changed``: not as it was committed."""

    root: Path
    url: str = ""
    commit: str = ""
    tag: str = ""
    is_changed: bool = False


def repository_of(file: Path) -> Repository | None:
    """The repository that tracks the file, or none."""
    for root in file.parents:
        if (root / ".git").exists():
            return _read(root, file)
    return None


def _read(root: Path, file: Path) -> Repository | None:
    try:
        own = _git_directory(root / ".git")
        common = _common(own)
        staged = _staged(own / "index", file.relative_to(root).as_posix())
        if staged == "":
            return None
        commit = _commit(own, common)
        changed = bool(staged) and staged != _blob(file)
        return Repository(root, _url(common), commit, _tag(common, commit), changed)
    except (OSError, ValueError):
        return None


def _git_directory(place: Path) -> Path:
    """``.git`` is a directory, or, in worktrees and submodules, a file that names it."""
    if place.is_dir():
        return place
    return (place.parent / _text(place).removeprefix("gitdir:").strip()).resolve()


def _common(own: Path) -> Path:
    named = own / "commondir"
    return (own / _text(named).strip()).resolve() if named.is_file() else own


# --- the commit and its tag -----------------------------------------------------------------------------------


def _commit(own: Path, common: Path) -> str:
    head = _text(own / "HEAD").strip()
    if not head.startswith("ref:"):
        return head if _COMMIT.fullmatch(head) else ""
    return _references(common).get(head.removeprefix("ref:").strip(), "")


def _references(common: Path) -> dict[str, str]:
    """All references with the commits, as far as they can be told without unpacking."""
    found = _packed(common / "packed-refs")
    folder = common / "refs"
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        text = _text(path).strip() if path.is_file() else ""
        if _COMMIT.fullmatch(text):
            found[path.relative_to(common).as_posix()] = text
    return found


def _packed(path: Path) -> dict[str, str]:
    """A line that begins with ``^`` tells the commit of the tag on the line before it."""
    found: dict[str, str] = {}
    name = ""
    for line in _text(path).splitlines() if path.is_file() else []:
        if line.startswith("^"):
            found[name] = line[1:].strip()
        elif not line.startswith("#") and " " in line:
            commit, _, name = line.strip().partition(" ")
            found[name] = commit
    return found


def _tag(common: Path, commit: str) -> str:
    """The name of a tag of the commit: of several the last by name, so that 1.1 wins over 1.1-rc."""
    named = [
        name.removeprefix("refs/tags/")
        for name, target in sorted(_references(common).items())
        if name.startswith("refs/tags/") and commit in (target, _tagged(common, target))
    ]
    return next((name for name in named if "-" not in name), named[-1] if named else "") if commit else ""


def _tagged(common: Path, target: str) -> str:
    """The commit of an annotated tag that lies as an object of its own."""
    place = common / "objects" / target[:2] / target[2:]
    if not place.is_file():
        return ""
    try:
        told = zlib.decompressobj().decompress(place.read_bytes(), 4096)
    except zlib.error:
        return ""
    found = re.search(rb"object ([0-9a-f]{40,64})\n", told) if told.startswith(b"tag ") else None
    return found[1].decode() if found else ""


# --- the file and the address ---------------------------------------------------------------------------------


def _staged(index: Path, relative: str) -> str | None:
    """The file's digest as git has it; empty where it is not tracked, None where the index cannot tell."""
    raw = index.read_bytes()[:MOST] if index.is_file() else b""
    if raw[:4] != b"DIRC" or raw[4:8] not in (b"\0\0\0\2", b"\0\0\0\3"):
        return None
    place = raw.find(relative.encode() + b"\0")
    while place > 0:
        # The flags before a path say how long it is: what is only the end of another path is not it.
        length = int.from_bytes(raw[place - 2 : place], "big") & 0xFFF
        if length == min(len(relative.encode()), 0xFFF):
            return raw[place - 22 : place - 2].hex()
        place = raw.find(relative.encode() + b"\0", place + 1)
    return ""


def _blob(file: Path) -> str:
    content = file.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _url(common: Path) -> str:
    """The address of ``origin``, else of the first remote there is."""
    remotes: dict[str, str] = {}
    name = ""
    for line in _text(common / "config").splitlines() if (common / "config").is_file() else []:
        if line.strip().startswith("["):
            name = found[1] if (found := _SECTION.match(line.strip())) else ""
        elif name and line.strip().partition("=")[0].strip() == "url":
            remotes.setdefault(name, line.partition("=")[2].strip())
    return public_address(remotes.get("origin") or next(iter(remotes.values()), ""))


def public_address(url: str) -> str:
    """The address as a browser takes it, without user, password and ``.git``; empty for a path of this machine."""
    if "://" not in url:
        found = _SCP.fullmatch(url)
        url = f"https://{found[1]}/{found[2]}" if found else ""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "ssh", "git") or not parts.hostname:
        return ""
    scheme = parts.scheme if parts.scheme in ("http", "https") else "https"
    port = f":{parts.port}" if parts.port and scheme == parts.scheme else ""
    return urlunsplit(
        (scheme, parts.hostname + port, parts.path.removesuffix("/").removesuffix(".git"), "", "")
    )


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(MOST).decode(errors="replace")
