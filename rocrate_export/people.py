"""Who ran a run, who registered it and for whom, and under which terms its parts may be used."""

import re
from collections.abc import Hashable, Sequence
from typing import Any

from rocrate_export import vocabulary
from rocrate_export.confidential import without_secrets
from rocrate_export.draft import Draft
from rocrate_export.graph import Reference
from rocrate_export.names import is_web_address, uri_id
from rocrate_export.wording import NO_LICENSE
from workflows.records import PersonRecord

LICENSE_NAMES = {
    "Apache-2.0": "Apache License 2.0",
    "BSD-3-Clause": "BSD 3-Clause License",
    "CC-BY-4.0": "Creative Commons Attribution 4.0 International",
    "CC0-1.0": "Creative Commons Zero v1.0 Universal",
    "GPL-3.0-or-later": "GNU General Public License v3.0 or later",
    "MIT": "MIT License",
}
_SPDX_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")


def add_people(draft: Draft) -> None:
    """The group as an organisation, those whom the source names, and who registered the run."""
    record = draft.record
    if record.group:
        draft.group = _add_organization(draft, record.group, record.group_url)
    draft.people = [add_person(draft, one) for one in record.people]
    draft.registrar = _add_registrar(draft, record.agent) if record.agent else None
    named = zip(record.people, draft.people, strict=True)
    ran = [reference for one, reference in named if one.role == "agent"]
    draft.agent = ran or ([draft.registrar] if draft.registrar else [])


def _add_registrar(draft: Draft, agent: PersonRecord) -> Reference:
    """Who registered the run: one of those whom the source names, or a person of the group."""
    for one, reference in zip(draft.record.people, draft.people, strict=True):
        if (one.orcid or one.name) == (agent.orcid or agent.name):
            return reference
    return add_person(draft, agent, draft.group)


def add_person(draft: Draft, person: PersonRecord, affiliation: Reference | None = None) -> Reference:
    """A person by their ORCID, else by their name. ``affiliation`` is theirs where the record names none."""
    if person.affiliation:
        affiliation = _add_organization(draft, person.affiliation)
    known = (person.name, person.orcid, person.affiliation, person.url)
    address = uri_id(f"{vocabulary.ORCID}{person.orcid}") if person.orcid else ""
    is_first = draft.owns(address, "person", known)
    return draft.graph.add(
        address if is_first else draft.identifiers.of("person", person.name, known),
        "Person",
        name=person.name,
        url=without_secrets(person.url),
        affiliation=affiliation,
        identifier=None if is_first else address,
    )


def _add_organization(draft: Draft, name: str, url: str = "") -> Reference:
    """An organisation; it is the run's group if it has its name."""
    if draft.group and name == draft.record.group:
        return draft.group
    address = uri_id(url) if is_web_address(url) else ""
    is_address = draft.owns(address, "group", name)
    return draft.graph.add(
        address if is_address else draft.identifiers.of("group", name),
        "Organization",
        name=name,
        url=url if address else None,
    )


def credits_of(
    draft: Draft, people: Sequence[PersonRecord], references: Sequence[Reference], plain: str = ""
) -> dict[str, list[Reference]]:
    """Who made something, as properties of it: in plain terms, and each with the role that is recorded.

    ``plain`` is the role that one without a role counts as.
    """
    named = list(zip(people, references, strict=True))
    by_role = {role: _once(one for who, one in named if (who.role or plain) == role) for role in _PLAIN_ROLES}
    roles = [_add_role(draft, who, one, (number, plain)) for number, (who, one) in enumerate(named)]
    return {**by_role, "contributor": roles}


_PLAIN_ROLES = ("author", "creator")


def _add_role(draft: Draft, person: PersonRecord, reference: Reference, key: Hashable) -> Reference:
    """What a person did, in the way of schema.org: a Role between the thing and the person."""
    return draft.graph.add(
        draft.identifiers.of("role", person.role or person.name, key),
        "Role",
        name=f"{person.name}, {person.role}" if person.role else person.name,
        roleName=person.role,
        contributor=reference,
    )


def _once(references: Any) -> list[Reference]:
    return list({one["@id"]: one for one in references}.values())


def add_license(draft: Draft, text: str) -> Reference | None:
    """A licence by its SPDX identifier or its address; None for an empty text."""
    if not text:
        return None
    is_spdx = bool(_SPDX_IDENTIFIER.fullmatch(text))
    address = f"{vocabulary.SPDX}{text}" if is_spdx else uri_id(text) if is_web_address(text) else ""
    kind = "with the SPDX identifier" if is_spdx else "that is recorded as"
    return draft.graph.add(
        address if draft.owns(address, "license", text) else draft.identifiers.of("license", text),
        "CreativeWork",
        name=LICENSE_NAMES.get(text, text),
        identifier=text,
        url=address,
        description=f"The licence {kind} {text}.",
    )


def add_crate_license(draft: Draft) -> Reference:
    """The terms of the crate as a whole: those of the run's data. A crate must have some."""
    stated = add_license(draft, draft.record.license)
    if stated:
        return stated
    owner = draft.record.group or (draft.record.agent.name if draft.record.agent else "its owner")
    return draft.graph.add(
        draft.identifiers.of("license", ""),
        "CreativeWork",
        name=NO_LICENSE,
        description=(
            f"No licence is recorded for the files of this run: ask {owner} before you use them. "
            "The workflow has the licence that is named there, if any."
        ),
    )
