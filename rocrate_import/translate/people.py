"""People whom a crate names: who ran the run, who wrote the workflow, who made the crate."""

import re
from collections.abc import Iterable, Iterator

from rocrate_import.translate.graph import Entity, is_a, text, values
from rocrate_import.translate.properties import first_text
from rocrate_import.translate.reading import Reading
from workflows.records import PersonRecord

_ORCID = re.compile(r"(?:^|orcid\.org/|orcid:)(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?$", re.IGNORECASE)
_MOST = 1000
AGENT = "agent"


def people_of(reading: Reading, sources: Iterable[tuple[Entity, str, str]]) -> tuple[PersonRecord, ...]:
    """The people that properties name: entity, property, role. Each once in each role.

    Where an entity has Roles as contributors, those tell all there is, in their order. A crate of ours without
    them names who registered the run there as its agent, and nobody else.
    """
    told = list(sources)
    roles = [one for entity in _once(entity for entity, _, _ in told) for one in _roles(reading, entity)]
    if roles:
        return tuple(filter(None, (_of_role(reading, one) for one in roles)))
    if reading.is_ours:
        told = [source for source in told if source[2] == AGENT]
    found = (person for entity, name, role in told for person in _named(reading, entity, name, role))
    return tuple(dict.fromkeys(found))[:_MOST]


def _once(entities: Iterable[Entity]) -> list[Entity]:
    return list({one["@id"]: one for one in entities}.values())


def _roles(reading: Reading, entity: Entity) -> list[Entity]:
    return [one for one in reading.graph.linked(entity, "contributor") if is_a(one, "Role")]


def _of_role(reading: Reading, role: Entity) -> PersonRecord | None:
    people = reading.graph.linked(role, "contributor")
    return person_of(reading, people[0], text(role, "roleName")) if people else None


def _named(reading: Reading, entity: Entity, name: str, role: str) -> Iterator[PersonRecord]:
    for one in values(entity, name):
        known = reading.graph.get(one["@id"]) if isinstance(one, dict) else None
        if known is not None:
            if not is_a(known, "SoftwareApplication", "SoftwareSourceCode"):
                yield person_of(reading, known, role)
        else:
            told = one["@id"] if isinstance(one, dict) else str(one)
            if told.strip():
                yield PersonRecord(reading.name(told, entity["@id"]), orcid=_orcid(told), role=role)


def person_of(reading: Reading, entity: Entity, role: str) -> PersonRecord:
    """A person, or an organisation that stands in a person's place."""
    identifier = entity["@id"]
    orcids = (_orcid(one) for one in (identifier, first_text(reading.graph, entity, "identifier")))
    whole = " ".join(filter(None, (text(entity, "givenName"), text(entity, "familyName"))))
    return PersonRecord(
        name=reading.name(text(entity, "name") or whole or identifier, identifier),
        orcid=next(filter(None, orcids), "") or _written_orcid(reading, identifier),
        affiliation=reading.name(_affiliation(reading, entity), identifier, "affiliation"),
        url=reading.remarks.cut(first_text(reading.graph, entity, "url"), 2000, identifier, "address"),
        role=role,
    )


def _affiliation(reading: Reading, entity: Entity) -> str:
    known = reading.graph.linked(entity, "affiliation")
    return text(known[0], "name") if known else text(entity, "affiliation")


def _orcid(told: str) -> str:
    found = _ORCID.search(told)
    return found[1].upper() if found else ""


def _written_orcid(reading: Reading, identifier: str) -> str:
    """What stands for an ORCID in a crate of our own, whether or not it is a valid one."""
    return (
        identifier.removeprefix("https://orcid.org/")
        if reading.is_ours and "orcid.org/" in identifier
        else ""
    )
