"""A source's tags as annotations: of what holds a run on the run, of a workflow on the version that ran."""

from collections.abc import Iterable
from typing import Any

from common.bulk import insert_rows
from common.identifiers import uuid7_batch
from common.models import Annotation, AnnotationType
from data_management.services import Ownership

TYPE = "tag"
MADE = {"multiple": True, "help_text": "A word to find things by. Tags of Galaxy come in as such."}


def tag(record: Any, tags: Iterable[str], ownership: Ownership) -> int:
    """Annotate a record with the tags that it does not have; returns how many that were. Within a transaction.

    The type is made on first use. One of that name that administrators made for something else is left alone, and
    nothing is annotated.
    """
    wanted = list(dict.fromkeys(tags))
    kind = _type() if wanted else None
    if kind is None or not kind.multiple or kind.value_type != AnnotationType.ValueType.TEXT:
        return 0
    about = {"kind": record.record_kind(), "object_id": record.pk}
    here = set(Annotation.objects.filter(annotation_type=kind, **about).values_list("value", flat=True))
    new = [one for one in wanted if one not in here]
    rows = zip(uuid7_batch(len(new)), new, strict=True)
    insert_rows(
        Annotation, ("id", "value"), rows, annotation_type_id=kind.pk, **about, **ownership.authorship()
    )
    return len(new)


def _type() -> AnnotationType:
    """The constraint decides who comes first: the other one finds what that one made."""
    return AnnotationType.objects.get_or_create(name=TYPE, defaults=MADE)[0]
