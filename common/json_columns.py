"""What stands in a JSON column, as it is read."""

from typing import Any

import orjson
from django.db.models import JSONField

_of_django = JSONField.from_db_value


def read_as_told() -> None:
    """Let every JSON column be read as JSON from outside is: a number beyond 64 bits is a float.

    PostgreSQL writes 6.022e23 out in all its digits. Python takes these for a whole number, which no answer of ours
    can tell again, as orjson writes 64 bits. A field of our own would be in every model and every migration.
    """
    JSONField.from_db_value = _from_db_value  # type: ignore[method-assign]


def _from_db_value(self: JSONField, value: Any, expression: Any, connection: Any) -> Any:
    """What orjson reads; Django's own way with anything else, such as a key of which the driver knows the type."""
    if isinstance(value, str) and self.decoder is None:
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            pass
    return _of_django(self, value, expression, connection)
