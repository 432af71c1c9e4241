"""Ties the worker's processes together: `celery worker --include common.embedded.worker_family`.

A worker that is killed with -9 cannot tell its children, and one of them could go on working while the
next worker takes up the same row. So they die with it. And they share its memory for longer where the
garbage collector leaves alone what was there before them.
"""

import gc

from celery.signals import beat_embedded_init, worker_init, worker_process_init

from common.embedded.processes import die_with_parent


def _join_family(**_: object) -> None:
    die_with_parent()


def _share_memory(**_: object) -> None:
    gc.collect()
    gc.freeze()


worker_init.connect(_share_memory, weak=False)
worker_process_init.connect(_join_family, weak=False)
beat_embedded_init.connect(_join_family, weak=False)
