"""Carrying out an import: in its turn, by the importer of its source, with what goes wrong told in a sentence."""

from run_import.carrying_out.problems import problems_told
from run_import.carrying_out.turns import take_turn
from run_import.importers import importer_of
from run_import.models import RunImport


def carry_out_import(wanted: RunImport) -> None:
    """Do what is wanted, as far as it can be done now; the row says how it ended, or that it rests.

    SourceUnavailable where another try later can help.
    """
    with problems_told(wanted):
        if take_turn(wanted):
            importer_of(wanted.server.source)(wanted).make()
