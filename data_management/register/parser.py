"""Reading a registration off the wire: what was decoded is let go as soon as it is understood."""

import hashlib
from typing import Any

from common.api.parsers import JSONParser
from data_management.register.body import Reading


class RegistrationParser(JSONParser):
    """The body of a registration as a ``Reading``: of a hundred thousand files one shape is enough in memory."""

    def understood(self, body: bytes) -> Any:
        """The reading, with the digest that tells one body from another."""
        return Reading.of(super().understood(body), digest=hashlib.sha256(body).hexdigest())
