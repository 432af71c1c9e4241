"""The RO-Crate that a source makes of a run itself: fetched before the run is written down, kept with it, or gone."""

from typing import Any

from django.conf import settings

from common.storage import Measured, measure
from rocrate_export.models import StoredCrate
from rocrate_export.originals import keep_original
from rocrate_packages import Limits, PackageRefused, open_package
from run_import.carrying_out.parts import PartFile
from run_import.models import ImportedRun, RunImport
from run_import.recording.keeping import new_key, remove
from run_import.recording.runs import Recorded
from run_sources.errors import KeyRefused, SourceError, TooLarge
from run_sources.seam import FetchedRun

CHUNK = 1024 * 1024  # bytes


class SourcesCrate:
    """The crate of one import. ``note`` says why there is none, where one was wanted."""

    def __init__(self, wanted: RunImport, fetched: FetchedRun) -> None:
        self._wanted, self._open = wanted, fetched.open_crate
        self._name = f"{fetched.record.origin.source}-{str(wanted.pk)[-12:]}.rocrate.zip"
        self._is_told_no_more = fetched.record.source_deleted
        self._key = ""
        self._measured: Measured | None = None
        self.note = ""
        if wanted.rocrate and self._open is None and fetched.has_ended:
            self.note = "The source has no RO-Crate of this run, so the registry makes one."
        elif not wanted.rocrate or not fetched.has_ended:
            self._open = None

    def fetch(self) -> None:
        """Have it, where it is wanted and there is one: a run that goes on has none yet."""
        if self._open is None or StoredCrate.objects.filter(name=self._name).exists():
            return
        try:
            self._take()
        except KeyRefused:
            raise
        except (SourceError, PackageRefused) as problem:
            self.note = f"The source's own crate could not be had, so the registry makes one. {problem}"

    def keep(self, recorded: Recorded) -> None:
        """Keep it as the run's, and why there is none, in the caller's transaction."""
        if recorded.is_left_alone or (self._is_told_no_more and not recorded.is_new):
            self.forget()
            return
        if self._measured is not None:
            facts: dict[str, Any] = {"sha256": self._measured.sha256, "size": self._measured.size}
            keep_original(key=self._key, name=self._name, user=self._wanted.owner, run=recorded.run, **facts)
        ImportedRun.objects.filter(workflowrun=recorded.run).update(crate_note=self.note)

    def forget(self) -> None:
        """The run was not written down: leave nothing behind."""
        remove(self._key)

    def _take(self) -> None:
        part = PartFile(f"crate-{self._wanted.pk}")
        try:
            with part.open() as stream:
                stream.truncate(0)
                stream.seek(0)
                self._copy_to(stream)
                stream.seek(0)
                measured = measure(stream)
            with open_package(part.path, Limits(total=settings.CRATE_MAX_BYTES)):
                pass  # what is no archive, or might do harm, is refused
            self._key = new_key(self._wanted.pk, self._name)
            part.move_to(self._key)
            self._measured = measured
        finally:
            part.forget()

    def _copy_to(self, stream: Any) -> None:
        assert self._open is not None
        with self._open() as crate:
            while chunk := crate.read(CHUNK):
                stream.write(chunk)
                if stream.tell() > settings.CRATE_MAX_BYTES:
                    raise TooLarge(f"It is larger than {settings.CRATE_MAX_BYTES} bytes.")
        stream.flush()
