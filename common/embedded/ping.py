"""Asks the web server of this machine whether it answers: `python -m common.embedded.ping`.

Prints nothing and exits with 0 if it does, with 1 if not: what a container's health check wants.
"""

import http.client
import os
import sys

PATH = "/api/v2/ping/"


def web_answers(host: str, port: int, *, called: str = "localhost") -> bool:
    """True if the server at host and port says 200 to a ping that is addressed to the host ``called``."""
    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", PATH, headers={"Host": called})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def reachable_host(bind: str) -> str:
    """Where we reach a server that listens on ``bind``: itself, or this machine where it listens on all."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "[::]": "::1"}.get(bind, bind)


def an_allowed_host() -> str:
    """A name that the server accepts, from ALLOWED_HOSTS."""
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip()
    return "localhost" if first in ("", "*") else first.lstrip(".")


if __name__ == "__main__":
    bind, port = os.environ.get("BIND") or "127.0.0.1", int(os.environ.get("PORT") or 8000)
    sys.exit(0 if web_answers(reachable_host(bind), port, called=an_allowed_host()) else 1)
