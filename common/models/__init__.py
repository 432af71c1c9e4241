"""Base classes of every record, and the tables that hang on any of them."""

from common.models.access import Ownable, OwnedQuerySet, Share, UserLike
from common.models.base import BaseModel, NameableAbstractBaseModel, SoftDeletable
from common.models.history import HistoryEvent, IdempotentAnswer, WorkerBeat
from common.models.remarks import Annotatable, Annotation, AnnotationType, Note, Noteable

__all__ = [
    "Annotatable",
    "Annotation",
    "AnnotationType",
    "BaseModel",
    "HistoryEvent",
    "IdempotentAnswer",
    "NameableAbstractBaseModel",
    "Note",
    "Noteable",
    "Ownable",
    "OwnedQuerySet",
    "Share",
    "SoftDeletable",
    "UserLike",
    "WorkerBeat",
]
