"""Importing from Galaxy: asked for, understood, and only then written down, in one short transaction.

May be cut off anywhere and called again. Until the run is written down nothing of it can be seen; afterwards only
what is left is done: to fetch files, or to ask again for a run that goes on.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

from django.db import DataError, IntegrityError
from django.utils import timezone

from common.background import MOST_ATTEMPTS
from common.errors import RegistryError
from common.progress import Progress, Stopped
from galaxy_import.asking import ALL, of_group
from galaxy_import.carrying_out.crates import OwnCrate
from galaxy_import.carrying_out.downloads import FULL, Downloads
from galaxy_import.carrying_out.following import ask_again_later, is_followed_enough, no_longer_followed
from galaxy_import.carrying_out.listing import list_invocations
from galaxy_import.carrying_out.turns import take_turn
from galaxy_import.carrying_out.watching import Watch
from galaxy_import.client import GalaxyClient
from galaxy_import.models import GalaxyImport, GalaxyInvocation
from galaxy_import.recording.keeping import AnswerWriter, remove_leftovers
from galaxy_import.recording.known_jobs import known_jobs
from galaxy_import.recording.runs import record_galaxy_run, who_asked
from galaxy_import.servers import client_for
from galaxy_import.source import GalaxySource
from galaxy_import.translate import NotUnderstood
from run_sources.errors import AnswerNotUnderstood, SourceError, SourceUnavailable

logger = logging.getLogger(__name__)

OPTIONS = ("create_datasets", "outputs", "download", "rocrate", "follow", "makes_public")
KEPT = (GalaxyImport.Phase.ASKING, GalaxyImport.Phase.JOBS, GalaxyImport.Phase.DATASETS)


def carry_out_import(wanted: GalaxyImport) -> None:
    """Do what is wanted, as far as it can be done now; the row says how it ended, or that it rests.

    SourceUnavailable where another try later can help.
    """
    with problems_told(wanted):
        if take_turn(wanted):
            _Attempt(wanted).make()


class _Attempt:
    """One attempt of one import."""

    def __init__(self, wanted: GalaxyImport) -> None:
        self._wanted, self._user = wanted, who_asked(wanted)
        self._watch, self._progress = Watch(wanted), Progress(wanted)
        self._asked_for = _options(wanted)

    def make(self) -> None:
        """Do what is left to do."""
        with AnswerWriter(self._wanted.pk) as answers:
            listens = {"check": self._watch, "on_answer": self._listener(answers)}
            with closing(client_for(self._wanted.server, self._user, **listens)) as client:
                if self._wanted.kind == GalaxyImport.Kind.INVOCATION:
                    self._import(client, answers)
                else:
                    list_invocations(self._wanted, client, self._progress)

    def _listener(self, answers: AnswerWriter) -> Callable[[str, int, Any], None]:
        """Keeps what is answered about the run. Where Galaxy puts its crate is no fact of the run, and a secret."""

        def listen(path: str, status: int, body: Any) -> None:
            if self._wanted.phase in KEPT:
                answers.add(path, status, body)

        return listen

    def _import(self, client: GalaxyClient, answers: AnswerWriter) -> None:
        if self._wanted.recorded_at is None or self._wanted.workflowrun_id is None:
            self._record(client, answers)
        if self._wanted.recorded_at is None:
            self._follow()
            return
        said = self._fetch_files(client)
        if self._is_asked_for_more():
            self._begin_anew()
        elif not self._wanted.finish(error=said):
            raise Stopped

    def _record(self, client: GalaxyClient, answers: AnswerWriter) -> None:
        """Ask for the run, and write it down."""
        wanted = self._wanted
        remove_leftovers(wanted.pk)
        known = known_jobs(_known_invocation(wanted, self._user))
        crate = OwnCrate(wanted, client)
        source = GalaxySource(client, all_outputs=wanted.outputs == ALL, progress=self._progress)
        try:
            fetched = source.fetch(
                wanted.galaxy_id,
                known_jobs=lambda server: known.told_to(server.user),
                crate=crate.attributes if wanted.rocrate else None,
            )
            known.keep_used(answers)
            self._progress.enter(GalaxyImport.Phase.RECORDING)
            run = crate.noted_in(fetched.run)
            record_galaxy_run(wanted=wanted, run=run, answers=answers.finish(), also=crate.keep)
        except BaseException:
            crate.forget()
            raise

    def _follow(self) -> None:
        """Ask again later for a run that goes on, unless it has been followed for long enough."""
        if not is_followed_enough(self._wanted):
            ask_again_later(self._wanted)
        elif not self._wanted.finish(error=no_longer_followed()):
            raise Stopped

    def _fetch_files(self, client: GalaxyClient) -> str:
        if not self._wanted.download:
            return ""
        return Downloads(self._wanted, client, self._watch, self._progress).fetch_all()

    def _is_asked_for_more(self) -> bool:
        """Whether somebody asked for more of the same run while this attempt was made."""
        self._wanted.refresh_from_db(fields=OPTIONS)
        return _options(self._wanted) != self._asked_for

    def _begin_anew(self) -> None:
        if not self._wanted.rest_until(timezone.now(), recorded_at=None, phase=""):
            raise Stopped
        self._wanted.send()


@contextmanager
def problems_told(wanted: GalaxyImport) -> Iterator[None]:
    """Settle the row with what went wrong, in a sentence; only SourceUnavailable passes, where waiting can help."""
    try:
        yield
    except Stopped:
        wanted.let_go()
    except (SourceUnavailable, AnswerNotUnderstood) as problem:
        _try_later(wanted, problem)
    except SourceError as problem:
        _fail(wanted, str(problem), problem.code)
    except NotUnderstood as problem:
        _fail(wanted, str(problem), AnswerNotUnderstood.code)
    except RegistryError as problem:
        _fail(wanted, problem.message, problem.code)
    except DataError as problem:
        logger.info("Refused by the database: %s", problem)
        _fail(
            wanted, "Galaxy's answer holds a value that cannot be kept. Tell the administrators.", "refused"
        )
    except IntegrityError as problem:
        logger.warning("Refused by a constraint: %s", problem)
        _fail(
            wanted, "The registry holds something already that stands against this run. Try again.", "refused"
        )
    except OSError as problem:
        logger.exception("%s failed", wanted)
        _fail(wanted, _of_storage(problem), "storage")
    except Exception as problem:
        logger.exception("%s failed", wanted)
        fault = type(problem).__name__
        _fail(
            wanted,
            f"The import broke off by a fault of this registry ({fault}). Tell its administrators.",
            "fault",
        )


def _try_later(wanted: GalaxyImport, problem: SourceError) -> None:
    """A run that is followed outlasts a server that is away, and one that says so in a page instead of an answer."""
    retry_after = getattr(problem, "retry_after", None)
    if wanted.follow and wanted.asked_count and wanted.recorded_at is None and not is_followed_enough(wanted):
        with suppress(Stopped):
            ask_again_later(wanted, reason=str(problem), at_least=retry_after)
    elif isinstance(problem, SourceUnavailable) and wanted.attempts < MOST_ATTEMPTS:
        raise problem
    elif isinstance(problem, SourceUnavailable):
        _fail(wanted, f"Given up after {wanted.attempts} attempts. {problem}", problem.code)
    else:
        _fail(wanted, str(problem), problem.code)


def _fail(wanted: GalaxyImport, sentence: str, code: str) -> None:
    if not wanted.fail(sentence, error_code=code):
        wanted.let_go()


def _of_storage(problem: OSError) -> str:
    if problem.errno in FULL:
        return "The disk of the storage is full: ask an administrator of this registry, then POST to retry/."
    return f"The storage could not keep what came from Galaxy: {problem.strerror}."


def _options(wanted: GalaxyImport) -> tuple[Any, ...]:
    return tuple(getattr(wanted, name) for name in OPTIONS)


def _known_invocation(wanted: GalaxyImport, user: Any) -> GalaxyInvocation | None:
    """What the group knows of the invocation from an import before."""
    rows = GalaxyInvocation.objects.visible_to(user).filter(server=wanted.server_id)
    rows = rows.filter(of_group(user, wanted.owned_by, "workflowrun__"), invocation_id=wanted.galaxy_id)
    return rows.order_by("-id").first()
