"""How the web server runs: `gunicorn -c config/gunicorn.py`; README, "Settings", explains the variables.

Two processes of four threads: processes use the cores, threads wait for the database and for downloads. Streams of
events sit on threads of their own, so that no request waits for one.
The application is loaded before the workers are forked, so that they share its memory.
"""

import gc
import os
from pathlib import Path
from typing import Any

from common.embedded.processes import die_with_parent

wsgi_app = "config.wsgi"
bind = f"{os.environ.get('BIND') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4) + int(os.environ.get("EVENT_STREAMS") or 8)
preload_app = True
control_socket_disable = True  # otherwise gunicorn opens one in the home directory

limit_request_line = 8190  # filters can be long; gunicorn's own limit is half of that
timeout = 60  # without a sign of life from a worker process; a long download is not meant by this
graceful_timeout = int(os.environ.get("GRACEFUL_TIMEOUT") or 30)
keepalive = 5
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # signs of life never wait for a disk

accesslog = "-" if os.environ.get("ACCESS_LOG", "").lower() in ("1", "true", "on", "yes") else None
loglevel = (os.environ.get("LOG_LEVEL") or "info").lower()


def when_ready(server: Any) -> None:
    """Load what the first request would load, and keep the collector from unsharing it in each worker."""
    from django.db import connections
    from django.urls import get_resolver

    _ = get_resolver().url_patterns
    connections.close_all()
    gc.collect()
    gc.freeze()
    # A large registration makes a million objects and no cycles: looking for some took a quarter of its time.
    gc.set_threshold(50_000, 20, 50)


def post_fork(server: Any, worker: Any) -> None:
    """A worker without its master answers nobody who could be told: it ends at once. Streams end with their worker."""
    from common.streaming import serve_while

    die_with_parent(server.pid)
    serve_while(lambda: worker.alive)
