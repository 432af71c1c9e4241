"""AWS HealthOmics as a source of runs: asks the client, hands the answers to the translator."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO, ClassVar

from run_sources.errors import AddressRefused, NotFound, NotReadable, SourceError
from run_sources.healthomics.addresses import (
    WORKFLOW,
    account_of,
    is_of_aws,
    page_of,
    read_address,
    split_run_id,
    split_workflow_id,
)
from run_sources.healthomics.answers import Json
from run_sources.healthomics.asked_workflow import AskedWorkflow
from run_sources.healthomics.client import OmicsClient
from run_sources.healthomics.sessions import unavailable
from run_sources.healthomics.translate import details_wanted, read_job, read_run, read_workflow, with_details
from run_sources.seam import RUN, Access, Address, CredentialField, FetchedRun, Silent, Tells
from workflows.records import Engine, JobRecord


class HealthOmicsSource:
    """The runs of one AWS account in one region, as far as a user's credentials go."""

    name: ClassVar[str] = "healthomics"
    title: ClassVar[str] = "AWS HealthOmics"
    examples: ClassVar[tuple[str, ...]] = (
        "arn:aws:omics:eu-west-1:123456789012:run/1234567",
        "https://eu-west-1.console.aws.amazon.com/omics/home?region=eu-west-1#/runs/1234567",
        "eu-west-1/1234567",
        "arn:aws:omics:eu-west-1:123456789012:workflow/1234567",
        "arn:aws:omics:eu-west-1:123456789012:workflow/1234567/version/1.2.0",
    )
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField(
            "access_key_id", "Access key id", "Of an IAM user, or of a session.", secret=False, required=False
        ),
        CredentialField("secret_access_key", "Secret access key", required=False),
        CredentialField(
            "session_token",
            "Session token",
            "Only with a session's key, which runs out after hours.",
            required=False,
        ),
        CredentialField(
            "role_arn", "Role", "The ARN of a role that the key may assume.", secret=False, required=False
        ),
        CredentialField(
            "external_id", "External id", "Where the role asks for one.", secret=False, required=False
        ),
        CredentialField(
            "region",
            "Region",
            "Only for a listed server: an address of AWS says its region.",
            secret=False,
            required=False,
        ),
        CredentialField(
            "profile",
            "Profile",
            "In the registry's AWS configuration, where an administrator opened it.",
            secret=False,
            required=False,
        ),
    )
    wants_credentials: ClassVar[bool] = True

    @classmethod
    def unavailable(cls) -> str:
        """Why it cannot be asked here, with what to do about it; empty if it can."""
        return unavailable()

    @classmethod
    def read_address(cls, text: str) -> Address | None:
        """A run, or a workflow or a version, which hold runs; None for what is none of HealthOmics'."""
        return read_address(text)

    @classmethod
    def read_id(cls, base: str, text: str) -> Address:
        """A run by its number in the region of the server. AddressRefused."""
        if not text.isdecimal():
            raise AddressRefused("A run of HealthOmics has a number, such as 1234567, or an ARN.")
        return Address(base, text, page=page_of(base, RUN, text))

    def __init__(self, access: Access, client: OmicsClient | None = None) -> None:
        self.access, self.client = access, client or OmicsClient(access)
        self._progress: Tells = access.progress or Silent()

    def close(self) -> None:
        """Let go of connections."""
        self.client.close()

    def whoami(self) -> str:
        """The ARN that AWS knows the credentials by; a listed server of another's only says whether it takes them."""
        if is_of_aws(self.access.base):
            return self.client.whose()
        next(self.client.runs(), None)
        return ""

    def list_run_ids(self, kind: str, external_id: str) -> Iterator[str]:
        """The runs of a workflow, or of a version of it, newest first. HealthOmics has no list by workflow."""
        if kind != WORKFLOW:
            raise NotFound("HealthOmics lists the runs of a workflow or of one of its versions only.")
        number, version = split_workflow_id(external_id)
        found = [
            (str(run.get("creationTime", "")), str(run.get("id", "")))
            for run in self.client.runs()
            if run.get("workflowId") == number and version in ("", run.get("workflowVersionName"))
        ]
        yield from (one for _, one in sorted(found, reverse=True) if one)

    def fetch(self, external_id: str) -> FetchedRun:
        """A run by its number or its ARN."""
        number, arn = split_run_id(external_id)
        self._progress.enter("ASKING")
        run = self.client.run(number)
        _must_be_same(arn, run)
        asked = AskedWorkflow(self.client, run)
        exported = asked.exported(self.access)
        workflow = read_workflow(run, asked.workflow, asked.version, exported)
        jobs, remarks = self._jobs(number, workflow.engine)
        return read_run(self.access.base, run, workflow, exported, jobs, [*asked.remarks, *remarks])

    def open_file(self, external_id: str, path: str) -> AbstractContextManager[BinaryIO]:
        """Nothing is fetched: the files lie in S3, for whoever may read the bucket."""
        raise SourceError(
            "HealthOmics keeps no files: they lie in S3 at the address that is shown. Fetch them there, with "
            "credentials for the bucket."
        )

    def _jobs(self, number: str, engine: Engine) -> tuple[list[JobRecord], list[str]]:
        """The tasks as jobs, a page at a time, then some of them with their details."""
        self._progress.enter("JOBS")
        try:
            jobs = [read_job(task, engine) for task in self.client.tasks(number)]
        except (NotFound, NotReadable) as problem:
            return [], [f"The tasks of the run could not be read: {problem}"]
        return self._detailed(number, jobs)

    def _detailed(self, number: str, jobs: list[JobRecord]) -> tuple[list[JobRecord], list[str]]:
        wanted = details_wanted(jobs)
        places = {job.external_id: place for place, job in enumerate(jobs)}
        unread = 0
        self._progress.begin("JOBS", jobs=len(wanted))
        for task, told in self.client.details(number, wanted):
            self._progress.add(jobs=1)
            unread += told is None
            if told is not None:
                jobs[places[task]] = with_details(jobs[places[task]], told)
        self._progress.complete()
        return jobs, list(_remarks(len(jobs), len(wanted), unread))


def _must_be_same(arn: str, run: Json) -> None:
    """NotFound where the account of the credentials has another run of this number."""
    told = str(run.get("arn") or "")
    if arn and told and arn != told:
        raise NotFound(
            f"The run is of the account {account_of(arn)}, and the credentials are of the account {account_of(told)}. "
            "Use credentials of the account that ran it."
        )


def _remarks(jobs: int, asked: int, unread: int) -> Iterator[str]:
    if asked < jobs:
        yield (
            f"Messages, images and log streams were asked for of {asked} of {jobs} tasks: those that failed, one of "
            "each step, and the first others."
        )
    if unread:
        yield f"The details of {unread} tasks could not be read: their messages, images and log streams are missing."
