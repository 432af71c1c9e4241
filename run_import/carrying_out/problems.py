"""What goes wrong with an import, settled in its row as a sentence and a code."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DataError, IntegrityError

from common.background import MOST_ATTEMPTS
from common.errors import RegistryError
from common.progress import Stopped
from run_import.carrying_out.following import ask_again_later, is_followed_enough
from run_import.models import RunImport
from run_import.sources import source_named
from run_sources.errors import (
    AddressRefused,
    AnswerNotUnderstood,
    NotFound,
    SourceError,
    SourceUnavailable,
)

logger = logging.getLogger(__name__)

FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def problems_told(wanted: RunImport) -> Iterator[None]:
    """Settle the row with what went wrong, in a sentence; only SourceUnavailable passes, where waiting can help."""
    title = source_named(wanted.server.source).title
    try:
        yield
    except Stopped:
        wanted.let_go()
    except (SourceUnavailable, AnswerNotUnderstood) as problem:
        _try_later(wanted, problem)
    except SourceError as problem:
        _fail(wanted, str(problem), problem.code)
    except AddressRefused as problem:
        _fail(wanted, str(problem), NotFound.code)
    except RegistryError as problem:
        _fail(wanted, problem.message, problem.code)
    except DataError as problem:
        logger.info("Refused by the database: %s", problem)
        sentence = f"{title}'s answer holds a value that cannot be kept. Tell the administrators."
        _fail(wanted, sentence, "refused")
    except IntegrityError as problem:
        logger.warning("Refused by a constraint: %s", problem)
        sentence = "The registry holds something already that stands against this run. Try again."
        _fail(wanted, sentence, "refused")
    except OSError as problem:
        logger.exception("%s failed", wanted)
        _fail(wanted, _of_storage(problem, title), "storage")
    except Exception as problem:
        logger.exception("%s failed", wanted)
        fault = type(problem).__name__
        sentence = f"The import broke off by a fault of this registry ({fault}). Tell its administrators."
        _fail(wanted, sentence, "fault")


def _try_later(wanted: RunImport, problem: SourceError) -> None:
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


def _fail(wanted: RunImport, sentence: str, code: str) -> None:
    if not wanted.fail(sentence, error_code=code):
        wanted.let_go()


def _of_storage(problem: OSError, title: str) -> str:
    if problem.errno in FULL:
        return "The disk of the storage is full: ask an administrator of this registry, then POST to retry/."
    return f"The storage could not keep what came from {title}: {problem.strerror}."
