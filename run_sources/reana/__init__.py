"""REANA, a service that runs reusable analyses: see ``docs/sources/reana.md``. No Django."""

from run_sources.reana.source import ReanaSource

__all__ = ["ReanaSource"]
