"""Importing a run: asked for, understood, and only then written down, in one short transaction.

May be cut off anywhere and called again. Until the run is written down nothing of it can be seen; afterwards only
what is left is done: to read logs, to fetch files, or to ask again for a run that goes on.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any, ClassVar, Generic, TypeVar

from django.utils import timezone

from common.progress import Progress, Stopped
from run_import.carrying_out.contents import Contents
from run_import.carrying_out.following import ask_again_later, is_followed_enough, no_longer_followed
from run_import.carrying_out.listing import list_runs
from run_import.carrying_out.own_crates import SourcesCrate
from run_import.carrying_out.watching import Watch
from run_import.models import RunImport
from run_import.recording.events import with_key
from run_import.recording.fetched import FetchedRecording
from run_import.recording.keeping import AnswerWriter, remove_leftovers
from run_import.recording.noting import id_at_source
from run_import.recording.permission import who_asked
from run_import.recording.runs import Recorded
from run_import.servers import access_to
from run_import.sources import source_named
from run_sources.seam import FetchedRun, RunSource
from workflows.events import append_events
from workflows.logs import keep_logs

OPTIONS = ("create_datasets", "outputs", "download", "paths", "rocrate", "follow", "makes_public")
KEPT = (RunImport.Phase.ASKING, RunImport.Phase.JOBS, RunImport.Phase.DATASETS)
Item = TypeVar("Item")
Asked = TypeVar("Asked")  # what an importer asks: a source of the seam, or what Galaxy's own importer has


class BaseImporter(Generic[Asked]):
    """One attempt of one import, as it goes for every source; what a source does in its own way is below.

    ``open`` gives what is asked and closed in the end, ``record`` writes the run down and says so in the row,
    ``fetch_files`` fetches contents, ``run_ids`` lists the runs of what holds several.
    """

    word_for_run: ClassVar[str] = "run"

    def __init__(self, wanted: RunImport) -> None:
        self.wanted, self.user = wanted, who_asked(wanted)
        self.watch, self.progress = Watch(wanted), Progress(wanted)
        self.tells: Any = self.progress  # for sources: they need nothing else of it
        self._asked_for = _options(wanted)

    def open(self, **listens: Any) -> Asked:
        """What is asked, with the credentials of the user; ``listens`` are ``check`` and ``on_answer``."""
        raise NotImplementedError

    def record(self, asked: Asked, answers: AnswerWriter) -> None:
        """Ask for the run, and write it down; ``recorded_at`` is set unless it goes on and is followed."""
        raise NotImplementedError

    def fetch_files(self, asked: Asked) -> str:
        """Fetch what is wanted of contents; a sentence about what could not be had, empty for none."""
        raise NotImplementedError

    def run_ids(self, asked: Asked) -> Iterator[str]:
        """The runs of what holds several."""
        raise NotImplementedError

    def make(self) -> None:
        """Do what is left to do."""
        with AnswerWriter(self.wanted.pk) as answers:
            listens = {"check": self.watch, "on_answer": self._listener(answers)}
            with closing(self.open(**listens)) as asked:  # type: ignore[type-var]
                if self.wanted.is_of_a_run:
                    self._import(asked, answers)
                else:
                    list_runs(self.wanted, self.run_ids(asked), self.progress)

    def _listener(self, answers: AnswerWriter) -> Callable[[str, int, Any], None]:
        """Keeps what is answered about the run. Where a server puts its crate is no fact of the run, and a secret."""

        def listen(path: str, status: int, body: Any) -> None:
            if self.wanted.phase in KEPT:
                answers.add(path, status, body)

        return listen

    def _import(self, asked: Asked, answers: AnswerWriter) -> None:
        wanted = self.wanted
        if wanted.recorded_at is None or wanted.workflowrun_id is None:
            self.record(asked, answers)
        if wanted.recorded_at is None:
            self._follow()
            return
        said = self.fetch_files(asked)
        if self._is_asked_for_more():
            self._begin_anew()
        elif not wanted.finish(error=said):
            raise Stopped

    def _follow(self) -> None:
        """Ask again later for a run that goes on, unless it has been followed for long enough."""
        if not is_followed_enough(self.wanted):
            ask_again_later(self.wanted)
        elif not self.wanted.finish(error=no_longer_followed(self.wanted)):
            raise Stopped

    def _is_asked_for_more(self) -> bool:
        """Whether somebody asked for more of the same run while this attempt was made."""
        self.wanted.refresh_from_db(fields=OPTIONS)
        return _options(self.wanted) != self._asked_for

    def _begin_anew(self) -> None:
        if not self.wanted.rest_until(timezone.now(), recorded_at=None, phase=""):
            raise Stopped
        self.wanted.send()


class Importer(BaseImporter[RunSource]):
    """The importer of every source of the seam that brings none of its own."""

    def open(self, **listens: Any) -> RunSource:
        """The source, asking this server for this user."""
        access = access_to(self.wanted.server, self.user, progress=self.tells, **listens)
        return source_named(self.wanted.server.source).loaded()(access)

    def run_ids(self, asked: RunSource) -> Iterator[str]:
        """As the source lists them."""
        return asked.list_run_ids(self.wanted.kind.lower(), self.wanted.external_id)

    def record(self, asked: RunSource, answers: AnswerWriter) -> None:
        """Ask for the run and write it down, then read its logs and events, a portion at a time.

        Cut off between the two, all is asked for again, and nothing is there twice.
        """
        remove_leftovers(self.wanted.pk)
        fetched = asked.fetch(id_at_source(self.wanted))
        crate = SourcesCrate(self.wanted, fetched)
        try:
            self.progress.enter(RunImport.Phase.CRATE)
            crate.fetch()
            self.progress.enter(RunImport.Phase.RECORDING)
            told = replace(fetched, remarks=(*fetched.remarks, *filter(None, [crate.note])))
            kept = answers.finish()
            recorded = FetchedRecording(
                wanted=self.wanted, fetched=told, answers=kept, also=crate.keep
            ).make()
        except BaseException:
            crate.forget()
            raise
        if not recorded.is_left_alone:
            self._read_on(fetched, recorded)

    def _read_on(self, fetched: FetchedRun, recorded: Recorded) -> None:
        """Keep logs and events; then the import is through, unless the run goes on and is followed.

        What is kept of a run that its source deleted is more than the source still tells.
        """
        self.progress.enter(RunImport.Phase.LOGS)
        if fetched.record.source_deleted and not recorded.is_new:
            fetched = replace(fetched, logs=(), events=())
        keep_logs(run=recorded.run, logs=self._watched(fetched.logs))
        append_events(run=recorded.run, events=map(with_key, self._watched(fetched.events)))
        if (fetched.has_ended or not self.wanted.follow) and not self.wanted.note(recorded_at=timezone.now()):
            raise Stopped

    def _watched(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            self.watch()
            yield item

    def fetch_files(self, asked: RunSource) -> str:
        """The contents that are wanted, of the files of the run's datasets."""
        if not self.wanted.download and not self.wanted.paths:
            return ""
        return Contents(self.wanted, asked, self.watch, self.progress).fetch_all()


def _options(wanted: RunImport) -> tuple[Any, ...]:
    return tuple(getattr(wanted, name) for name in OPTIONS)
