"""The few expressions in which SQLite and PostgreSQL differ; all else of the fill is one SQL for both."""

from abc import ABC, abstractmethod
from uuid import UUID


class Dialect(ABC):
    """Writes SQL expressions. Arguments are SQL expressions themselves unless they are said to be values."""

    line_end: str

    @abstractmethod
    def identifier(self, kind: int, milliseconds: str, number: str) -> str:
        """A UUID of version 7: the time, a value ``kind`` that tells tables apart, and a running number."""

    @abstractmethod
    def moment(self, seconds: str) -> str:
        """A point in time from seconds since 1970."""

    @abstractmethod
    def padded(self, number: str, width: int) -> str:
        """A whole number with leading zeros."""

    @abstractmethod
    def digest(self, number: str) -> str:
        """64 hexadecimal digits that look like a SHA-256."""

    @abstractmethod
    def literal(self, identifier: UUID) -> str:
        """A value: a UUID as the database takes it."""

    @abstractmethod
    def series(self, column: str, first: int, last: int) -> str:
        """A table with one column of this name that counts from ``first`` to ``last``, both included."""

    @abstractmethod
    def month(self, seconds: str) -> str:
        """``2024-03`` of a point in time."""

    @abstractmethod
    def json(self, text: str) -> str:
        """A JSON value from its text."""

    def one_of(self, choices: list[str], index: str) -> str:
        """The text of the list ``choices`` at ``index``."""
        cases = " ".join(f"WHEN {place} THEN '{choice}'" for place, choice in enumerate(choices))
        return f"CASE {index} {cases} END"


class SqliteDialect(Dialect):
    """UUIDs are 32 hexadecimal digits, times are text, JSON is text."""

    line_end = "char(10)"

    def identifier(self, kind: int, milliseconds: str, number: str) -> str:
        return f"printf('%012x7{kind:03x}8000%012x', {milliseconds}, {number})"

    def moment(self, seconds: str) -> str:
        return f"datetime({seconds}, 'unixepoch')"

    def padded(self, number: str, width: int) -> str:
        return f"printf('%0{width}d', {number})"

    def digest(self, number: str) -> str:
        return "lower(hex(randomblob(32)))"

    def literal(self, identifier: UUID) -> str:
        return f"'{identifier.hex}'"

    def series(self, column: str, first: int, last: int) -> str:
        counting = f"SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}"
        return f"(WITH RECURSIVE numbers(n) AS ({counting}) SELECT n AS {column} FROM numbers) AS of_{column}"

    def month(self, seconds: str) -> str:
        return f"strftime('%Y-%m', {seconds}, 'unixepoch')"

    def json(self, text: str) -> str:
        return text


class PostgresDialect(Dialect):
    """UUIDs, times and JSON are types of their own."""

    line_end = "chr(10)"

    def identifier(self, kind: int, milliseconds: str, number: str) -> str:
        time, count = (f"lpad(to_hex({part}), 12, '0')" for part in (milliseconds, number))
        return f"({time} || '7{kind:03x}8000' || {count})::uuid"

    def moment(self, seconds: str) -> str:
        return f"to_timestamp({seconds})"

    def padded(self, number: str, width: int) -> str:
        return f"lpad(({number})::text, {width}, '0')"

    def digest(self, number: str) -> str:
        return f"encode(sha256(({number})::text::bytea), 'hex')"

    def literal(self, identifier: UUID) -> str:
        return f"'{identifier}'"

    def series(self, column: str, first: int, last: int) -> str:
        return f"generate_series({first}::bigint, {last}::bigint) AS of_{column}({column})"

    def month(self, seconds: str) -> str:
        return f"to_char(to_timestamp({seconds}) AT TIME ZONE 'UTC', 'YYYY-MM')"

    def json(self, text: str) -> str:
        return f"({text})::jsonb"
