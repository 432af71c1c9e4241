"""Which logs of a run are meant."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runstead_cli.errors import NotFound
from runstead_cli.naming import RUNS, is_id

if TYPE_CHECKING:
    from runstead_cli.api import Api

Log = dict[str, Any]
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """Logs of a run: of jobs by their ids or names, of a name, of failed jobs, of the run itself."""

    run: str
    jobs: tuple[str, ...] = ()
    name: str | None = None
    failed: bool = False
    of_run: bool = False

    @property
    def path(self) -> str:
        """Where the logs are."""
        return f"{RUNS}{self.run}/logs/"

    @property
    def is_narrow(self) -> bool:
        """Whether some of them are asked for, not all."""
        return bool(self.jobs or self.name or self.failed or self.of_run)

    def params(self) -> dict[str, Any]:
        """What the API is asked, but for the jobs."""
        params: dict[str, Any] = {"name": self.name} if self.name else {}
        if self.failed:
            params["job_status"] = "FAILED"
        if self.of_run:
            params["of_run"] = True
        return params

    def lister(self, api: "Api") -> Callable[[], list[Log]]:
        """What lists the logs as they are at the time; NotFound where there are no such jobs."""
        asked = [{"job": job} for job in job_ids(api, self.run, self.jobs)] or [{}]
        return lambda: [log for one in asked for log in api.pages(self.path, **self.params(), **one)]


def job_ids(api: "Api", run: str, words: tuple[str, ...]) -> list[str]:
    """The ids of jobs by what people call them: the id, the source's id, the name; of a name, all attempts."""
    return list(dict.fromkeys(key for word in words for key in _ids_of(api, run, word)))


def _ids_of(api: "Api", run: str, word: str) -> list[str]:
    if is_id(word):
        return [word.lower()]
    path = f"{RUNS}{run}/jobs/"
    if known := [job["id"] for job in api.pages(path, external_id=word)]:
        return known
    near = [job for job in api.pages(path, search=word) if word.lower() in job["name"].lower()]
    if exact := [job["id"] for job in near if job["name"] == word]:
        return exact
    names = list(dict.fromkeys(job["name"] for job in near))
    if len(names) == 1:
        return [job["id"] for job in near]
    shown = "".join(f"\n  {name}" for name in names[:SHOWN])
    more = f"\n  and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    hint = f" These have it in their name:{shown}{more}" if names else ""
    raise NotFound(f"The run has no job called {word}.{hint}")


def title(log: Log) -> str:
    """What a log is called where several are shown."""
    job = log["job"]
    if job is None:
        return f"run · {log['name']}"
    attempt = f" (attempt {job['attempt']})" if job["attempt"] > 1 else ""
    return f"{job['name']}{attempt} · {log['name']}"
