"""Runs of a GA4GH WES server, in versions 1.0 and 1.1 and as real servers answer."""

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property, partial
from itertools import chain
from time import time
from typing import BinaryIO, ClassVar, cast

from run_sources.errors import AddressRefused, NotFound, NotReadable
from run_sources.http.downloading import Download
from run_sources.seam import Access, Address, CredentialField, FetchedRun, Silent
from run_sources.wes.addresses import SERVICE, read_address, read_told_address, run_id_of
from run_sources.wes.client import WesClient
from run_sources.wes.crates import SENT_ALONG, opened_crate, workflow_files
from run_sources.wes.logs import logs_of_pages, logs_of_run, logs_of_tasks, told_logs
from run_sources.wes.reader import AnswerReader
from run_sources.wes.translate import (
    Answered,
    Json,
    Remarks,
    is_sapporo,
    is_toil,
    job_of,
    path_here,
    to_record,
)
from run_sources.wes.translate.crate import facts_of
from run_sources.wes.translate.values import listed, mapping, text
from run_sources.wes.translate.workflow import name_of
from workflows.records import DataType, JobRecord, LogRecord, RunRecord

PACKED = ("COMPLETE", "EXECUTOR_ERROR")  # of runs that end so, sapporo makes a crate
Told = Callable[[str, int | None], None]  # an etag and a size in bytes
LONGEST_PACKING = 180.0  # seconds after a run's end that its crate is waited for


