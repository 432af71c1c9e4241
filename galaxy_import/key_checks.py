"""A key is stored only after the server has said whose it is."""

from time import monotonic
from typing import Any, ClassVar

from django.views.decorators.debug import sensitive_variables

from common.errors import Conflict, InvalidInput, RegistryError, Violation
from common.outgoing import Limits
from galaxy_import.client import GalaxyClient
from galaxy_import.keys import keep_key
from galaxy_import.models import GalaxyKey, GalaxyServer
from galaxy_import.servers import may_be_asked
from run_sources.errors import KeyRefused, SourceError, SourceUnavailable

PATIENCE = 15.0  # seconds that somebody who waits for the answer is kept waiting
MOST_BYTES = 1024 * 1024  # of what is told of an account


class ServerDidNotTell(RegistryError):
    """The Galaxy server could not say whose the key is."""

    status: ClassVar[int] = 502
    code: ClassVar[str] = "galaxy_error"


@sensitive_variables()
def store_key(*, server: GalaxyServer, user: Any, key: str) -> GalaxyKey:
    """Test a user's key at its server and keep it; the network first, then one short write.

    InvalidInput on ``key`` where the server does not take it, ServerDidNotTell where it could not be asked, Conflict
    where it is not to be asked. Then the former key stays.
    """
    if not may_be_asked(server):
        raise Conflict(f"{server.url} is not asked by this registry at present: ask your administrator.")
    return keep_key(server=server, user=user, key=key, account=account_of(server, key))


@sensitive_variables()
def account_of(server: GalaxyServer, key: str) -> str:
    """Who the server says the key signs in as: an e-mail address or a name. Errors as of ``store_key``."""
    limits = Limits(connect=PATIENCE, silence=PATIENCE, total=PATIENCE, most_bytes=MOST_BYTES)
    client = GalaxyClient(server.url, key, allow_private=server.is_listed, limits=limits, check=_Patience())
    try:
        user = client.whoami()
    except KeyRefused as problem:
        raise InvalidInput([Violation("key", str(problem))]) from None
    except SourceError as problem:
        raise ServerDidNotTell(f"{problem} The key was not stored.") from None
    finally:
        client.close()
    if not user.get("id"):
        reason = f"{server.url} signs nobody in with this key: make one in Galaxy (User, Preferences, Manage API key)"
        raise InvalidInput([Violation("key", reason)])
    name = str(user.get("email") or user.get("username") or user["id"])
    return "".join(filter(str.isprintable, name))


class _Patience:
    """Raises once somebody has waited long enough."""

    def __init__(self) -> None:
        self._until = monotonic() + PATIENCE

    def __call__(self) -> None:
        if monotonic() > self._until:
            raise SourceUnavailable("The server did not answer in time: try again later.")
