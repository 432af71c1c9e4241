"""``python -m benchmarks.crate_table``: every crate at hand, what becomes of it, and who praises it."""
