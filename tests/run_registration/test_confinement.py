"""Who reads a dropbox reads nothing else."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TRY = """
import sys
from run_registration import confinement
if sys.argv[1] == "hook":
    confinement._by_kernel = lambda *given: False
is_kernel = confinement.confine(readable=[sys.argv[2]], writable=[sys.argv[3]], memory=2**32)
def may(path, mode="r"):
    try:
        open(path, mode).close()
    except PermissionError:
        return False
    return True
print(may(sys.argv[2] + "/in"), may(sys.argv[2] + "/out"), may(sys.argv[4]), may(sys.argv[3] + "/new", "w"))
try:
    import socket
    socket.create_connection(("127.0.0.1", 9), timeout=1)
except PermissionError:
    print("no network")
except OSError as problem:
    print("refused by nobody", is_kernel, problem)
"""


@pytest.mark.parametrize("way", ["kernel", "hook"])
def test_a_confined_process_reads_what_it_was_given_and_nothing_else(tmp_path: Path, way: str) -> None:
    inside, scratch, secret = tmp_path / "inside", tmp_path / "scratch", tmp_path / "secret"
    inside.mkdir()
    scratch.mkdir()
    secret.write_text("s")
    (inside / "in").write_text("i")
    (inside / "out").symlink_to(secret)
    given = [way, str(inside), str(scratch), str(secret)]
    done = subprocess.run(
        [sys.executable, "-P", "-c", TRY, *given],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[0] == "True False False True", done.stdout
    assert "no network" in done.stdout or way == "kernel"
