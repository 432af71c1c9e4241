"""What a Galaxy server answered, as it came: the values between the client and the translator. No Django."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class InvocationAnswer:
    """One invocation, and those of its subworkflows.

    ``invocation`` is ``GET /api/invocations/{id}?step_details=true``, ``workflow`` is
    ``GET /api/workflows/{workflow_id}?instance=true`` and ``definition`` the bytes of its ``.ga``
    (``/download?instance=true``): both are None where the key may not read the workflow, which an invocation that
    is shared alone allows. ``job_rows`` are the rows of ``GET /api/jobs?invocation_id=``. ``nested`` holds the
    invocations of subworkflows by their ids.
    """

    invocation: Json
    workflow: Json | None = None
    definition: bytes | None = None
    job_rows: tuple[Json, ...] = ()
    nested: Mapping[str, "InvocationAnswer"] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The invocation's encoded id; another kind of thing of the same server may have the same."""
        return str(self.invocation["id"])


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """Who answered: the server's base address without a final slash, its version, and who the key belongs to.

    ``user`` is empty for anonymous reading.
    """

    url: str
    version: str = ""
    user: Json = field(default_factory=dict)

    @property
    def is_admin(self) -> bool:
        """Whether the key reads as an administrator."""
        return bool(self.user.get("is_admin"))


@dataclass(frozen=True, slots=True)
class CollectionAnswer:
    """A collection (hdca): ``view=collection`` of it, and all its elements page by page.

    ``elements`` are as ``GET /api/dataset_collections/{id}/contents/{collection_id}`` gives them; an element that is
    a collection itself has its own below ``nested``, by the id of its ``object``.
    """

    collection: Json
    elements: tuple[Json, ...] = ()
    nested: Mapping[str, "CollectionAnswer"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DataAnswer:
    """What is known of the datasets that a run took in and made.

    ``datasets`` of histories (hda), ``collections`` (hdca) and ``library`` (ldda, the datasets of data libraries) are
    by their encoded ids, which each kind counts for itself. ``refused`` says why one could not be read: ``(src, id)``
    to Galaxy's sentence.
    """

    datasets: Mapping[str, Json] = field(default_factory=dict)
    collections: Mapping[str, CollectionAnswer] = field(default_factory=dict)
    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)
    library: Mapping[str, Json] = field(default_factory=dict)

    def dataset(self, src: str, identifier: str) -> Json | None:
        """What is known of a dataset, of a history or of a library."""
        return (self.library if src == "ldda" else self.datasets).get(identifier)
