"""SHA-256 of many files at the speed of the disk, remembered for the next time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Digest:
    """The checksums of a file in hexadecimal; ``md5`` is empty where nobody asked for it."""

    sha256: str
    md5: str = ""
    size: int = 0
