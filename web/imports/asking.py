"""Asking for many runs at once: a line that is refused keeps none of the others from being imported."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from common.errors import InvalidInput, RegistryError
from run_import.models import RunImport

Asks = Callable[[Sequence[str]], list[RunImport]]


@dataclass(slots=True)
class Outcome:
    """The imports that are under way now, and why each other line was refused."""

    wanted: list[RunImport] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Outcome") -> "Outcome":
        """With what became of other lines."""
        self.wanted += other.wanted
        self.refused |= other.refused
        return self


def ask_for_each(lines: Sequence[str], ask: Asks) -> Outcome:
    """Ask for all that can be asked for. InvalidInput for what concerns no single line."""
    if not lines:
        return Outcome()
    try:
        return Outcome(ask(lines))
    except InvalidInput as problem:
        refused = _by_line(lines, problem)
        rest = [line for line in lines if line not in refused]
        return Outcome(refused=refused).add(ask_for_each(rest, ask))
    except RegistryError as problem:
        # It does not say which line it is about: the half without that line is not refused.
        if len(lines) == 1:
            return Outcome(refused={lines[0]: problem.message})
        middle = len(lines) // 2
        return ask_for_each(lines[:middle], ask).add(ask_for_each(lines[middle:], ask))


def _by_line(lines: Sequence[str], problem: InvalidInput) -> dict[str, str]:
    places = [(one.field.partition(".")[2], one.message) for one in problem.violations]
    if not places or not all(place.isdigit() for place, _ in places):
        raise problem
    return {lines[int(place)]: message for place, message in places}
