"""Wrong passwords: after a few of them one has to wait, also with the right one."""

import time

from django.core.cache import cache
from django.http import HttpRequest
from rest_framework.throttling import BaseThrottle

MOST_WRONG = 5
PERIOD = 300  # seconds from the first wrong one until all are forgotten


class WrongPasswords:
    """Those that were given for one user name from one address, or by one who is signed in.

    They are counted in the cache. Who is told to wait is not tried: waiting tells nothing about the password.
    """

    def __init__(self, *names: str) -> None:
        self._key = "wrong-passwords:" + ":".join(name.encode().hex() for name in names)

    @classmethod
    def from_address(cls, request: HttpRequest, username: str) -> "WrongPasswords":
        """Those for ``username``, however it is spelled, from where ``request`` comes from."""
        return cls("from", username[:150].strip().casefold(), BaseThrottle().get_ident(request) or "")  # type: ignore[arg-type]

    @classmethod
    def of_user(cls, user_id: object) -> "WrongPasswords":
        """Those of somebody who is signed in and is asked for the password again."""
        return cls("of", str(user_id))

    @property
    def seconds(self) -> int:
        """How long to wait before the next one is tried; 0 if it may be tried now."""
        count, until = cache.get(self._key, 0), cache.get(f"{self._key}:until", 0.0)
        return max(0, round(until - time.time())) if count >= MOST_WRONG else 0

    def note(self) -> None:
        """Count one more; several at once are all counted."""
        cache.add(f"{self._key}:until", time.time() + PERIOD, PERIOD)
        cache.add(self._key, 0, PERIOD)
        try:
            cache.incr(self._key)
        except ValueError:  # it ended at this moment
            cache.add(self._key, 1, PERIOD)

    def forget(self) -> None:
        """The right one was given."""
        cache.delete_many([self._key, f"{self._key}:until"])


def in_words(seconds: int) -> str:
    """How long to wait, as people say it."""
    if seconds < 90:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{round(seconds / 60)} minutes"
