"""The events of one request, read: each a record, or with what is wrong with it."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.utils import timezone
from rest_framework import serializers

from common.errors import InvalidInput, Violation
from workflows.event_serializers import NewEventSerializer
from workflows.jobs.parsers import NotJSON
from workflows.records import EventRecord

MOST_EVENTS = 10_000
MOST_TOLD = 1000  # errors of one request
LARGEST_DATA = 64 * 1024  # bytes of JSON


def read_events(given: Any) -> list[EventRecord]:
    """One event, or a list of them; InvalidInput names every row in which something is wrong."""
    rows = given if isinstance(given, list) else [given]
    if not rows:
        raise InvalidInput([Violation("events", "must have at least one event")])
    if len(rows) > MOST_EVENTS:
        raise InvalidInput(
            [
                Violation(
                    "events", f"must have at most {MOST_EVENTS:,} events; send the rest in another request"
                )
            ]
        )
    reader = EventReader(is_list=isinstance(given, list))
    events = [reader.read(index, row) for index, row in enumerate(rows)]
    if reader.refused:
        raise InvalidInput(reader.refused[:MOST_TOLD])
    return events


class EventReader:
    """Reads rows by the fields of ``NewEventSerializer``; what is wrong with them gathers in ``refused``."""

    def __init__(self, *, is_list: bool) -> None:
        self._fields = dict(NewEventSerializer().fields)
        self._is_list, self._now = is_list, timezone.now()
        self.refused: list[Violation] = []

    def read(self, index: int, row: Any) -> EventRecord:
        """The event of a row."""
        given: dict[str, Any] = {"at": self._now}
        if isinstance(row, NotJSON):
            self._wrong(index, "", str(row))
        elif not isinstance(row, Mapping):
            self._wrong(index, "", "must be an object")
        else:
            for name, value in row.items():
                self._member(index, name, value, given)
            if not any(given.get(name) for name in ("type", "category", "message")):
                self._wrong(
                    index, "type", "give a type, a category or a message: an event says what happened"
                )
        return EventRecord(**given)

    def _member(self, index: int, name: str, value: Any, given: dict[str, Any]) -> None:
        if name not in self._fields:
            return self._wrong(index, name, f"is not known; known are {', '.join(sorted(self._fields))}")
        try:
            given[name] = self._fields[name].run_validation(value)
        except serializers.ValidationError as problem:
            return self._wrong(index, name, _first_of(problem.detail))
        except OverflowError:
            return self._wrong(index, name, "is beyond what can be kept")
        if name == "data" and len(orjson.dumps(given[name])) > LARGEST_DATA:
            self._wrong(index, name, f"must have at most {LARGEST_DATA // 1024} kB as JSON")

    def _wrong(self, index: int, name: str, sentence: str) -> None:
        place = f"events[{index}]" if self._is_list else ""
        self.refused.append(Violation(".".join(filter(None, [place, name])) or "request", sentence))


def _first_of(detail: Any) -> str:
    """The first sentence of DRF's nested details."""
    while isinstance(detail, dict | list):
        detail = next(iter(detail.values())) if isinstance(detail, dict) else detail[0]
    return str(detail)
