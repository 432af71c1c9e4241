"""The seam for what runs come from: see ``docs/adding-a-source.md``. No Django here."""

from collections.abc import Iterator
from typing import Protocol

from workflows.records import RunRecord


class RunSource(Protocol):
    """A place that runs come from: an engine's server, a directory, a service.

    ``name`` is what ``RunOrigin.source`` says. Identifiers are the place's own, as text; ``fetch_run`` given
    one of them returns the run whole, with a ``RunOrigin`` that names the same identifier. A source raises
    its own errors, with a sentence that a user understands, and never writes to the registry.
    """

    name: str

    def list_run_ids(self) -> Iterator[str]:
        """The identifiers of the runs that are there, newest first where the place knows."""
        ...

    def fetch_run(self, external_id: str) -> RunRecord:
        """The run with this identifier; LookupError where the place has no such run."""
        ...
