"""Lists on the command line: filters, order, pages; as a table, JSON or CSV."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from runstead_cli.filters import Filter, as_params, filter_options
from runstead_cli.session import Session

if TYPE_CHECKING:
    from runstead_cli.api import Api

Command = TypeVar("Command", bound=Callable[..., Any])
LARGEST_PAGE = 500
CHUNK = 64 * 1024


def list_options(filters: list[Filter]) -> Callable[[Command], Command]:
    """The filters, and what all lists take."""

    def decorate(command: Command) -> Command:
        for option in (
            click.option("--csv", "as_csv", is_flag=True, help="All rows of the list as CSV."),
            click.option("--all", "all_rows", is_flag=True, help="All rows, not one page."),
            click.option("--page", type=click.IntRange(1), default=1, help="Which page."),
            click.option("--limit", type=click.IntRange(1, LARGEST_PAGE), default=50, show_default=True,
                         help="Rows on a page."),
            click.option("--ordering", help="Column to sort by; - before it for the greatest first: -started_at."),
        ):  # fmt: skip
            command = option(command)
        return filter_options(filters)(command)

    return decorate


def show_list(
    session: Session,
    path: str,
    filters: list[Filter],
    given: dict[str, Any],
    columns: dict[str, Callable[[dict[str, Any]], Any]],
    also: dict[str, Any] | None = None,
) -> None:
    """Ask for what was given, ``also`` with parameters of the API's own, and show it."""
    api, params = session.api, as_params(session.api, filters, given) | (also or {})
    if given["ordering"]:
        params["ordering"] = given["ordering"]
    if given["as_csv"]:
        _copy_csv(api, path, params)
        return
    rows, note = _rows(api, path, params, given)
    session.output.result(
        rows,
        lambda: session.output.table(
            list(columns), [[cell(row) for cell in columns.values()] for row in rows]
        ),
    )
    if note and not session.output.json:
        session.output.say(note)


def _rows(
    api: "Api", path: str, params: dict[str, Any], given: dict[str, Any]
) -> tuple[Sequence[dict[str, Any]], str]:
    """The rows, and a word on those that are not among them."""
    if given["all_rows"]:
        return list(api.pages(path, **params)), ""
    page = api.get(path, **params, page=given["page"], page_size=given["limit"])
    rows, count = page["results"], page["count"]
    if not page["next"]:
        return rows, "" if rows else "Nothing fits."
    at_least = "at least " if page["count_is_lower_bound"] else ""
    return rows, f"{len(rows)} of {at_least}{count}; --page {given['page'] + 1} shows the next, --all all."


def _copy_csv(api: "Api", path: str, params: dict[str, Any]) -> None:
    """As the server writes it, a piece at a time."""
    with api.stream(path, **params, format="csv") as answer:
        for piece in answer.iter_content(CHUNK):
            click.echo(piece, nl=False)
