"""Measurements of the registry beside hand-written floors: ``python -m benchmarks --help``."""
