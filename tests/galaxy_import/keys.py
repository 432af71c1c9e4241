"""Keys for Galaxy servers, which have one field only."""

from typing import Any

from run_import.credentials import credentials_for, keep_credentials, share_credentials
from run_import.models import RunCredential, RunServer


def keep_key(*, server: RunServer, user: Any, key: str, account: str) -> RunCredential:
    """A key of a user's, as if it had been tested."""
    return keep_credentials(server=server, user=user, fields={"key": key}, account=account)


def share_key(server: RunServer, key: str, account: str) -> None:
    """A key for everybody, not saved; an empty one clears it."""
    share_credentials(server, {"key": key} if key else {}, account)


def key_for_user(server: RunServer, user: Any) -> tuple[str, str]:
    """The key that is sent for a user, and whose it is."""
    fields, account = credentials_for(server, user)
    return fields.get("key", ""), account
