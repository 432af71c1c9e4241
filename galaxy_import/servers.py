"""A client for a Galaxy server, with the key that is used for a user."""

from typing import Any

from galaxy_import.client import GalaxyClient
from galaxy_import.source import client_of
from run_import.models import RunServer
from run_import.servers import access_to


def client_for(server: RunServer, user: Any, **options: Any) -> GalaxyClient:
    """SourceError where the server is not to be asked any more; ``options`` are the client's own."""
    return client_of(access_to(server, user), **options)
