"""Safe access to crates that strangers send: archives, folders, and metadata alone."""

from rocrate_import.packages.entry import Entry, Package
from rocrate_import.packages.limits import Limits, PackageRefused
from rocrate_import.packages.opening import open_package

__all__ = ["Entry", "Limits", "Package", "PackageRefused", "open_package"]
