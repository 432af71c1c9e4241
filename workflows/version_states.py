"""Whether a workflow version is to be used, and how that may change. No Django."""

from workflows.records import VersionState

DRAFT, ACTIVE, DEPRECATED, WITHDRAWN = VersionState

# Releasing makes a draft active; whoever edits the version says the rest.
ALLOWED: dict[VersionState, tuple[VersionState, ...]] = {
    DRAFT: (WITHDRAWN,),
    ACTIVE: (DEPRECATED, WITHDRAWN),
    DEPRECATED: (ACTIVE, WITHDRAWN),
    WITHDRAWN: (ACTIVE, DEPRECATED, DRAFT),
}


def allowed_from(state: VersionState, *, is_released: bool) -> tuple[VersionState, ...]:
    """The states that a version may take from here: what is released is no draft again, what is not is not active."""
    unfit = (DRAFT,) if is_released else (ACTIVE, DEPRECATED)
    return tuple(one for one in ALLOWED[state] if one not in unfit)
