"""The importer of a source: the general one, or the one that the source's class names."""

from typing import TYPE_CHECKING

from django.utils.module_loading import import_string

from run_import.sources import source_named

if TYPE_CHECKING:
    from run_import.carrying_out.importing import Importer

GENERAL = "run_import.carrying_out.importing.Importer"


def importer_of(source: str) -> "type[Importer]":
    """How runs of a source are brought in; a source that knows more than the seam names its own as ``importer``."""
    found: type[Importer] = import_string(getattr(source_named(source).kind, "importer", GENERAL))
    return found
