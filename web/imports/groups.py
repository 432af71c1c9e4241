"""Which group a run belongs to where none is chosen."""

from accounts.models import User


def default_group_said(user: User) -> str:
    """The first choice of a form, which says whose the run will be."""
    group = user.default_group()
    return f"{group.name} (default)" if group else "None: the run is mine alone"
