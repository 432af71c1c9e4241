"""What asking servers of both generations has in common: lists that may be missing, and how far it is."""

from collections.abc import Iterable, Iterator

from run_directories.torc.reading import text
from run_directories.torc.values import Workflow
from run_sources.errors import NotFound
from run_sources.seam import Silent, Tells
from run_sources.torc.session import Json, TorcSession


class Server:
    """Asks one server. ``missing`` are the lists that it has no answer for: not every version has all."""

    def __init__(self, session: TorcSession, progress: Tells | None = None) -> None:
        self.session, self.progress = session, progress or Silent()
        self.missing: list[str] = []

    def version(self) -> str:
        """The server's version, empty where it does not tell."""
        return text(self.session.object_if_any("/version"), "version")

    def if_any(self, name: str, rows: Iterable[Json]) -> Iterator[Json]:
        """The rows; none, and a note, where the server has no such list."""
        try:
            yield from rows
        except NotFound:
            self.missing.append(name)

    def expect(self, total: int) -> None:
        """So many jobs will come."""
        self.progress.begin("JOBS", jobs=total)

    def counted(self, rows: Iterable[Json]) -> Iterator[Json]:
        """The rows, each told to whoever wants to know how far it is."""
        for one in rows:
            yield one
            self.progress.add(jobs=1)


def run_of(workflow: Workflow, run_id: int | None, base: str) -> int:
    """The run that is meant. NotFound for one that there has not been."""
    if run_id is None:
        return workflow.run_id
    if not 0 < run_id <= workflow.run_id:
        raise NotFound(
            f"The workflow {workflow.id} at {base} has no run {run_id}: its latest is {workflow.run_id}."
        )
    return run_id
