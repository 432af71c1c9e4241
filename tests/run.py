"""Runs the whole suite; `make test` calls it. Arguments go to pytest.

One pytest runs two environments beside each other and ends with one summary for both: ``gw0`` works on
SQLite, ``gw1`` runs again, on PostgreSQL and Redis, what touches the database, and what touches none is done by
whoever has time. Where there is no PostgreSQL, the two work on SQLite together; with REQUIRE_SERVICES=1 that is an
error.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Dozens of processes are started, each of which would translate all of our modules again if it were not kept.
NOT_INHERITED = ("DATABASE_URL", "REDIS_URL", "PYTHONDONTWRITEBYTECODE")
sys.path.insert(0, str(ROOT))

from tests.servers import Server, claimed_redis_database, postgres, redis_server  # noqa: E402


def main(arguments: list[str]) -> int:
    """Find the servers, say what is used, run pytest; returns its exit code."""
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(postgres())
        broker = stack.enter_context(redis_server())
        environment = _environment(stack, database, broker)
        _say_what_is_used(database, broker)
        if os.environ.get("REQUIRE_SERVICES") == "1" and not (database and broker):
            print("REQUIRE_SERVICES=1, and a server is missing.", file=sys.stderr)
            return 1
        return _pytest([*_workers(database, broker), *arguments], environment)


def _environment(
    stack: contextlib.ExitStack, database: Server | None, broker: Server | None
) -> dict[str, str]:
    """The environment of the tests: what was found, and a directory for all that they leave behind."""
    scratch = tempfile.mkdtemp(prefix="runstead-")
    # Python's own way of removing goes no deeper than a thousand directories; some tests do.
    stack.callback(subprocess.run, ["rm", "-rf", scratch], check=False)
    found = {"TMPDIR": scratch}
    if database or broker:
        found["RUNSTEAD_TEST_TAKEN"] = tempfile.mkdtemp(prefix="taken-", dir=scratch)
    if database:
        found["RUNSTEAD_TEST_DATABASE_URL"] = database.url
    if broker:
        found["RUNSTEAD_TEST_REDIS_URL"] = stack.enter_context(claimed_redis_database(broker))
        # The processes of production get another one: their worker would take the messages of the tests.
        found["RUNSTEAD_PRODUCTION_REDIS_URL"] = stack.enter_context(claimed_redis_database(broker))
    ours = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
    return _engines() | ours | found


def _engines() -> dict[str, str]:
    """The engines that `make engines` installed, which some tests run for real."""
    programs = {name: ROOT / ".venv-engines" / "bin" / name for name in ("snakemake", "cwltool")}
    return {f"RUNSTEAD_TEST_{name.upper()}": str(path) for name, path in programs.items() if path.exists()}


def _say_what_is_used(database: Server | None, broker: Server | None) -> None:
    print(f"Python {sys.version.split()[0]}, on SQLite (gw0)")
    for name, server in (("PostgreSQL", database), ("Redis", broker)):
        if server:
            print(f"{name}: {server.story}; what touches it runs there again (gw1)")
        else:
            print(f"{name}: none found and none installed. NOT RUN: the tests on {name}.")
    sys.stdout.flush()


def _workers(database: Server | None, broker: Server | None) -> list[str]:
    """Which pytest workers there are; nothing special where somebody debugs."""
    if not (database or broker):
        return ["-rs", "-n", str(min(os.cpu_count() or 1, 4))]
    kinds = [f"popen//env:RUNSTEAD_TEST_ON={kind}" for kind in ("sqlite", "services")]
    return ["-rs", "-o", "console_output_style=classic", "--dist", "each", "--tx", kinds[0], "--tx", kinds[1]]


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # pytest gets it as well, and ends in its own way
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
