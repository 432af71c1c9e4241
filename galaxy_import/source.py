"""Galaxy as a source of runs, as every source is. No Django.

Its importer, which the class names, has more than the seam offers: jobs that are known, datasets, Galaxy's own crate.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from tempfile import TemporaryFile
from typing import Any, BinaryIO, ClassVar

from galaxy_import import addresses
from galaxy_import.client import GalaxyClient
from galaxy_import.fetching import Fetcher
from galaxy_import.values import GalaxyRun
from run_sources.errors import AddressRefused, KeyRefused, NotFound
from run_sources.seam import RUN, Access, Address, CredentialField, FetchedRun

KINDS = {addresses.INVOCATION: RUN, addresses.HISTORY: "history", addresses.WORKFLOW: "workflow"}
LONGEST_ID = 64
LARGEST = 20 * 1024**3  # bytes of one file
KEY = CredentialField(
    "key", "API key", help="Made in Galaxy: User, Preferences, Manage API key.", secret=True, required=True
)


class GalaxySource:
    """The invocations that somebody may read on one Galaxy server."""

    name: ClassVar[str] = "galaxy"
    title: ClassVar[str] = "Galaxy"
    examples: ClassVar[tuple[str, ...]] = (
        "https://usegalaxy.eu/workflows/invocations/3f5830403180d620",
        "https://usegalaxy.eu/histories/view?id=0a248a1f62a0cc04",
        "https://usegalaxy.eu/published/workflow?id=0a248a1f62a0cc04",
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (KEY,)
    wants_credentials: ClassVar[bool] = False
    importer: ClassVar[str] = "galaxy_import.carrying_out.imports.GalaxyImporter"

    @classmethod
    def read_address(cls, text: str) -> Address | None:
        """What a copied address names; None where it is none of Galaxy's."""
        try:
            return read_address(text)
        except AddressRefused:
            return None

    @classmethod
    def read_id(cls, base: str, text: str) -> Address:
        """An invocation by its encoded id. AddressRefused."""
        if not addresses.is_id(text):
            raise AddressRefused("An invocation of Galaxy has an id of 16 or more of 0-9 and a-f.")
        return Address(base, text, page=addresses.page_of_invocation(base, text))

    def __init__(self, access: Access) -> None:
        self._progress = access.progress
        self.client = client_of(access, limits=access.limits, check=access.check, on_answer=access.on_answer)

    def close(self) -> None:
        """Let go of connections."""
        self.client.close()

    def whoami(self) -> str:
        """The e-mail address or the name; KeyRefused where the key signs nobody in."""
        user = self.client.whoami()
        if not user.get("id"):
            raise KeyRefused(
                f"{self.client.base} signs nobody in with this key: "
                "make one in Galaxy (User, Preferences, Manage API key)"
            )
        return str(user.get("email") or user.get("username") or user["id"])

    def list_run_ids(self, kind: str, external_id: str) -> Iterator[str]:
        """The invocations of a history, or those of a workflow that are one's own."""
        return run_ids(self.client, kind, external_id)

    def fetch(self, external_id: str) -> FetchedRun:
        """An invocation, whole, with its datasets."""
        return _fetched(Fetcher(self.client, progress=self._progress).fetch(external_id).run)

    def open_file(self, external_id: str, path: str) -> AbstractContextManager[BinaryIO]:
        """The content of one of its datasets."""
        run = Fetcher(self.client, progress=self._progress).fetch(external_id).run
        found = next((file.id for one in run.data for file in one.files if file.path == path), None)
        if found is None:
            raise NotFound(f"Invocation {external_id} has no file {path}.")
        return _content(self.client, found)


def read_address(text: str) -> Address:
    """What a copied address names; AddressRefused, with the forms that are understood."""
    found = addresses.read_address(text)
    if len(found.id) > LONGEST_ID:
        raise AddressRefused("is longer than any address of Galaxy: look what was copied")
    return Address(found.base, found.id, KINDS[found.kind], found.page)


def read_galaxy(text: str) -> tuple[str, Address]:
    """As above, with the source that it is of: how the door for Galaxy alone reads what is pasted."""
    return GalaxySource.name, read_address(text)


def client_of(access: Access, **options: Any) -> GalaxyClient:
    """A client that asks with the key of an access."""
    key = access.credentials.get(KEY.name, "")
    return GalaxyClient(access.base, key, allow_private=access.allow_private, **options)


def run_ids(client: GalaxyClient, kind: str, external_id: str) -> Iterator[str]:
    """The invocations of a history, or those of a workflow that are one's own."""
    listed: dict[str, Callable[[str], Iterator[str]]] = {
        KINDS[addresses.HISTORY]: client.invocations_of_history,
        KINDS[addresses.WORKFLOW]: client.invocations_of_workflow,
    }
    return listed[kind](external_id)


def _fetched(run: GalaxyRun) -> FetchedRun:
    workflow, files = run.record.workflow, {}
    if workflow is not None and workflow.main_file is not None and run.definition is not None:
        files = {workflow.main_file.path: run.definition}
    return FetchedRun(run.record, has_ended=run.has_ended, remarks=run.remarks, files=files)


@contextmanager
def _content(client: GalaxyClient, dataset_id: str) -> Iterator[BinaryIO]:
    with TemporaryFile() as stream:
        client.download(dataset_id, stream, limit=LARGEST)
        stream.seek(0)
        yield stream
