"""REANA as a source of runs: the client and the translation, joined."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, ClassVar

from run_sources.errors import NotFound
from run_sources.reana.addresses import EXAMPLES, address_of, is_uuid, read_address
from run_sources.reana.asking import ask_about, resolve
from run_sources.reana.client import ReanaClient
from run_sources.reana.jobs import JobsAndLogs
from run_sources.reana.listing import Listing
from run_sources.reana.reading import Json, text
from run_sources.reana.session import ReanaSession
from run_sources.reana.translate.run import run_record
from run_sources.reana.translate.statuses import has_ended
from run_sources.reana.translate.workflow import declared_files, workflow_files
from run_sources.seam import Access, Address, CredentialField, FetchedRun, Silent

TOKEN, AUTHORITY = "token", "ca_certificate"


class ReanaSource:
    """The runs of a REANA server, as the owner of a token sees them."""

    name: ClassVar[str] = "reana"
    title: ClassVar[str] = "REANA"
    examples: ClassVar[tuple[str, ...]] = EXAMPLES
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(TOKEN, "Access token", "Shown on your profile page of the REANA server."),
        CredentialField(
            AUTHORITY,
            "Certificate of the server's authority",
            "Only for a server whose certificate no browser knows: the authority's certificate, in PEM "
            "(-----BEGIN CERTIFICATE-----). Its administrators have it.",
            secret=False,
            required=False,
        ),
    )
    wants_credentials: ClassVar[bool] = True

    @classmethod
    def read_address(cls, text: str) -> Address | None:
        """What a copied address names; None where it is none of REANA's."""
        return read_address(text)

    @classmethod
    def read_id(cls, base: str, text: str) -> Address:
        """A run by its UUID, or by its name with or without a number; a name has no page."""
        return address_of(base, text)

    def __init__(self, access: Access) -> None:
        self.access, self.progress = access, access.progress or Silent()
        self.session = ReanaSession(
            access.base,
            access.credentials.get(TOKEN, ""),
            ca_certificate=access.credentials.get(AUTHORITY, ""),
            allow_private=access.allow_private,
            limits=access.limits,
            on_answer=access.on_answer,
            check=access.check,
        )
        self.client = ReanaClient(self.session)

    def close(self) -> None:
        """Let go of connections."""
        self.session.close()

    def whoami(self) -> str:
        """The token's owner, by address; ``KeyRefused``. Empty without a token."""
        return text(self.client.account(), "email", 255) if self.session.has_key else ""

    def list_run_ids(self, kind: str, external_id: str) -> Iterator[str]:
        """The UUIDs of all runs of a name, newest first: one's own, else those that are shared with one."""
        found = False
        for row in _runs_named(self.client, external_id):
            if is_uuid(id := text(row, "id").lower()):
                found = True
                yield id
        if not found:
            raise NotFound(
                f"{self.session.base} shows no run of the name {external_id[:200]} to the owner of the token."
            )

    def fetch(self, external_id: str) -> FetchedRun:
        """The run of a UUID or a name; a name without a number is the newest of it."""
        self.progress.enter("ASKING")
        run_id = resolve(self.client, external_id)
        told, remarks = ask_about(self.client, run_id)
        files = workflow_files(told)
        jobs = JobsAndLogs(self.client, told)
        records = jobs.read(self.progress)
        listing = Listing(self.client, told.base, run_id, declared_files(told.specification))
        datasets = listing.read(self.progress)
        return FetchedRun(
            record=run_record(told, files, records, datasets, jobs.last_words),
            has_ended=has_ended(text(told.state, "status")),
            remarks=(*remarks, *jobs.remarks, *listing.remarks),
            files=files,
            logs=jobs.logs(),
        )

    def open_file(self, external_id: str, path: str) -> AbstractContextManager[BinaryIO]:
        """A file of the run's workspace."""
        return self.client.open_file(external_id, path)


def _runs_named(client: ReanaClient, name: str) -> Iterable[Json]:
    """Others may use the same name: their runs are taken only where one has none."""
    return list(client.runs_named(name)) or client.runs_named(name, shared=True)
