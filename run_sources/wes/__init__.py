"""GA4GH WES 1.0 and 1.1: runs of any server that speaks it. See ``docs/sources/wes.md``."""

from run_sources.wes.source import WesSource

__all__ = ["WesSource"]
