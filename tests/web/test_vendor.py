"""Other people's work in the static files is what the manifest says, and nothing beside it."""

import hashlib
import json
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "web" / "static" / "web" / "vendor"


def test_each_file_is_the_one_that_was_copied_and_has_a_licence() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text())
    there = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert there == {*manifest, "manifest.json"}
    for name, said in manifest.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == said["sha256"], name
        assert (VENDOR / Path(name).parent / "LICENSE").exists()
