"""AWS HealthOmics as a source of runs: see ``docs/sources/healthomics.md``."""
