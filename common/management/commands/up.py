"""`manage.py up`: the whole product on this machine, until Ctrl-C."""

import argparse
import os
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connections
from django.utils import timezone

from common.background import release_orphans
from common.embedded import lab_notes
from common.embedded.broker import socket_for
from common.embedded.instance import AlreadyRunning, Instance
from common.embedded.processes import die_with_parent
from common.embedded.product import CannotStart, Product
from common.embedded.supervisor import Stopped, Supervisor, WillNotStart
from common.models import WorkerBeat


class Command(BaseCommand):
    """Starts web server, worker and broker; the first time it fills the registry with an example lab."""

    help = "Start the whole product on this machine: database, broker, web server, worker. Ctrl-C ends it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """`--bare` is for people; the other two are for the Makefile and for ourselves."""
        parser.add_argument("--bare", action="store_true", help="without the example lab")
        parser.add_argument("--with-parent", action="store_true", help="end when the starting program ends")
        parser.add_argument("--build-example-lab", metavar="URL", help=argparse.SUPPRESS)

    def handle(self, *, bare: bool, with_parent: bool, build_example_lab: str | None, **_: Any) -> None:
        """Run until we are asked to end."""
        if build_example_lab:
            return self._build_example_lab(build_example_lab)
        if with_parent:
            die_with_parent(number=signal.SIGTERM)
        try:
            with Instance(settings.DATA_DIR) as instance:
                self._run(instance, _product(), bare=bare or not settings.TRIAL)
        except KeyboardInterrupt:
            raise CommandError("Interrupted before the start.", returncode=130) from None
        except (AlreadyRunning, CannotStart, WillNotStart) as problem:
            raise CommandError(str(problem)) from None

    def _run(self, instance: Instance, product: Product, *, bare: bool) -> None:
        product.require_free_port()
        self._say(f"Starting Runstead on {settings.DATA_DIR} ...")
        self._prepare_database()
        with Supervisor(
            say=self._say, noted=lambda children: instance.write(url=product.url, children=children)
        ) as supervisor:
            try:
                self._start(supervisor, product)
                if not bare:
                    self._offer_example_lab(supervisor, product)
                self._say(_greeting(product, bare=bare))
                supervisor.watch()
            except Stopped:
                self._say("\nEnding ...")

    def _prepare_database(self) -> None:
        """Bring the tables up to date, and free the work of a killed instance: no worker is alive now."""
        call_command("migrate", verbosity=0, interactive=False)
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        if not settings.TRIAL:
            call_command("collectstatic", verbosity=0, interactive=False)
        freed = release_orphans()
        if freed:
            self._say(f"Taking up {freed} interrupted piece{'s' if freed > 1 else ''} of background work.")
        connections.close_all()

    def _start(self, supervisor: Supervisor, product: Product) -> None:
        if not product.redis_url:
            supervisor.start(product.broker())
            supervisor.watch_until(product.broker_answers, seconds=10)
        started = timezone.now()
        supervisor.start(product.web(), product.worker())
        ready = supervisor.watch_until(
            lambda: product.web_answers() and WorkerBeat.objects.filter(at__gte=started).exists(), seconds=60
        )
        connections.close_all()
        if not ready:
            self._say("Not everything answers yet; `manage.py doctor` says what is wrong.")

    def _offer_example_lab(self, supervisor: Supervisor, product: Product) -> None:
        """Build the lab where nobody is known yet."""
        known = get_user_model().objects.exists()
        connections.close_all()
        if known:
            return
        builder = product.example_lab()
        supervisor.start(builder)
        supervisor.watch_until(lambda: builder.ended_with is not None)
        if builder.ended_with:
            self._say("The example lab could not be built; the registry works without it.")

    def _build_example_lab(self, url: str) -> None:
        from example_lab.build import ensure_example_lab  # above us, and only ever asked for by name

        ensure_example_lab(url, self._say)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _product() -> Product:
    wanted = settings.BROKER_SOCKET
    return Product(
        directory=settings.BASE_DIR,
        data=settings.DATA_DIR,
        broker_socket=socket_for(wanted),
        redis_url=settings.REDIS_URL,
        bind=os.environ.get("BIND") or "127.0.0.1",
        port=int(os.environ.get("PORT") or 8000),
    )


def _greeting(product: Product, *, bare: bool) -> str:
    lab = None if bare else lab_notes.read(settings.DATA_DIR, url=product.url)
    return lab_notes.greeting(product.url, lab, trial=settings.TRIAL)
