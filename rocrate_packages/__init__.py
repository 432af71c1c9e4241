"""Crates that strangers send, opened safely: archives, folders, and metadata alone.

A package of its own, because what comes from outside is to be opened in one place, with one set of checks: by the
import, by the export, which takes archives in and hands them out again, and by programs without a server. It knows
no Django and nothing of runs; what a crate says is for others to read.
"""

from rocrate_packages.document import read_document
from rocrate_packages.entry import Entry, Package
from rocrate_packages.limits import Limits, PackageRefused
from rocrate_packages.opening import METADATA_NAMES, open_package

__all__ = ["METADATA_NAMES", "Entry", "Limits", "Package", "PackageRefused", "open_package", "read_document"]
