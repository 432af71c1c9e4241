"""What a refusal of Galaxy means: its status and its own code, told as a sentence."""

from typing import Any, Protocol

from run_sources.errors import AnswerNotUnderstood, KeyRefused, NotFound, NotReadable, SourceError
from run_sources.http.session import readable

UNKNOWN_ID = (400008, 400009)  # of the wrong length; not to be decoded, as one of another server
UNKNOWN_KEY = (401001, 403001)  # the second from routes of the older kind
_REMEDIES = {  # by what Galaxy's words begin with, ``HistoryDatasetAssociation is not accessible by user`` for example
    "collection": "Have its history shared with that account",
    "dataset": "Sharing its history is not enough: have that account allowed to access the dataset (Permissions, in "
    "its attributes)",
    "history": "Have its history shared with that account",
    "workflow": "Have the workflow shared with that account",
}


class Asked(Protocol):
    """Who was asked, with what key."""

    base: str
    account: str
    has_key: bool


def error_of(status: int, body: Any, asked: Asked, path: str) -> SourceError:
    """The error that fits."""
    code = body.get("err_code") if isinstance(body, dict) else None
    return _error(status, code, words_of(body), asked, path)


def words_of(body: Any) -> str:
    """What Galaxy says about an error, shortened; empty if it says nothing that can be read."""
    if not isinstance(body, dict):
        return ""
    said = body.get("err_msg") or body.get("message") or body.get("detail") or ""
    return readable(said) if isinstance(said, str) else ""


def _error(status: int, code: Any, words: str, asked: Asked, path: str) -> SourceError:
    if status == 401 or code in UNKNOWN_KEY:
        return KeyRefused(_refused_key(asked))
    if status == 403:
        return NotReadable(_not_readable(asked, words))
    if status in (404, 410) or code in UNKNOWN_ID:
        return NotFound(
            f"{asked.base} knows nothing under {_thing(path)}. Look whether the address is whole, and of this server."
        )
    if status == 409:
        return NotReadable(f"{asked.base} cannot give this: {words or 'it is not in a state for it'}")
    return AnswerNotUnderstood(
        f"{asked.base} refused the request ({status}): {words or 'it does not say why'}"
    )


def _refused_key(asked: Asked) -> str:
    if not asked.has_key:
        return (
            f"{asked.base} answers to nobody without an API key. Store yours for this server, then try again."
        )
    return (
        f"{asked.base} does not accept the API key. It may have been replaced: make a new one there under User, "
        "Preferences, Manage API Key, and store it for this server here."
    )


def _not_readable(asked: Asked, words: str) -> str:
    said = f" (Galaxy: {words})" if words else ""
    if not asked.has_key:
        return (
            f"{asked.base} does not show this to everybody{said}. Store your API key for it, then try again."
        )
    who = f"the account {asked.account}" if asked.account else "the account that the API key belongs to"
    return f"{asked.base} does not show this to {who}{said}. {_remedy(words)}, or use the key of its owner."


def _remedy(words: str) -> str:
    """What opens the thing that Galaxy names: a dataset may be private in a history that is shared."""
    thing = words.partition(" ")[0].lower()
    return next(
        (remedy for name, remedy in _REMEDIES.items() if name in thing), "Have it shared with that account"
    )


def _thing(path: str) -> str:
    return path.partition("?")[0][:200]