class WesSource:
    """One WES server, asked for one user."""

    name: ClassVar[str] = "wes"
    title: ClassVar[str] = "GA4GH WES"
    examples: ClassVar[tuple[str, ...]] = (
        "https://wes.example.org/ga4gh/wes/v1/runs/run-c71156fd1c394b69883ac14046739580",
        "https://wes.example.org/ga4gh/wes/v1/runs/67e51f88-ccaa-47c1-9608-c564057ae400/status",
        "https://wes.example.org/ga4gh/wes/v1#67e51f88-ccaa-47c1-9608-c564057ae400",
        "https://wes.example.org/ga4gh/wes/v1/runs",
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            "token", "Token", "Sent as “Authorization: Bearer”. Leave it empty for a server that answers to everybody.",
            required=False,
        ),
        CredentialField(
            "user", "User", "For servers that give a token for a user and password, as sapporo does.", secret=False,
            required=False,
        ),
        CredentialField("password", "Password", "Of that user; used to ask for a token, and for nothing else.",
                        required=False),
    )  # fmt: skip
    wants_credentials: ClassVar[bool] = False

    @classmethod
    def read_address(cls, text: str) -> Address | None:
        """What an address below ``/ga4gh/wes/v1`` names; None for others."""
        return read_address(text)

    @classmethod
    def read_told_address(cls, text: str) -> Address | None:
        """The same for who says that it is one of WES: servers without that prefix have ``/runs/<id>``."""
        return read_told_address(text)

    @classmethod
    def read_id(cls, base: str, text: str) -> Address:
        """A run by the server's identifier. AddressRefused."""
        run_id = run_id_of(base, text)
        return Address(base, run_id, page=f"{base}/runs/{run_id}")

    def __init__(self, access: Access) -> None:
        self.client = WesClient(access)
        self.service = self.client.service
        self._progress = access.progress or Silent()

    def close(self) -> None:
        """Let go of connections."""
        self.client.session.close()

    def whoami(self) -> str:
        """The user's name where the server tells it (sapporo); else empty. KeyRefused."""
        return self.client.user()

    def list_run_ids(self, kind: str, external_id: str) -> Iterator[str]:
        """All runs that the server shows to this user, in its order: newest first by the specification."""
        if kind != SERVICE:
            raise NotFound(f"A WES server has no {kind}; only all its runs can be listed.")
        yield from self.client.run_ids()

    def fetch(self, external_id: str) -> FetchedRun:
        """The run with this identifier: the server's own, or the one that it has here."""
        run_id = self._run_id(external_id)
        self._progress.enter("ASKING")
        remarks = Remarks()
        told = Answered(self.service, run_id, self.client.run(run_id), self._info)
        jobs, logs_of_jobs = self._jobs(told, remarks)
        told = self._with_crate(replace(told, jobs=jobs), remarks)
        record = to_record(told, remarks)
        has_ended = told.has_ended and not self._is_packing(told, record, remarks)
        return FetchedRun(
            record=record,
            has_ended=has_ended,
            remarks=remarks.all(),
            files=told.files,
            logs=chain(logs_of_run(self.client, told.url, mapping(told.log, "run_log")), logs_of_jobs),
            open_crate=partial(opened_crate, self.client, run_id) if told.crate else None,
        )

    @contextmanager
    def open_file(self, external_id: str, path: str) -> Iterator[BinaryIO]:
        """The content of one of the run's files, where it lies on the server's own host."""
        with self.client.opened_file(self._place_of(external_id, path)) as answer:
            yield cast(BinaryIO, io.BufferedReader(AnswerReader(answer, self.client.session.check)))

    def download(
        self, external_id: str, path: str, write: BinaryIO, *, limit: int, offset: int, etag: str, told: Told
    ) -> None:
        """The same into a file, from ``offset`` on where the server has what is there still by its ``etag``."""
        place = self._place_of(external_id, path)
        Download(self.client.session, place, write, limit, told).fetch(offset, etag)

    @cached_property
    def _info(self) -> Json:
        return self.client.service_info()

    def _with_crate(self, told: Answered, remarks: Remarks) -> Answered:
        """The same with the server's crate of a run that has ended, and the workflow's files in it."""
        crate = self.client.crate(told.run_id) if told.has_ended else None
        told, facts = replace(told, crate=crate), facts_of(crate)
        if not facts.main:
            return told
        used = {file.path for file in to_record(told, Remarks()).files_of(DataType.INPUT)}
        files = workflow_files(self.client, told.run_id, facts, used)
        if not files:
            remarks.add(
                "The workflow's files were not fetched: the server's crate with them is too large or broken."
            )
        return replace(told, files=files, main=facts.main.removeprefix(SENT_ALONG))

    def _is_packing(self, told: Answered, record: RunRecord, remarks: Remarks) -> bool:
        """Whether a crate is still to come: sapporo says that a run has ended, and begins to pack it then."""
        if told.crate is not None or not is_sapporo(self._info) or told.state not in PACKED:
            return False
        ended = record.completed_at.timestamp() if record.completed_at else 0.0
        is_packing = abs(time() - ended) < LONGEST_PACKING
        if is_packing:
            remarks.add("The server is still packing its RO-Crate of this run.")
        return is_packing

    def _place_of(self, external_id: str, path: str) -> str:
        """Where on the server's host one of the run's files is; NotReadable for one that lies elsewhere."""
        run_id = self._run_id(external_id)
        here = path_here(self._address_of(run_id, path), self.service)
        if not here:
            raise NotReadable(
                f"{self.service} gives no content of {path[:200]}: it lies elsewhere, or on the server's own disk. "
                "Fetch it from there."
            )
        return here

    def _run_id(self, identifier: str) -> str:
        try:
            return run_id_of(self.service, identifier)
        except AddressRefused as problem:
            raise NotFound(str(problem)) from None

    def _jobs(self, told: Answered, remarks: Remarks) -> tuple[tuple[JobRecord, ...], Iterator[LogRecord]]:
        """The tasks as jobs, and their logs to read later: of pages (WES 1.1), else of the run log (1.0)."""
        tasks = [one for one in listed(told.log.get("task_logs")) if isinstance(one, dict)]
        if not tasks or told.log.get("task_logs_url"):
            paged = tuple(self._read_jobs(self.client.tasks(told.run_id), told, remarks))
            if paged:
                return paged, logs_of_pages(self.client, told.run_id, told.url)
        said = [one for position, task in enumerate(tasks, 1) for one in told_logs(task, position, told.url)]
        return tuple(self._read_jobs([tasks], told, remarks)), logs_of_tasks(self.client, said)

    def _read_jobs(
        self, pages: Iterable[list[Json]], told: Answered, remarks: Remarks
    ) -> Iterator[JobRecord]:
        main = name_of(text(mapping(told.log, "request").get("workflow_url"), 4096))
        read = partial(
            job_of,
            run_url=told.url,
            remarks=remarks,
            run_ended=told.has_ended,
            toil=is_toil(told.info),
            main=main,
        )
        self._progress.begin("JOBS", jobs=0)
        position = 0
        for page in pages:
            for task in page:
                position += 1
                yield read(task, position)
            self._progress.add(jobs=len(page))

    def _address_of(self, run_id: str, path: str) -> str:
        """Where a file of the run lies, of those that the server tells of now."""
        crate, log = self.client.crate(run_id), self.client.run(run_id)
        record = to_record(Answered(self.service, run_id, log, self._info, crate), Remarks())
        found = [file for link in record.datasets for file in link.dataset.files if file.path == path]
        if not found:
            raise NotFound(f"{self.service} tells of no file {path[:200]} of this run any more.")
        return found[0].uri
