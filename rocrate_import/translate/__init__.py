"""From the metadata of a crate to the records of the registry; pure, and nothing is ever fetched."""

from rocrate_import.translate.crate import read_crate
from rocrate_import.translate.result import CrateRefused, LogEntry, Remark, Translation

__all__ = ["CrateRefused", "LogEntry", "Remark", "Translation", "read_crate"]
