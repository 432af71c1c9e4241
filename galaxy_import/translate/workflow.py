"""The workflow, in the version that ran."""

import hashlib
import re

from galaxy_import.answers import Json
from galaxy_import.translate.paths import safe_part
from galaxy_import.translate.plan import Plan
from galaxy_import.translate.reading import NAME, cut, mapping, number, objects, text
from workflows.records import Engine, FileType, PersonRecord, WorkflowFileRecord, WorkflowRecord

_ORCID = re.compile(r"(?:^|orcid\.org/|orcid:)(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?$", re.IGNORECASE)
_LONGEST_URL = 1000
_LONGEST_LICENSE = 100
_MOST_CREATORS = 1000


def workflow_of(plan: Plan) -> WorkflowRecord | None:
    """The version that ran; None where the key may not read it.

    ``version`` counts from 1, as Galaxy's pages do (its API counts from 0). ``commit_hash`` is the version's own UUID.
    Name, annotation and licence are of today: Galaxy keeps no earlier ones.
    """
    stored, content = plan.root.workflow, plan.root.definition
    whole = plan.definition.whole
    if not isinstance(stored, dict) and not whole:
        return None
    known = stored if isinstance(stored, dict) else {}
    name = text(known, "name", NAME) or text(whole, "name", NAME) or "Workflow"
    return WorkflowRecord(
        name=name,
        version=version_of_workflow(known, whole),
        engine=Engine.GALAXY,
        description=text(known, "annotation") or text(whole, "annotation"),
        license=text(whole, "license", _LONGEST_LICENSE) or text(known, "license", _LONGEST_LICENSE),
        repository_url=_repository(known, whole),
        commit_hash=text(whole, "uuid", 64),
        source_url=page_of_workflow(plan.server.url, known),
        creators=_creators(known, whole),
        files=(_file(name, content),) if content and whole else (),
    )


def version_of_workflow(stored: Json, whole: Json) -> str:
    """The number of the version, as Galaxy's pages count; empty where it is not known."""
    counted = number(whole, "version", 2**31)
    counted = number(stored, "version", 2**31) if counted is None else counted
    return str(counted + 1) if counted is not None and counted >= 0 else ""


def page_of_workflow(base: str, stored: Json) -> str:
    """The page on which Galaxy shows the workflow."""
    identifier = text(stored, "id", 64)
    return f"{base}/published/workflow?id={identifier}"[:_LONGEST_URL] if identifier else ""


def _file(name: str, content: bytes) -> WorkflowFileRecord:
    return WorkflowFileRecord(
        path=f"{safe_part(name)}.ga",
        data_type=FileType.MAIN,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _repository(stored: Json, whole: Json) -> str:
    """Where the workflow itself was imported from, if Galaxy knows that."""
    sources = (mapping(stored, "source_metadata"), mapping(whole, "source_metadata"))
    told = (text(one, key) for one in sources for key in ("url", "trs_url"))
    return next(
        (one for one in told if one.startswith(("https://", "http://")) and len(one) <= _LONGEST_URL), ""
    )


def _creators(stored: Json, whole: Json) -> tuple[PersonRecord, ...]:
    told = list(objects(whole, "creator")) or list(objects(stored, "creator"))
    people = (_person(one) for one in told[:_MOST_CREATORS])
    return tuple(dict.fromkeys(person for person in people if person.name))


def _person(told: Json) -> PersonRecord:
    """A person or an organisation; both stand as creators in Galaxy."""
    whole = " ".join(filter(None, (text(told, "givenName"), text(told, "familyName"))))
    orcid = _ORCID.search(text(told, "identifier"))
    return PersonRecord(
        name=cut(text(told, "name") or whole or text(told, "identifier"), NAME),
        orcid=orcid[1].upper() if orcid else "",
        url=text(told, "url", 2000),
        role="creator",
    )
