"""Galaxy's own RO-Crate of an invocation: had once for each state of it, read for what only it says, and kept."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings

from common.storage import Measured, measure
from galaxy_import.client import GalaxyClient
from galaxy_import.translate import Plan
from galaxy_import.values import GalaxyRun
from rocrate_export.models import StoredCrate
from rocrate_export.originals import keep_original
from rocrate_export.streams import on_this_disk
from rocrate_packages import Limits, Package, PackageRefused, open_package
from run_import.carrying_out.parts import PartFile
from run_import.models import ImportedRun, RunImport
from run_import.recording.keeping import new_key, remove
from run_import.recording.runs import Recorded
from run_sources.errors import KeyRefused, SourceError

ATTRIBUTES = (
    "jobs_attrs.txt",
    "datasets_attrs.txt",
    "invocation_attrs.txt",
    "collections_attrs.txt",
    "implicit_collection_jobs_attrs.txt",
)
LARGEST_ATTRIBUTES = 128 * 1024 * 1024  # bytes of one file of them


class OwnCrate:
    """The crate of one import: fetched before the run is written down, kept with it, or gone again.

    ``note`` says why there is none, where there is none.
    """

    def __init__(self, wanted: RunImport, client: GalaxyClient) -> None:
        self._wanted, self._client = wanted, client
        self._name, self._key = "", ""
        self._measured: Measured | None = None
        self.note = ""

    def attributes(self, plan: Plan) -> Mapping[str, Any] | None:
        """The attribute files of the crate as JSON by their names; None where it cannot be had."""
        self._name = crate_name(self._wanted.external_id, plan)
        try:
            known = self._known()
            if known is not None:
                return _read(known.storage_key)
            return self._fetched()
        except KeyRefused:
            raise
        except (SourceError, PackageRefused) as problem:
            self.note = f"Galaxy's own crate could not be had, so the registry makes one. {problem}"
        except FileNotFoundError:
            self.note = "Galaxy's own crate was kept before, and the storage has lost it."
        return None

    def noted_in(self, run: GalaxyRun) -> GalaxyRun:
        """The run, with a remark about the crate where it was wanted and could not be had."""
        return replace(run, remarks=(*run.remarks, self.note)) if self.note else run

    def keep(self, recorded: Recorded) -> None:
        """Keep what was fetched as the run's, and why there is none, in the caller's transaction.

        Not beside a run that the importer may not change.
        """
        if recorded.is_left_alone:
            self.forget()
        elif self._measured is not None:
            facts = {"sha256": self._measured.sha256, "size": self._measured.size}
            keep_original(key=self._key, name=self._name, user=self._wanted.owner, run=recorded.run, **facts)
        if self._name and not recorded.is_left_alone:
            ImportedRun.objects.filter(workflowrun=recorded.run).update(crate_note=self.note)

    def forget(self) -> None:
        """The run was not written down: leave nothing behind."""
        remove(self._key)

    def _known(self) -> StoredCrate | None:
        """The crate of this very state, from an import before: Galaxy packs other bytes each time."""
        rows = StoredCrate.objects.filter(
            run__imported__external_id=self._wanted.external_id, name=self._name
        )
        rows = rows.filter(
            run__imported__server=self._wanted.server_id, run__owned_by=self._wanted.owned_by_id
        )
        return rows.order_by("-id").first()

    def _fetched(self) -> Mapping[str, Any]:
        part = PartFile(f"crate-{self._wanted.pk}")
        try:
            with part.open() as stream:
                stream.truncate(0)
                stream.seek(0)
                request = self._client.request_crate(self._wanted.external_id)
                self._client.fetch_crate(request, stream, limit=settings.CRATE_MAX_BYTES)
                stream.seek(0)
                measured = measure(stream)
            attributes = _attributes_of(part.path)
            self._key = new_key(self._wanted.pk, self._name)
            part.move_to(self._key)
            self._measured = measured
            return attributes
        finally:
            part.forget()


def crate_name(invocation_id: str, plan: Plan) -> str:
    """What the archive is called: the same as long as nothing happened to a job of the run."""
    state = sorted((job.id, job.state, job.updated) for job in plan.jobs)
    mark = hashlib.sha256(json.dumps(state).encode()).hexdigest()[:12]
    return f"galaxy-invocation-{invocation_id}-{mark}.rocrate.zip"


def _read(key: str) -> Mapping[str, Any]:
    with on_this_disk(key) as path:
        return _attributes_of(path)


def _attributes_of(path: Path) -> dict[str, Any]:
    """What the attribute files hold; PackageRefused for what is no crate, or might do harm."""
    with open_package(path, Limits(total=settings.CRATE_MAX_BYTES)) as package:
        present = [name for name in ATTRIBUTES if name in package.names]
        return {name: _json(package, name) for name in present}


def _json(package: Package, name: str) -> Any:
    if package.names[name].size > LARGEST_ATTRIBUTES:
        raise PackageRefused(f"{name} in it has {package.names[name].size} bytes, too many to be read.")
    with package.open(name) as stream:
        content = stream.read()
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise PackageRefused(f"{name} in it is not JSON.") from problem
