"""Times as crates write them: with and without an offset, with any number of digits, or days alone."""

from datetime import UTC, datetime

from rocrate_import.translate.graph import Entity, text
from rocrate_import.translate.remarks import Remarks


def time_of(entity: Entity, name: str, remarks: Remarks) -> datetime | None:
    """A time of an entity, aware and in UTC; None with a remark for what is none."""
    written = text(entity, name).strip()
    if not written:
        return None
    try:
        time = datetime.fromisoformat(written)
        if time.tzinfo is None:
            remarks.add(entity["@id"], f"{name} {written[:40]!r} has no time zone; it is taken for UTC.")
            time = time.replace(tzinfo=UTC)
        return time.astimezone(UTC)
    except (ValueError, OverflowError):
        remarks.add(entity["@id"], f"{name} {written[:40]!r} is no time of ISO 8601; it is left out.")
        return None
