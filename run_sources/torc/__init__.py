"""Torc (NREL): workflows of jobs on clusters, from the servers of both its generations. See docs/sources/torc.md."""
