"""What can go wrong with a Galaxy server beyond what goes wrong with any source."""

from run_sources.errors import SourceError


class CrateUnavailable(SourceError):
    """The server does not make its own RO-Crate of this invocation. ``str()`` says why."""

    code = "crate_unavailable"
