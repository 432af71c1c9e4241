"""Confines this process: from then on it reads nothing but what it was given, whatever links lead elsewhere.

People fill their dropboxes with what they like, links among it, and may exchange a file for a link at any moment; but
what the server may read is more than what they may. So who reads their directories is a process of its own, which the
kernel keeps from all other files and from the network (Landlock). Where the kernel cannot, each opening is checked.
"""

import ctypes
import os
import resource
import struct
import sys
from collections.abc import Sequence

CREATE, ADD, RESTRICT = 444, 445, 446  # the same on every architecture
NO_NEW_PRIVILEGES = 38
EXECUTE, WRITE, READ_FILE, READ_DIRECTORY, TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
OF_FILES = EXECUTE | WRITE | READ_FILE | TRUNCATE
SYSTEM = ("/usr", "/lib", "/lib64", "/etc/localtime", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")


def confine(*, readable: Sequence[str], writable: Sequence[str], memory: int) -> bool:
    """Let this process read and write below these directories only; whether the kernel sees to it."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    own = [sys.prefix, sys.base_prefix, *SYSTEM]
    if _by_kernel([*own, *readable], writable):
        return True
    _by_hook([*own, *readable, *writable])
    return False


def _by_kernel(readable: Sequence[str], writable: Sequence[str]) -> bool:
    library = ctypes.CDLL(None, use_errno=True)
    if not sys.platform.startswith("linux"):
        return False
    version = library.syscall(CREATE, None, 0, 1)
    if version < 1:
        return False
    every = _every_right(version)
    asked = struct.pack("QQQ", every, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    rules = library.syscall(CREATE, asked, 8 if version < 4 else 16 if version < 6 else 24, 0)
    if rules < 0:
        return False
    for path in readable:
        _allow(library, rules, path, EXECUTE | READ_FILE | READ_DIRECTORY)
    for path in writable:
        _allow(library, rules, path, every)
    is_locked = library.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    return bool(is_locked and library.syscall(RESTRICT, rules, 0) == 0)


def _every_right(version: int) -> int:
    """All that this version of Landlock can forbid of files: 13 rights at first, two came later."""
    count = 13 if version < 2 else 14 if version < 3 else 15
    return (1 << count) - 1


def _allow(library: ctypes.CDLL, rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = rights if os.path.isdir(path) else rights & OF_FILES
        if library.syscall(ADD, rules, 1, struct.pack("=Qi", allowed, place), 0) < 0:
            raise OSError(ctypes.get_errno(), "cannot be allowed", path)
    finally:
        os.close(place)


def _by_hook(allowed: Sequence[str]) -> None:
    """Weaker: a file that is exchanged between the look and the opening slips through."""
    roots = tuple(os.path.realpath(one).rstrip("/") + "/" for one in allowed)

    def check(event: str, given: tuple[object, ...]) -> None:
        if event in ("open", "os.listdir", "os.scandir", "sqlite3.connect") and given:
            path = given[0]
            if isinstance(path, str | bytes | os.PathLike):
                real = os.path.realpath(os.fsdecode(path)) + "/"
                if not real.startswith(roots):
                    raise PermissionError(13, "lies outside of what may be read", real)
        elif event.startswith(("socket.connect", "subprocess.", "os.exec", "os.system", "os.posix_spawn")):
            raise PermissionError(13, "is not allowed here", event)

    sys.addaudithook(check)
