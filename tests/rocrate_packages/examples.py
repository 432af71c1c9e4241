"""The archives in ``data/crates/hostile`` that only look as if they could do harm, and where they are."""

from pathlib import Path

HOSTILE = Path(__file__).resolve().parents[1] / "data" / "crates" / "hostile"
INERT = ["bom-metadata", "file-uri", "id-traversal", "remote-context-ssrf", "wrapped-in-folder"]
