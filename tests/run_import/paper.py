"""A source that tells what a test tells it to: nothing is asked anywhere."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, ClassVar

from run_sources.errors import KeyRefused, NotFound
from run_sources.seam import Access, Address, CredentialField, FetchedRun

BASE = "https://paper.example.org"


class PaperSource:
    """Runs on paper: the sheets are set by tests."""

    name: ClassVar[str] = "paper"
    title: ClassVar[str] = "Paper"
    examples: ClassVar[tuple[str, ...]] = (f"{BASE}/sheets/run-1",)
    credential_fields: ClassVar[tuple[CredentialField, ...]] = (
        CredentialField("region", "Region", secret=False),
        CredentialField("token", "Token"),
    )
    wants_credentials: ClassVar[bool] = False
    sheets: ClassVar[dict[str, FetchedRun]] = {}
    contents: ClassVar[dict[str, bytes]] = {}
    asked: ClassVar[list[Access]] = []

    @classmethod
    def read_address(cls, text: str) -> Address | None:
        """``…/sheets/ID`` is a run, ``…/folders/ID`` holds all."""
        base, _, rest = text.partition("/sheets/")
        if rest:
            return Address(base, rest, page=text)
        base, _, rest = text.partition("/folders/")
        return Address(base, rest, "folder", text) if rest else None

    def __init__(self, access: Access) -> None:
        self._access = access
        self.asked.append(access)

    def close(self) -> None:
        """Nothing is open."""

    def whoami(self) -> str:
        """Everybody but who has a bad token."""
        if self._access.credentials.get("token") == "bad":
            raise KeyRefused("Paper does not know this token.")
        return "ada@paper"

    def list_run_ids(self, kind: str, external_id: str) -> Iterator[str]:
        """All sheets."""
        return iter(self.sheets)

    def fetch(self, external_id: str) -> FetchedRun:
        """A sheet, by its name or by its origin's id."""
        external_id = external_id.removeprefix(f"{BASE}#")
        if external_id not in self.sheets:
            raise NotFound(f"There is no sheet {external_id}.")
        self._access.on_answer(f"/sheets/{external_id}", 200, {"id": external_id})
        return self.sheets[external_id]

    @contextmanager
    def open_file(self, external_id: str, path: str) -> Iterator[BinaryIO]:
        """What stands on it."""
        if path not in self.contents:
            raise NotFound(f"There is no {path}.")
        yield io.BytesIO(self.contents[path])


def sheet(record: Any, **facts: Any) -> FetchedRun:
    """A run on paper."""
    return FetchedRun(record, **facts)
