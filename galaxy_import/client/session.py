"""One Galaxy server over HTTP: its key, and what its refusals mean."""

from typing import Any

from galaxy_import.client.refusals import error_of, words_of
from run_sources.errors import KeyRefused, SourceError
from run_sources.http.session import Answer, HttpSession, pause_for

__all__ = ["Answer", "Session", "pause_for"]


class Session(HttpSession):
    """Asks a Galaxy server with one API key, which goes into a header and nowhere else."""

    system = "Galaxy server"

    def __init__(self, base: str, key: str = "", **options: Any) -> None:
        super().__init__(base, headers=_key_header(key), **options)

    def words_of(self, body: Any) -> str:
        """What Galaxy says about an error."""
        return words_of(body)

    def refusal(self, status: int, body: Any, path: str) -> SourceError:
        """By Galaxy's own codes."""
        return error_of(status, body, self, path)


def _key_header(key: str) -> dict[str, str]:
    # What cannot be in a header would be told in the error of who writes the header.
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise KeyRefused(
            "The API key has characters that no key of Galaxy has: copy it again, without blanks."
        )
    return {"x-api-key": key} if key else {}
