"""Importing from Galaxy: what it has more of than other sources, and what is asked only once."""

from collections.abc import Iterator
from typing import Any

from galaxy_import.carrying_out.crates import OwnCrate
from galaxy_import.carrying_out.downloads import Downloads
from galaxy_import.client import GalaxyClient
from galaxy_import.fetching import Fetcher
from galaxy_import.recording.known_jobs import known_jobs
from galaxy_import.recording.runs import record_galaxy_run
from galaxy_import.servers import client_for
from galaxy_import.source import run_ids
from galaxy_import.translate import NotUnderstood
from run_import.asking import ALL, of_group
from run_import.carrying_out.importing import BaseImporter
from run_import.models import ImportedRun, RunImport
from run_import.recording.keeping import AnswerWriter, remove_leftovers
from run_sources.errors import AnswerNotUnderstood, SourceError


class NotTranslated(SourceError):
    """What Galaxy answered has another shape than an invocation has; asking again changes nothing."""

    code = AnswerNotUnderstood.code


class GalaxyImporter(BaseImporter[GalaxyClient]):
    """An invocation with its jobs, known ones not asked for again, its own crate and its datasets' contents."""

    word_for_run = "invocation"

    def open(self, **listens: Any) -> GalaxyClient:
        """Galaxy's client."""
        return client_for(self.wanted.server, self.user, **listens)

    def run_ids(self, asked: GalaxyClient) -> Iterator[str]:
        """The invocations of a history, or those of a workflow that are one's own."""
        return run_ids(asked, self.wanted.kind.lower(), self.wanted.external_id)

    def record(self, asked: GalaxyClient, answers: AnswerWriter) -> None:
        """Ask for the invocation, and write it down."""
        wanted = self.wanted
        remove_leftovers(wanted.pk)
        known = known_jobs(_known_invocation(wanted, self.user))
        crate = OwnCrate(wanted, asked)
        source = Fetcher(asked, all_outputs=wanted.outputs == ALL, progress=self.tells)
        try:
            fetched = source.fetch(
                wanted.external_id,
                known_jobs=lambda server: known.told_to(server.user),
                crate=crate.attributes if wanted.rocrate else None,
            )
            known.keep_used(answers)
            self.progress.enter(RunImport.Phase.RECORDING)
            run = crate.noted_in(fetched.run)
            record_galaxy_run(wanted=wanted, run=run, answers=answers.finish(), also=crate.keep)
        except NotUnderstood as problem:
            crate.forget()
            raise NotTranslated(str(problem)) from problem
        except BaseException:
            crate.forget()
            raise

    def fetch_files(self, asked: GalaxyClient) -> str:
        """The contents of the datasets that were made."""
        if not self.wanted.download and not self.wanted.paths:
            return ""
        return Downloads(self.wanted, asked, self.watch, self.progress).fetch_all()


def _known_invocation(wanted: RunImport, user: Any) -> ImportedRun | None:
    """What the group knows of the invocation from an import before."""
    rows = ImportedRun.objects.visible_to(user).filter(server=wanted.server_id)
    rows = rows.filter(of_group(user, wanted.owned_by, "workflowrun__"), external_id=wanted.external_id)
    return rows.order_by("-id").first()
