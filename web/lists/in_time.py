"""Statements that are given up when they take too long, so that no list makes a person wait.

Only PostgreSQL can be told so; on SQLite, which is for as many runs as one group makes, all statements end.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest

T = TypeVar("T")
LONGEST = 20_000  # milliseconds, for who says to wait
CANCELLED = "57014"  # PostgreSQL's word for a statement that ran out of its time
# For a page of rows, looking up each beats reading all of another table, and so does it beat compiling the statement.
SETTINGS = {"random_page_cost": "1.1", "enable_mergejoin": "off", "enable_hashjoin": "off", "jit": "off"}
LIMIT = "SELECT set_config('statement_timeout', %s, TRUE)" + "".join(
    f", set_config('{name}', '{value}', TRUE)" for name, value in SETTINGS.items()
)
NO_LIMIT = "".join(f"SET LOCAL {name} TO DEFAULT;" for name in ("statement_timeout", *SETTINGS))


class TookTooLong(Exception):
    """The database was stopped before it had the answer."""


@dataclass(frozen=True, slots=True)
class Patience:
    """So many milliseconds from now on, for all that is asked; each counts ``pace`` times."""

    milliseconds: float
    pace: float = 1.0
    begin: float = field(default_factory=time.monotonic)

    @classmethod
    def of(cls, request: HttpRequest, milliseconds: float) -> "Patience":
        """That much where nobody says to ``wait``; more of it while the machine is busy, and all takes longer."""
        pace = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        return cls(LONGEST if request.GET.get("wait") else milliseconds * pace, pace)

    @property
    def left(self) -> float:
        """How many of them are left."""
        return self.milliseconds - (time.monotonic() - self.begin) * 1000

    def at_most(self, milliseconds: float) -> "Patience":
        """A share of it; all of it for who said to wait."""
        if self.milliseconds >= LONGEST:
            return self
        return Patience(min(self.left, milliseconds * self.pace), self.pace)

    def ask(self, question: Callable[[], T], most: float = float("inf")) -> T:
        """What ``question`` reads from the database; TookTooLong after ``most``, or when all time is over."""
        if connection.vendor != "postgresql":
            return question()
        try:
            return Patience(min(self.left, most * self.pace))._limited(question)
        except OperationalError as problem:
            if getattr(problem.__cause__, "sqlstate", "") == CANCELLED:
                raise TookTooLong from problem
            raise

    def _limited(self, question: Callable[[], T]) -> T:
        is_nested = connection.in_atomic_block
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(LIMIT, [str(max(1, round(self.left)))])
            with connection.execute_wrapper(self._unless_over):
                answer = question()
            if is_nested:  # a transaction of its own forgets it by itself
                cursor.execute(NO_LIMIT)
            return answer

    def _unless_over(self, execute: Callable[..., Any], *args: Any) -> Any:
        """The limit is that of one statement; this is the one of all."""
        if self.left <= 0:
            raise TookTooLong
        return execute(*args)
