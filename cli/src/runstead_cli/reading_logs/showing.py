"""Logs as they are: listed, read whole or from their end, searched."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click

from runstead_cli.output import Output, clean, size
from runstead_cli.reading_logs.choosing import Choice, Log, job_ids, title
from runstead_cli.reading_logs.texts import harmless, lines_of
from runstead_cli.session import Session

CHUNK = 64 * 1024


def list_logs(output: Output, logs: list[Log]) -> None:
    """A row for each."""
    rows = [
        [
            log["job"] and log["job"]["name"],
            log["job"] and log["job"]["attempt"],
            log["name"],
            "excerpt" if log["kind"] == "excerpt" else log["line_count"],
            size(log["full_size"]) + (" (cut)" if log["is_cut"] else ""),
        ]
        for log in logs
    ]
    output.table(["JOB", "ATTEMPT", "NAME", "LINES", "SIZE"], rows)


def show_logs(session: Session, path: str, logs: list[Log], *, tail: int | None, colours: bool) -> None:
    """The text of each, under its title where there are several; with ``tail`` the last lines."""
    if session.output.json:
        told = [{**log, "text": "\n".join(_lines(session, path, log, tail, colours=False))} for log in logs]
        session.output.data(told)
        return
    for place, log in enumerate(logs):
        if len(logs) > 1:
            click.echo(("\n" if place else "") + f"==> {clean(title(log))} <==")
        for line in _lines(session, path, log, tail, colours=colours):
            tell_line(line, colours=colours)


def tell_line(line: str, *, colours: bool) -> None:
    """A line of a log; colours also where no terminal reads, if they are wanted."""
    click.echo(harmless(line, colours=colours), color=True if colours else None)


def _lines(session: Session, path: str, log: Log, tail: int | None, *, colours: bool) -> Iterator[str]:
    params: dict[str, Any] = {"ansi": "keep" if colours else "strip"}
    if tail is not None:
        params["tail"] = tail
    with session.api.stream(f"{path}{log['id']}/content/", **params) as answer:
        yield from lines_of(answer.iter_content(CHUNK))


def search_logs(session: Session, choice: Choice, text: str, context: int) -> None:
    """The lines that hold a text, as grep tells them."""
    jobs = job_ids(session.api, choice.run, choice.jobs)
    asked: list[dict[str, Any]] = [{"job": job} for job in jobs] or [{}]
    hits: Iterator[dict[str, Any]] = (
        hit for one in asked for hit in _hits(session, choice, {"q": text, "context": context, **one})
    )
    if session.output.json:
        session.output.data(list(hits))
        return
    found = False
    for hit in hits:
        _tell(hit, separated=found and bool(context))
        found = True
    if not found:
        session.output.say("No line holds it.")


def _hits(session: Session, choice: Choice, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Page after page; a search that takes the server long goes on where it stopped."""
    params = {"page_size": 200, **choice.params(), **params}
    while True:
        page = session.api.get(f"{choice.path}search/", **params)
        yield from page["results"]
        if not page["next"]:
            return
        params["cursor"] = parse_qs(urlsplit(page["next"]).query)["cursor"][0]


def _tell(hit: dict[str, Any], *, separated: bool) -> None:
    name, number = clean(title(hit["log"])), hit["line"]
    if separated:
        click.echo("--")
    for away, line in enumerate(hit["before"], -len(hit["before"])):
        click.echo(f"{name}-{number + away}-{harmless(line)}")
    click.echo(f"{name}:{number}:{_marked(hit['text'], hit['places'])}")
    for away, line in enumerate(hit["after"], 1):
        click.echo(f"{name}-{number + away}-{harmless(line)}")


def _marked(text: str, places: list[list[int]]) -> str:
    """What was found in red; click leaves that out where no terminal reads."""
    told, end = "", 0
    for begin, stop in places:
        told += harmless(text[end:begin]) + click.style(harmless(text[begin:stop]), fg="red", bold=True)
        end = stop
    return told + harmless(text[end:])
