"""The sources that RUN_SOURCES names, each with its class; one that cannot be loaded says why, and the others go on."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from run_sources.errors import AddressRefused, SourceError
from run_sources.seam import Address, CredentialField, RunSource

logger = logging.getLogger(__name__)

LONGEST_PAGE = 1000  # characters


class SourceNotThere(SourceError):
    """This installation cannot read runs of this source."""

    code = "source_unavailable"


@dataclass(frozen=True, slots=True)
class Source:
    """A source by its name: its class, and in ``problem`` a sentence why there is none, or why it cannot ask."""

    name: str
    kind: type[RunSource] | None = None
    problem: str = ""

    @property
    def title(self) -> str:
        """What people call it."""
        return self.kind.title if self.kind else self.name

    @property
    def examples(self) -> tuple[str, ...]:
        """Addresses that it understands."""
        return self.kind.examples if self.kind else ()

    @property
    def credential_fields(self) -> tuple[CredentialField, ...]:
        """What is stored for a server."""
        return self.kind.credential_fields if self.kind else ()

    @property
    def what_is_stored(self) -> str:
        """What people call that: a key where it is one thing."""
        return "key" if len(self.credential_fields) == 1 else "credentials"

    def loaded(self) -> type[RunSource]:
        """Its class; SourceNotThere where there is none, or it cannot ask."""
        if self.kind is None or self.problem:
            raise SourceNotThere(self.problem)
        return self.kind

    def read_told(self, text: str) -> Address | None:
        """What an address names of which somebody said that it is of this source, which then may claim more forms.

        None where it is none all the same; AddressRefused as ``read_address``.
        """
        if self.kind is None:
            return None
        read: Callable[[str], Address | None]
        read = getattr(self.kind, "read_told_address", None) or self.kind.read_address
        return read(text)

    def read_id(self, base: str, text: str) -> Address:
        """What an identifier names at the server ``base``; AddressRefused where it is none of this source's."""
        own = getattr(self.kind, "read_id", None)
        found: Address = own(base, text) if own else Address(base, text)
        return found

    def page_of(self, base: str, external_id: str) -> str:
        """Where a run is looked at; its identifier where that is not known."""
        try:
            page = self.read_id(base, external_id).page
        except AddressRefused:
            page = ""
        return (page or external_id)[:LONGEST_PAGE]


def source_named(name: str) -> Source:
    """The source of this name, also of one that is no longer in RUN_SOURCES, as rows may speak of it."""
    path = settings.RUN_SOURCES.get(name)
    if path is None:
        return Source(
            name, problem=f"This registry no longer takes runs from {name!r}: ask your administrator."
        )
    return _loaded(name, path)


def every_source() -> list[Source]:
    """All that RUN_SOURCES names, in its order."""
    return [source_named(name) for name in settings.RUN_SOURCES]


def choice(source: str, name: str) -> Any:
    """A setting that a source may have for itself, ``GALAXY_FOLLOW_DAYS``; else that for all, ``RUN_FOLLOW_DAYS``."""
    return getattr(settings, f"{source.upper()}_{name}", getattr(settings, f"RUN_{name}", None))


def asks_any_public(source: str) -> bool:
    """Whether users may name any server of this source that has a public address."""
    own = getattr(settings, f"{source.upper()}_ANY_PUBLIC", False)
    return bool(own) or source in settings.RUN_ANY_PUBLIC


def listed_in_settings() -> Mapping[str, list[str]]:
    """The servers that settings name, by their sources: ``RUN_SERVERS`` has ``reana=https://reana.cern.ch``."""
    found: dict[str, list[str]] = {
        name: list(getattr(settings, f"{name.upper()}_SERVERS", [])) for name in settings.RUN_SOURCES
    }
    for entry in settings.RUN_SERVERS:
        name, _, address = entry.partition("=")
        if name in found and address:
            found[name].append(address)
        else:
            known = ", ".join(settings.RUN_SOURCES)
            logger.error("RUN_SERVERS: %r is not SOURCE=ADDRESS with one of %s", entry, known)
    return found


@cache
def _loaded(name: str, path: str) -> Source:
    """Imported once; what is missing then is missing until the registry is started anew."""
    try:
        kind = import_string(path)
    except ImportError as problem:
        logger.warning("The source %s cannot be loaded from %s: %s", name, path, problem)
        missing = getattr(problem, "name", None) or path
        return Source(
            name,
            problem=f"Runs of {name} cannot be imported here: {missing} is not installed. Ask your administrator.",
        )
    unavailable = getattr(kind, "unavailable", None)  # a source whose library may be missing has it
    return Source(name, kind, unavailable() if unavailable else "")
