"""What was asked of a REANA server about one run, before it is translated."""

from dataclasses import dataclass, field

from run_sources.reana.reading import Json


@dataclass(frozen=True, slots=True)
class RunName:
    """The parts of ``name.major`` or ``name.major.minor``; the second is a restart. Names may have dots themselves."""

    name: str
    major: int | None = None
    minor: int | None = None

    @property
    def number(self) -> str:
        """The run's number, as people write it."""
        return ".".join(str(part) for part in (self.major, self.minor) if part is not None)

    @property
    def original(self) -> str:
        """What a restart restarts, by its name."""
        return f"{self.name}.{self.major}"


@dataclass(frozen=True, slots=True)
class Told:
    """The answers about one run. What could not be read is None; ``state`` is a row of the list, or the status.

    ``rerun_of`` is the UUID of the run that this one restarts.
    """

    base: str
    run_id: str
    name: RunName
    state: Json
    specification: Json | None = None
    parameters: Json | None = None
    retention: Json | None = None
    sharing: Json | None = None
    usage: Json | None = None
    account: Json = field(default_factory=dict)
    cluster: Json = field(default_factory=dict)
    rerun_of: str = ""
