"""Filling a migrated database with a lab's worth of runs, in bulk, inside the database."""

from benchmarks.fill.dialects import PostgresDialect, SqliteDialect
from benchmarks.fill.population import ADMIN, FEW, MANY, token_of, user_id
from benchmarks.fill.rows import fill_rows

__all__ = ["ADMIN", "FEW", "MANY", "PostgresDialect", "SqliteDialect", "fill_rows", "token_of", "user_id"]
