"""Who registered a run, for whom, and under which terms its parts may be used."""

from rocrate_export import vocabulary
from rocrate_export.draft import Draft
from rocrate_export.graph import Reference
from rocrate_export.names import is_web_address, slug, uri_id

LICENSE_NAMES = {
    "Apache-2.0": "Apache License 2.0",
    "BSD-3-Clause": "BSD 3-Clause License",
    "CC-BY-4.0": "Creative Commons Attribution 4.0 International",
    "CC0-1.0": "Creative Commons Zero v1.0 Universal",
    "GPL-3.0-or-later": "GNU General Public License v3.0 or later",
    "MIT": "MIT License",
}


def add_people(draft: Draft) -> None:
    """The group as an organisation and the person who registered the run, if they are known."""
    record = draft.record
    if record.group:
        is_address = is_web_address(record.group_url)
        draft.group = draft.graph.add(
            uri_id(record.group_url) if is_address else draft.identifiers.of("group", record.group),
            "Organization",
            name=record.group,
            url=record.group_url if is_address else None,
        )
    if record.agent:
        person, orcid = record.agent, record.agent.orcid
        draft.agent = draft.graph.add(
            f"{vocabulary.ORCID}{orcid}" if orcid else draft.identifiers.of("person", person.name),
            "Person",
            name=person.name,
            affiliation=draft.group,
        )


def add_workflow_license(draft: Draft) -> Reference | None:
    """The licence of the workflow by its SPDX identifier."""
    identifier = draft.record.workflow.license if draft.record.workflow else ""
    if not identifier:
        return None
    uri = f"{vocabulary.SPDX}{slug(identifier)}"
    return draft.graph.add(
        uri,
        "CreativeWork",
        name=LICENSE_NAMES.get(identifier, identifier),
        identifier=identifier,
        url=uri,
        description=f"The licence with the SPDX identifier {identifier}.",
    )


def add_crate_license(draft: Draft) -> Reference:
    """The terms of the crate as a whole. A crate must have some; nobody stated any for the data."""
    owner = draft.record.group or (draft.record.agent.name if draft.record.agent else "its owner")
    return draft.graph.add(
        draft.identifiers.of("license", ""),
        "CreativeWork",
        name="No licence stated",
        description=(
            f"No licence is recorded for the files of this run: ask {owner} before you use them. "
            "The workflow has the licence that is named there, if any."
        ),
    )
