"""The whole product on a data folder of its own, with the example lab in it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180.0


@dataclass(frozen=True, slots=True)
class Server:
    """Where it answers, and who may sign in."""

    url: str
    data: Path

    def password(self, name: str) -> str:
        """The password of somebody of the lab."""
        note = json.loads((self.data / "example-lab.json").read_text())
        return str(note["users"][name]["password"])


@contextmanager
def serving(data: Path, say: Callable[[str], None]) -> Iterator[Server]:
    """Start it, wait until the lab is there and its files are taken in, stop it at the end."""
    port = _free_port()
    environment = {**os.environ, "PORT": str(port), "RUNSTEAD_DATA": str(data)}
    command = [sys.executable, "manage.py", "up", "--with-parent"]
    product = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        _wait_for_greeting(product, say)
        yield Server(f"http://127.0.0.1:{port}", data)
    finally:
        product.send_signal(signal.SIGINT)
        product.communicate(timeout=30)


def wait_until(done: Callable[[], bool]) -> bool:
    """Look again until ``done``, as long as our patience lasts; returns whether it is."""
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.5)
    return True


def _wait_for_greeting(product: subprocess.Popen, say: Callable[[str], None]) -> None:
    assert product.stdout
    for line in product.stdout:
        if line.strip():
            say(line.rstrip())
        if "http://" in line:
            return
    raise SystemExit("The registry did not start.")


def _free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
