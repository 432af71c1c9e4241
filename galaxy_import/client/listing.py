"""The invocations of a history or of a workflow."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from galaxy_import.client.reading import rows
from galaxy_import.client.session import Session

ID = re.compile(r"\w{1,64}", re.ASCII)  # others are none, and could not be kept
MOST = 10_000  # invocations of one history or workflow


def invocation_ids(session: Session, **of: Any) -> Iterator[str]:
    """Ids of invocations, the newest first as Galaxy lists them; those of subworkflows are parts of others."""
    found = rows(session, "invocations", **of, view="collection", include_nested_invocations="false")
    return islice((str(row["id"]) for row in found if ID.fullmatch(str(row.get("id") or ""))), MOST)
