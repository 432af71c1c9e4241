"""What the server's own RO-Crate says of a run's files: sizes, sums, types, and which the workflow is."""

import re
from dataclasses import dataclass, field
from typing import Any

from run_sources.wes.translate.values import Json, listed, text, whole_number

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MIME = re.compile(r"[\w.+-]+/[\w.+-]+")


@dataclass(frozen=True, slots=True)
class CrateFile:
    """A file of the crate; what it does not say is None or empty."""

    size: int | None = None
    sha256: str = ""
    mime_type: str = ""


@dataclass(frozen=True, slots=True)
class CrateFacts:
    """The files of a crate by their paths in it, and the path of its workflow."""

    files: dict[str, CrateFile] = field(default_factory=dict)
    main: str = ""


NO_CRATE = CrateFacts()


def facts_of(crate: Json | None) -> CrateFacts:
    """The facts of a crate's metadata; none of none."""
    entities = {one["@id"]: one for one in listed((crate or {}).get("@graph")) if _is_named(one)}
    files = {key: _file(one) for key, one in entities.items() if _is_file(one)}
    main = (entities.get("./", {}).get("mainEntity") or {}) if entities else {}
    named = main.get("@id") if isinstance(main, dict) else ""
    return CrateFacts(files, named if isinstance(named, str) and named in files else "")


def _is_named(entity: Any) -> bool:
    return isinstance(entity, dict) and isinstance(entity.get("@id"), str)


def _is_file(entity: Json) -> bool:
    kinds = entity.get("@type")
    return "File" in (kinds if isinstance(kinds, list) else [kinds])


def _file(entity: Json) -> CrateFile:
    sum_of = text(entity.get("sha256"), 64).lower()
    formats = entity.get("encodingFormat")
    told = formats if isinstance(formats, list) else [formats]
    kind = next((one for one in told if isinstance(one, str) and _MIME.fullmatch(one)), "")
    return CrateFile(
        size=whole_number(entity.get("contentSize"), 0),
        sha256=sum_of if _SHA256.fullmatch(sum_of) else "",
        mime_type=kind[:255],
    )
