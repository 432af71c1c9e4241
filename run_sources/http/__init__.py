"""Asking a server over HTTP: patience, politeness, refusals and limits, the same for every source. No Django."""
