"""Stands for the client where contents are fetched."""

import threading
from typing import Any

from galaxy_import.client import Downloaded

ETAG = '"0964a84be873ac8a"'


class Contents:
    """Stands for the client: datasets by their ids, and what goes wrong with some of them."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        self.contents = contents
        self.archives: dict[
            str, bytes
        ] = {}  # what it gives of a dataset of several files, if asked for all of it
        self.broken: dict[str, Exception] = {}
        self.breaks_after: dict[str, int] = {}
        self.asked: list[tuple[str, int]] = []
        self.limits: list[int] = []
        self.together = 0
        self.most_together = 0
        self._lock = threading.Lock()

    def download(
        self, dataset_id: str, write: Any, *, offset: int = 0, etag: str = "", limit: int, told: Any,
        packed: bool = False,
    ) -> Downloaded:  # fmt: skip
        with self._lock:
            self.asked.append((dataset_id, offset))
            self.limits.append(limit)
            self.together += 1
            self.most_together = max(self.most_together, self.together)
        try:
            if packed and dataset_id in self.archives:
                told("", None)
                write.seek(0)
                write.truncate()
                write.write(self.archives[dataset_id])
                return Downloaded(len(self.archives[dataset_id]), is_archive=True)
            return self._send(dataset_id, write, offset if etag == ETAG else 0, told)
        finally:
            with self._lock:
                self.together -= 1

    def _send(self, dataset_id: str, write: Any, start: int, told: Any) -> Downloaded:
        content = self.contents[dataset_id]
        told(ETAG, len(content))
        write.seek(start)
        write.truncate()
        if dataset_id in self.breaks_after:
            write.write(content[start : self.breaks_after.pop(dataset_id)])
            raise self.broken.pop(dataset_id)
        if dataset_id in self.broken:
            raise self.broken[dataset_id]
        write.write(content[start:])
        return Downloaded(len(content), ETAG)
