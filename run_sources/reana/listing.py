"""The files of a run's workspace, as far as the server lists them."""

from collections.abc import Sequence

from run_sources.reana.client import REFUSALS, ReanaClient
from run_sources.reana.session import TooManyFiles
from run_sources.reana.translate.files import Sorter
from run_sources.seam import Tells
from workflows.records import DatasetLink, DeclaredFile

MOST_ASKED = 100  # declared paths that are asked for one by one


class Listing:
    """Reads the list of files; what it cannot is told in ``remarks``."""

    def __init__(self, client: ReanaClient, base: str, run_id: str, declared: Sequence[DeclaredFile]) -> None:
        self._client, self._run_id, self._declared = client, run_id, declared
        self._sorter = Sorter(base, run_id, declared)
        self.remarks: list[str] = []

    def read(self, progress: Tells) -> tuple[DatasetLink, ...]:
        """The datasets of the run."""
        progress.enter("DATASETS")
        try:
            self._add_all()
        except TooManyFiles as problem:
            self._add_declared(str(problem))
        except REFUSALS as problem:
            self.remarks.append(f"The files of the workspace are not known: {problem}")
        if self._sorter.left_out:
            self.remarks.append(
                f"{self._sorter.left_out} files of the workspace have names that cannot be kept."
            )
        return tuple(self._sorter.links())

    def _add_all(self) -> None:
        for item in self._client.files(self._run_id):
            self._sorter.add(item)

    def _add_declared(self, problem: str) -> None:
        """Only what was declared, when all is too much."""
        self.remarks.append(f"Only declared files are known: {problem}")
        wanted = dict.fromkeys(one.path.rstrip("/") for one in self._declared)
        seen: set[str] = set()
        for path in list(wanted)[:MOST_ASKED]:
            self._add_of(path, seen)
        if len(wanted) > MOST_ASKED:
            self.remarks.append(
                f"{len(wanted)} paths are declared, of which the first {MOST_ASKED} were looked for."
            )

    def _add_of(self, path: str, seen: set[str]) -> None:
        try:
            items = list(self._client.files(self._run_id, path))
        except REFUSALS as problem:
            self.remarks.append(f"What {path} holds is not known: {problem}")
            return
        for item in items:
            if str(item.get("name")) not in seen:
                seen.add(str(item.get("name")))
                self._sorter.add(item)
