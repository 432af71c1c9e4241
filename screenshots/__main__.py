"""``python -m screenshots``: a registry of its own, filled, started, and its pages taken.

``make screenshots`` writes docs/screenshots/. ``ARGS="--all DIR"`` takes every page in light and dark at 1440,
1024 and 390 pixels into DIR, to be looked through; ``--only steps,account`` some of them.
"""

import argparse
import logging
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from screenshots.camera import Picture, take
from screenshots.server import ROOT, serving

SCHEMES = ("light", "dark")
WIDTHS = (1440, 1024, 390)


def say(line: str) -> None:
    """What goes on."""
    print(line, file=sys.stderr, flush=True)


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m screenshots", description=__doc__)
    parser.add_argument("--all", type=Path, metavar="DIR", help="take every page, whole, into this directory")
    parser.add_argument("--only", default="", help="parts of the names of pictures, divided by commas")
    parser.add_argument("--schemes", default=",".join(SCHEMES), help="with --all")
    parser.add_argument("--widths", default=",".join(map(str, WIDTHS)), help="with --all")
    parser.add_argument("--data", type=Path, help="where the registry is made, and stays (default: nowhere)")
    return parser.parse_args(given)


def pictures(asked: argparse.Namespace) -> list[Picture]:
    """What is to be taken; the registry must be filled."""
    from screenshots.pages import SIGN_IN, every_page, handful

    if not asked.all:
        found = handful(ROOT / "docs" / "screenshots")
    else:
        found = [
            Picture(
                asked.all / f"{name}-{scheme}-{width}.png",
                address,
                scheme,
                int(width),
                is_whole=True,
                signed_in=name != SIGN_IN,
            )
            for scheme in asked.schemes.split(",")
            for width in asked.widths.split(",")
            for name, address in every_page().items()
        ]
    wanted = [part for part in asked.only.split(",") if part]
    return [one for one in found if not wanted or any(part in one.file.name for part in wanted)]


def main() -> int:
    """Make the pictures; 1 if a page complained in the console or did not fit."""
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="runstead-screenshots-") as own:
        data = (asked.data or Path(own)).resolve()
        os.environ |= {
            "RUNSTEAD_DATA": str(data),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "ERROR",
        }
        with serving(data, say) as server:
            import django

            django.setup()
            logging.disable(logging.WARNING)  # every deed is asked whether it is a page
            from screenshots.showpieces import ensure_showpieces

            ensure_showpieces(with_odd_ones=bool(asked.all))
            wanted = pictures(asked)
            complaints = take(wanted, server.url, server.password("ada"), say)
    for line in complaints:
        say(line)
    say(f"{len(wanted)} pictures, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
