"""What is measured, each in a process of its own: asking, fetching, importing."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.galaxy.numbering import INVOCATION
from benchmarks.galaxy.standin import KEY

ROOT = Path(__file__).resolve().parent.parent.parent
AT_ONCE = 3  # as many requests as the product has under way
PATHS = "paths.json"
Deed = Callable[[], None]


def run_child(deed: str, *, base: str, data: Path, datasets: bool = False) -> dict[str, float]:
    """Do a deed in a process of its own; what it cost: seconds of CPU and of the clock, and its greatest memory."""
    command = [sys.executable, "-m", "benchmarks.galaxy.children", deed, base, str(data), str(int(datasets))]
    environment = {**os.environ, "RUNSTEAD_DATA": str(data), "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    environment["GALAXY_SERVERS"] = base
    for name in ("DATABASE_URL", "S3_BUCKET", "STORAGE_DIR"):
        environment.pop(name, None)
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def ready_to_migrate(base: str, data: Path, _: bool) -> Deed:
    """An empty registry with one person, whose key for the server is stored."""
    import django
    from django.core.management import call_command

    django.setup()

    def make() -> None:
        from accounts.models import Group, Membership, User
        from run_import.credentials import keep_credentials
        from run_import.servers import server_for

        call_command("migrate", verbosity=0)
        group = Group.objects.create(name="Benchmark")
        user = User.objects.create_user("bench", primary_group=group)
        Membership.objects.create(user=user, group=group)
        keep_credentials(server=server_for("galaxy", base), user=user, fields={"key": KEY}, account="alice")

    return make


def ready_to_ask(base: str, data: Path, _: bool) -> Deed:
    """Nothing but HTTP: the same paths as the client asked for, the answers neither read nor kept."""
    import requests

    paths = json.loads((data / PATHS).read_text())

    def ask_some(first: int) -> None:
        with requests.Session() as session:
            for path in paths[first::AT_ONCE]:
                session.get(base + path, headers={"x-api-key": KEY}).raise_for_status()

    def ask() -> None:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(ask_some, range(AT_ONCE)))

    return ask


def ready_to_fetch(base: str, data: Path, _: bool) -> Deed:
    """The product's client asks for everything that an import needs, and each answer is thrown away."""
    from galaxy_import.client import GalaxyClient
    from galaxy_import.translate import plan_run

    def fetch() -> None:
        client = GalaxyClient(base, KEY, allow_private=True)
        root = client.invocation(INVOCATION)
        plan = plan_run(client.server(), root, all_outputs=False)
        for _ in client.jobs([job.id for job in plan.jobs]):
            pass
        client.data(plan.data)
        client.history(str(root.invocation["history_id"]))

    return fetch


def ready_to_import(base: str, data: Path, datasets: bool) -> Deed:
    """The worker's part of an import: from the claim of the row to the end of it."""
    import django

    django.setup()
    from accounts.models import User
    from galaxy_import.source import read_galaxy
    from galaxy_import.tasks import import_invocation
    from run_import.models import RunImport
    from run_import.services import ImportOptions, request_import

    address = f"{base}/workflows/invocations/{INVOCATION}"
    options = ImportOptions(create_datasets=datasets)
    [wanted] = request_import(
        addresses=[address], read=read_galaxy, user=User.objects.get(username="bench"), options=options
    )

    def bring_in() -> None:
        import_invocation(str(wanted.pk))
        wanted.refresh_from_db()
        if wanted.state != RunImport.State.DONE:
            raise RuntimeError(f"the import ended as {wanted.state}: {wanted.error}")
        if wanted.workflowrun is None or wanted.workflowrun.jobs.count() != wanted.jobs_total:
            raise RuntimeError(f"the run has not the {wanted.jobs_total} jobs that Galaxy told of")

    return bring_in


READY: dict[str, Callable[[str, Path, bool], Deed]] = {
    "migrate": ready_to_migrate,
    "ask": ready_to_ask,
    "fetch": ready_to_fetch,
    "import": ready_to_import,
}


def measured(act: Deed) -> dict[str, float]:
    """Do it; what it cost this process, and the greatest memory that the process ever had."""
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    act()
    after, wall = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter() - start
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "wall": wall, "peak": after.ru_maxrss * 1024}


def main(given: list[str]) -> dict[str, Any]:
    """Do what the parent says: the deed, the server's address, the directory of the data, whether to make datasets."""
    deed, base, data, datasets = given
    return measured(READY[deed](base, Path(data), datasets == "1"))


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
