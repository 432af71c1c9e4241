"""Whether an import is still this worker's to do: asked twice a second, from wherever something is waited for."""

import threading
import time

from common.progress import Stopped
from run_import.models import RunImport

EVERY = 0.5  # seconds; who waits looks once a second, so that a cancelled import stops within about one


class Watch:
    """Raises ``Stopped`` in every thread that calls it, once the import was cancelled or another worker has it.

    Only the thread that made it asks the database, which others might not share with it.
    """

    def __init__(self, wanted: RunImport) -> None:
        self._wanted, self._owner = wanted, threading.get_ident()
        self._looked = time.monotonic()
        self._stopped = threading.Event()

    def __call__(self) -> None:
        """Return while the work goes on."""
        if self._is_due() and not self._is_mine():
            self.stop()
        if self._stopped.is_set():
            raise Stopped

    def stop(self) -> None:
        """Have every other thread end its work at the next look."""
        self._stopped.set()

    def _is_mine(self) -> bool:
        running = RunImport.objects.filter(pk=self._wanted.pk, state=RunImport.State.RUNNING)
        return running.filter(attempts=self._wanted.attempts).exists()

    def _is_due(self) -> bool:
        if threading.get_ident() != self._owner or time.monotonic() - self._looked < EVERY:
            return False
        self._looked = time.monotonic()
        return True
