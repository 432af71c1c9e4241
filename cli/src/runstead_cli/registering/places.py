"""Where a directory lies, as far as the registry may read there, and for which group."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from run_directories.registering.registry import Place
from runstead_cli.api import Api
from runstead_cli.errors import Failure
from runstead_cli.naming import find_group


def place_of(api: Api, path: Path, *, group: str = "", transfer: str = "copy") -> Place:
    """The place of a directory or file in one of the caller's dropboxes, the deepest if several hold it.

    With ``transfer="reference"`` it may lie elsewhere: the server says whether it allows that. Failure with what
    to do where no dropbox holds the path; NotFound where ``group`` is none of the caller's.
    """
    wanted = find_group(api, group) if group else ""
    boxes = api.get("data-management/dropbox/")
    mine = [box for box in boxes if not wanted or box["group"] == wanted]
    holding = [box for box in mine if _lies_in(os.path.realpath(path), [os.path.realpath(box["path"])])]
    if not holding and transfer != "reference":
        raise Failure(_advice(path, [str(box["path"]) for box in mine]))
    chosen = max(holding, key=lambda box: len(box["path"]), default=None)
    owner = str(chosen["group"]) if chosen else wanted or _own_group(api)
    return Place(owner, tuple(os.path.realpath(box["path"]) for box in boxes if box["group"] == owner))


def _own_group(api: Api) -> str:
    return str(api.get("users/me/").get("primary_group") or "")


def _lies_in(real: str, roots: Sequence[str]) -> bool:
    return any(real == root or real.startswith(root.rstrip("/") + "/") for root in roots)


def _advice(path: Path, roots: Sequence[str]) -> str:
    if not roots:
        return (
            f"You have no dropbox to register {path} from; ask an administrator for one (manage.py givedropbox), "
            "or use --transfer reference where the server allows it."
        )
    return (
        f"{path} does not lie in your dropbox {' or '.join(roots)}; put it there, for example with "
        f"`cp -r {shlex.quote(str(path))} {shlex.quote(roots[0])}/`, or use --transfer reference where the server "
        "allows it."
    )
