"""Records by what people call them: an id, the beginning of one, a name, or the address of a page."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from runstead_cli.errors import Failure, NotFound

if TYPE_CHECKING:
    from runstead_cli.api import Api

RUNS = "workflows/workflowruns/"
DATASETS = "data-management/datasets/"
WORKFLOWS = "workflows/workflows/"
VERSIONS = "workflows/workflowversions/"
IMPORTS = "workflows/runimports/"
NOUNS = {RUNS: "run", DATASETS: "dataset", WORKFLOWS: "workflow", VERSIONS: "version", IMPORTS: "import"}
SHOWN = 10

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_BEGINNING = re.compile(r"[0-9a-f]{8}[0-9a-f-]{0,28}\Z", re.IGNORECASE)
# A row is made in the same request as its id; between the two lies little, whatever a clock does meanwhile.
_AROUND = timedelta(minutes=10)


def find(api: "Api", path: str, text: str, **params: Any) -> dict[str, Any]:
    """The one row of a list that is meant; `NotFound` for none, and for several an error that lists them."""
    found = _ID.search(text) if text.startswith(api.url) else _ID.fullmatch(text)
    if found and not params:
        return dict(api.get(f"{path}{found.group().lower()}/"))
    text = found.group() if found else text
    rows = list(_of_beginning(api, path, text, params)) if _BEGINNING.match(text) else []
    named = rows or list(api.pages(path, name=text, **params))
    exact = rows or [row for row in named if row["name"] == text]
    return _one(exact or named, text, path, is_exact=bool(exact))


def find_id(api: "Api", path: str, text: str, **params: Any) -> str:
    """Its id; one that is given whole is not asked for."""
    return text.lower() if _ID.fullmatch(text) else str(find(api, path, text, **params)["id"])


def is_id(text: str) -> bool:
    """Whether it is a whole id."""
    return bool(_ID.fullmatch(text))


def find_import_id(api: "Api", text: str) -> str:
    """The id of an import, by its id, the beginning of it, or what was imported: then the newest one."""
    if _ID.fullmatch(text):
        return text.lower()
    if _BEGINNING.match(text) and (rows := list(_of_beginning(api, IMPORTS, text, {}))):
        return str(_named_by_url(rows, text)["id"])
    found = [row for row in api.pages(IMPORTS, search=text) if text in (row["url"], row["external_id"])]
    if not found:
        raise NotFound(f"There is no import {text} of yours; runstead import status lists them.")
    return str(found[0]["id"])


def _named_by_url(rows: list[dict[str, Any]], text: str) -> dict[str, Any]:
    return _one([{**row, "name": row["url"]} for row in rows], text, IMPORTS)


def find_group(api: "Api", text: str) -> str:
    """The id of one of the caller's groups, by its name or id."""
    return _by_word(api, "groups/", "name", text, "group of yours")


def find_user(api: "Api", text: str) -> str:
    """The id of a person, by user name or id."""
    if text == "me":
        return str(api.get("users/me/")["id"])
    return _by_word(api, "users/", "username", text, "user")


def _by_word(api: "Api", path: str, field: str, text: str, noun: str) -> str:
    if _ID.fullmatch(text):
        return text
    for row in api.pages(path, search=text):
        if row[field].lower() == text.lower():
            return str(row["id"])
    raise NotFound(f"There is no {noun} called {text}.")


def _of_beginning(api: "Api", path: str, text: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Ids begin with the time at which they were made: so the rows around that time are looked through."""
    digits = text.replace("-", "")[:12]
    first = int(digits.ljust(12, "0"), 16)
    last = int(digits.ljust(12, "f"), 16)
    try:
        after = datetime.fromtimestamp(first / 1000, UTC) - _AROUND
        before = datetime.fromtimestamp(last / 1000, UTC) + _AROUND
    except (ValueError, OverflowError, OSError):
        return
    near = {"created_after": after.isoformat(), "created_before": before.isoformat()}
    for row in api.pages(path, **near, **params):
        if row["id"].replace("-", "").startswith(text.lower().replace("-", "")):
            yield row


def _one(rows: list[dict[str, Any]], text: str, path: str, is_exact: bool = True) -> dict[str, Any]:
    noun = NOUNS[path]
    if not rows:
        raise NotFound(f"There is no {noun} called {text}, or you may not see it.")
    if len(rows) == 1 and is_exact:
        return rows[0]
    shown = "\n".join(f"  {row['id']}  {row['name']}" for row in rows[:SHOWN])
    more = f"\n  and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
    if is_exact:
        raise Failure(f"{text} may be {len(rows)} {noun}s; say which by its id:\n{shown}{more}")
    raise NotFound(f"There is no {noun} called {text}. These have it in their name:\n{shown}{more}")
