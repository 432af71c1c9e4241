"""The RO-Crates of runs: downloaded whole and checked, and judged by the server."""

import re
from dataclasses import dataclass
from email.message import Message
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import click

from runstead_cli.downloads import check_archive, fetch, must_have_sha256
from runstead_cli.errors import Failure
from runstead_cli.naming import RUNS, find
from runstead_cli.output import Output, size
from runstead_cli.progress import Bar
from runstead_cli.session import Session, pass_session
from runstead_cli.waiting import goes_on_without_us, show_work, until_ready

if TYPE_CHECKING:
    import requests

EXPORTS = "workflows/rocrateexports/"
PROFILES = (
    "ro-crate-1.1", "ro-crate-1.2", "workflow-ro-crate", "process-run-crate", "workflow-run-crate",
    "provenance-run-crate",
)  # fmt: skip
CHUNK = 1024 * 1024
_IN_FULL = re.compile(r"filename\*=UTF-8''([^;\s]+)", re.IGNORECASE)
_SHA256 = re.compile(r'"([0-9a-f]{64})"\Z')


@click.group()
def command() -> None:
    """Download and validate the RO-Crates of runs."""


@command.command()
@click.argument("run")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=".",
              help="The file, or the directory to put it into.")  # fmt: skip
@click.option(
    "--include", type=click.Choice(["all", "small", "none"]), help="Which files are in it; see --limit."
)
@click.option(
    "--limit", type=click.IntRange(0), help="Bytes of the largest file that --include small takes in."
)
@click.option(
    "--kind", type=click.Choice(["original", "generated"]), help="The archive that was given, or ours."
)
@click.option("--absolute", is_flag=True, help="Name the workflow by its public address.")
@click.option("--again", is_flag=True, help="Have a preparation that failed tried again.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@pass_session
def download(session: Session, run: str, output: Path, again: bool, force: bool, **choice: Any) -> None:
    """Download the RO-Crate of a run.

    A large one is prepared first: that is waited for. A download that broke off goes on. What arrived is checked:
    its length, its SHA-256 where the server says it, and the checksum of every file inside.
    """
    found = find(session.api, RUNS, run)
    if again:
        _try_again(session, found["id"])
    params = {name: value for name, value in choice.items() if value not in (None, False)}
    asked = partial(session.api.stream, f"{RUNS}{found['id']}/rocrate/", **params)
    with session.output.progress(f"Crate of {found['name']}") as bar:
        ready = _prepared(session, asked, bar)
        target = output / ready.name if output.is_dir() else output
        if target.exists() and not force:
            raise Failure(f"{target} is there already; --force replaces it.")
        with goes_on_without_us(session, "What has arrived is kept; the same command goes on from there."):
            fetch(session, partial(_sent, asked), target, bar, ready.check)
    if ready.missing:
        session.output.warn(
            f"{ready.missing} files of the run are lost to the registry, and not in the crate."
        )
    bytes_here = target.stat().st_size
    told = {"path": str(target), "size": bytes_here, "files_missing": ready.missing}
    session.output.result(told, lambda: session.output.line(f"{target}  {size(bytes_here)}"))


@command.command()
@click.argument("run")
@click.option("--severity", type=click.Choice(["REQUIRED", "RECOMMENDED", "OPTIONAL"], case_sensitive=False),
              help="Tell issues of this level and above; REQUIRED if not said.")  # fmt: skip
@click.option(
    "--profile", type=click.Choice(PROFILES), help="Judge by this profile, not by what the crate names."
)
@click.option(
    "--kind", type=click.Choice(["original", "generated"]), help="The archive that was given, or ours."
)
@click.option("--again", is_flag=True, help="Have it judged once more.")
@pass_session
def validate(session: Session, run: str, again: bool, **choice: Any) -> None:
    """Have the server judge the RO-Crate of a run; exit code 1 if it does not pass."""
    found = find(session.api, RUNS, run)
    path = f"{RUNS}{found['id']}/rocrate/validation/"
    params = {name: value for name, value in choice.items() if value}
    if again:
        session.api.post(path, params=params)
    sentence = "The server goes on judging; the same command shows the report."
    with goes_on_without_us(session, sentence), session.output.progress("Validation") as bar:
        ask = partial(session.api.request, "GET", path, params=params)
        report = until_ready(session, ask, partial(show_work, bar)).json()
    session.output.result(report, lambda: show(session.output, found["name"], report))
    if not report["passed"]:
        raise click.exceptions.Exit(1)


@dataclass(frozen=True, slots=True)
class Ready:
    """What is known of a crate before it is fetched. ``missing`` counts files that it should have and has not."""

    name: str
    sha256: str
    missing: int

    def check(self, path: Path) -> None:
        """Raises Failure unless the file is the crate, whole."""
        must_have_sha256(self.sha256)(path)
        check_archive(path)


def _prepared(session: Session, asked: Any, bar: Bar) -> Ready:
    """Wait until the crate is there."""
    sentence = "The server goes on preparing it; the same command fetches it."
    with goes_on_without_us(session, sentence):
        # One byte is asked for: this is about its name.
        ask = partial(asked, {"Range": "bytes=0-0"})
        with until_ready(session, ask, partial(show_work, bar)) as answer:
            # The tag of an archive that was given is its SHA-256; that of one that was made here is shorter.
            tag = _SHA256.match(answer.headers.get("ETag", ""))
            name = file_name(answer.headers.get("Content-Disposition", ""))
            return Ready(name, tag[1] if tag else "", int(answer.headers.get("Missing-Files", 0)))


def _sent(asked: Any, headers: dict[str, str]) -> "requests.Response":
    answer: requests.Response = asked(headers)
    if answer.status_code == 202:
        raise Failure("The run has changed meanwhile, and its crate is prepared anew; run the command again.")
    return answer


def _try_again(session: Session, run: str) -> None:
    for export in session.api.pages(EXPORTS, subject_id=run, state="FAILED"):
        session.api.post(f"{EXPORTS}{export['id']}/retry/")


def file_name(disposition: str) -> str:
    """The name of a download, and never more than a name."""
    message = Message()
    message["Content-Disposition"] = disposition
    in_full = _IN_FULL.search(disposition)
    name = Path(unquote(in_full[1]) if in_full else message.get_filename() or "").name
    return name if name not in ("", ".", "..") else "run.crate.zip"


def show(output: Output, name: str, report: dict[str, Any]) -> None:
    """The report for people: the verdict, every issue, and why there is no verdict."""
    verdict = {True: "passed", False: "NOT passed"}.get(report["passed"], "not judged")
    output.line(f"{name}: {verdict} ({report['profile']}, {report['severity']}, the {report['crate']} crate)")
    rows = [[one["severity"], one["check"], one["entity"], one["message"]] for one in report["issues"]]
    if rows:
        output.table(["SEVERITY", "CHECK", "ENTITY", "MESSAGE"], rows)
    if report["remark"]:
        output.line(report["remark"])
