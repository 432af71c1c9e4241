"""Has the worker's child processes die with it; `celery worker --include common.embedded.worker_family`.

A worker that is killed with -9 cannot tell its children, and one of them could go on working while the
next worker takes up the same row.
"""

from celery.signals import beat_embedded_init, worker_process_init

from common.embedded.processes import die_with_parent


def _join_family(**_: object) -> None:
    die_with_parent()


worker_process_init.connect(_join_family, weak=False)
beat_embedded_init.connect(_join_family, weak=False)
