"""A Galaxy server, asked over HTTP; what it answers is in ``galaxy_import.answers``. No database, no Django."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Self

from common.outgoing import Limits
from galaxy_import.answers import DataAnswer, InvocationAnswer, Json, ServerAnswer
from galaxy_import.client.crates import CrateRequest, fetch_crate, request_crate
from galaxy_import.client.datasets import read_data
from galaxy_import.client.errors import CrateUnavailable
from galaxy_import.client.invocations import read_invocation
from galaxy_import.client.jobs import read_jobs
from galaxy_import.client.listing import invocation_ids
from galaxy_import.client.reading import as_objects, get_if_allowed, get_object, path_to
from galaxy_import.client.session import Session, pause_for
from galaxy_import.values import DataReference
from run_sources.errors import AnswerNotUnderstood, KeyRefused, NotFound, NotReadable, ServerTooOld
from run_sources.http.downloading import Download, Downloaded

__all__ = ["CrateRequest", "CrateUnavailable", "Downloaded", "GalaxyClient"]

OLDEST = (
    22,
    5,
)  # older ones cannot pack a run, and answer in another way; what is older than 24.2 is untested
LONGEST_VERSION = 60  # characters
CRATE_PATIENCE = 600.0  # seconds


class GalaxyClient:
    """One Galaxy server, as it answers to one key, or to nobody.

    ``base`` is the server's address, ``allow_private`` says that an administrator listed it. At most ``at_once``
    requests are under way. ``check`` is called between requests and in pauses, and raises to stop the work;
    ``on_answer`` gets the path, status and body of every JSON answer, refusals too. Both are called in the thread that
    calls or iterates. Every method raises SourceError.
    """

    def __init__(
        self,
        base: str,
        key: str = "",
        *,
        allow_private: bool = False,
        at_once: int = 3,
        limits: Limits | None = None,
        pause: Callable[[float], None] = pause_for,
        on_answer: Callable[[str, int, Any], None] | None = None,
        check: Callable[[], None] | None = None,
    ) -> None:
        self.session = Session(
            base, key, allow_private=allow_private, at_once=at_once, limits=limits, pause=pause,
            on_answer=on_answer, check=check,
        )  # fmt: skip
        self.base = self.session.base

    def __repr__(self) -> str:
        return f"GalaxyClient({self.base!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of its connections."""
        self.session.close()

    def server(self) -> ServerAnswer:
        """Which version answers, and to whom. ServerTooOld, KeyRefused."""
        told = get_if_allowed(self.session, path_to("version")) or {}
        parts = (str(told[part]) for part in ("version_major", "version_minor") if told.get(part))
        version = re.sub(r"[^\w.+-]", "", ".".join(parts))[:LONGEST_VERSION]
        self._require(str(told.get("version_major") or ""))
        return ServerAnswer(url=self.base, version=version, user=self.whoami())

    def whoami(self) -> Json:
        """The account of the key; ``{}`` without a key. KeyRefused."""
        if not self.session.has_key:
            return {}
        user = get_object(self.session, path_to("users", "current"))
        if not user.get("id"):  # Galaxy answers to nobody, too, with how much disk nobody uses
            raise KeyRefused(
                f"{self.base} does not take the API key for anybody's. Copy it again, and store it here."
            )
        self.session.account = "".join(
            filter(str.isprintable, str(user.get("email") or user.get("username") or ""))
        )[:255]
        return user

    def invocation(self, invocation_id: str) -> InvocationAnswer:
        """An invocation, its workflow where that may be read, and those of its subworkflows."""
        return read_invocation(self.session, invocation_id)

    def history(self, history_id: str) -> Json | None:
        """A history; None where it may not be read."""
        return get_if_allowed(self.session, path_to("histories", history_id))

    def invocations(self) -> Iterator[str]:
        """The ids of one's own invocations."""
        return invocation_ids(self.session)

    def invocations_of_history(self, history_id: str) -> Iterator[str]:
        """The ids of the invocations in a history."""
        return invocation_ids(self.session, history_id=history_id)

    def invocations_of_workflow(self, workflow_id: str) -> Iterator[str]:
        """The ids of one's own invocations of a stored workflow, whichever version of it ran."""
        return invocation_ids(self.session, workflow_id=workflow_id)

    def jobs(self, references: Iterable[str]) -> Iterator[tuple[Json, list[Json]]]:
        """Detail and metrics of each job, in order; ``({}, [])`` for one that cannot be read."""
        return read_jobs(self.session, references)

    def data(self, references: Sequence[DataReference]) -> DataAnswer:
        """Datasets and collections with their elements; what may not be read is told as such."""
        return read_data(self.session, references)

    def metrics(self, invocation_id: str) -> list[Json] | None:
        """All metrics of an invocation: right for an administrator's key only. None where they may not be read."""
        path = path_to("invocations", invocation_id, "metrics")
        try:
            return as_objects(self.session.get(path), self.session, path)
        except (NotReadable, NotFound):
            return None

    def download(
        self,
        dataset_id: str,
        write: BinaryIO,
        *,
        offset: int = 0,
        etag: str = "",
        limit: int,
        told: Callable[[str, int | None], None] | None = None,
        packed: bool = False,
    ) -> Downloaded:
        """The content of a dataset into ``write``, which can seek and already holds ``offset`` bytes marked ``etag``.

        ``told`` gets the etag and the size in bytes of what is coming, before it is written. ``limit`` is in bytes:
        TooLarge. NotReadable where Galaxy has no content to give. ``packed`` asks for a zip of a dataset of several
        files; of others it is the same.
        """
        path = path_to("datasets", dataset_id, "display", **({"to_ext": "data"} if packed else {}))
        return Download(self.session, path, write, limit, told).fetch(offset, etag)

    def request_crate(self, invocation_id: str) -> CrateRequest:
        """Have Galaxy pack its own RO-Crate. CrateUnavailable."""
        return request_crate(self.session, invocation_id)

    def fetch_crate(
        self, request: CrateRequest, write: BinaryIO, *, limit: int, patience: float = CRATE_PATIENCE
    ) -> Downloaded:
        """Wait for that crate, ``patience`` seconds at most, and write it. CrateUnavailable."""
        return fetch_crate(self.session, request, write, limit=limit, patience=patience)

    def _require(self, major: str) -> None:
        found = re.match(r"(\d+)\.(\d+)", major)
        if not found:
            raise AnswerNotUnderstood(f"{self.base} does not say which Galaxy it is: look whether it is one.")
        if (int(found[1]), int(found[2])) < OLDEST:
            raise ServerTooOld(
                f"{self.base} is Galaxy {major}, and runs can be imported from 22.05 on. Ask its administrators for a "
                "newer one."
            )
