"""Packages made to do harm, or broken: refused with the reason, or taken as mere data. Nothing is left behind."""

import io
import os
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rocrate_packages import Limits, Package, PackageRefused, open_package, read_document
from tests.rocrate_packages.examples import HOSTILE, INERT

pytestmark = pytest.mark.usefixtures("no_network")

PLAIN = Limits()
METADATA = "ro-crate-metadata.json"
REFUSED = {
    "absolute": "'/etc/evil.txt' is absolute",
    "backslash": "has a backslash",
    "bomb-1000to1": "more than 200 times its packed size",
    "bomb-metadata": "more than 200 times its packed size",
    "case-collision": "'Data.txt' and 'data.TXT' are one file",
    "deep-json": "nested too deeply",
    "drive": "the letter of a drive",
    "dup-keys-nan": "the value NaN",
    "duplicate-metadata": "two entries named 'ro-crate-metadata.json'",
    "encrypted-flag": "'a.txt' is encrypted",
    "huge-int": "is no JSON",
    "lying-size": "is a link or a device",
    "no-metadata": "There is no ro-crate-metadata.json",
    "nul-name": "has control characters",
    "symlink": "is a link or a device",
    "symlink-dir-then-file": "is a link or a device",
    "traversal": "leads out of the package",
    "truncated": "has no directory at its end",
    "utf16-metadata": "not written in UTF-8",
}


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is written, and no file stays open."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.chdir(tmp_path / "temporary")
    before = set(os.listdir("/proc/self/fd"))
    yield
    assert set(os.listdir("/proc/self/fd")) <= before
    assert list((tmp_path / "temporary").iterdir()) == []


def refusal(path: Path, limits: Limits = PLAIN) -> str:
    """Why a package is refused; every file of one that opens is read, too."""
    with pytest.raises(PackageRefused) as refused:
        read_all(path, limits)
    assert refused.value.reason.endswith(".")
    return str(refused.value)


def read_all(path: Path, limits: Limits) -> None:
    """All files of a package, to their end, and its document."""
    with open_package(path, limits) as package:
        for name in package.names:
            read_pieces(package, name, [])
        read_document(package.metadata, limits)


def read_pieces(package: Package, name: str, seen: list[int]) -> None:
    """Read a file to its end; ``seen`` is how many bytes each piece had."""
    with package.open(name) as stream:
        seen.extend(iter(lambda: len(stream.read(1 << 16)), 0))


def test_every_example_is_spoken_of() -> None:
    assert {path.stem for path in HOSTILE.glob("*.zip")} == {*REFUSED, *INERT}


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_do_harm_is_refused_with_the_reason(name: str) -> None:
    assert REFUSED[name] in refusal(HOSTILE / f"{name}.zip")


@pytest.mark.parametrize("name", ["file-uri", "id-traversal"])
def test_an_identifier_that_leads_out_is_no_file_of_the_package(name: str) -> None:
    with open_package(HOSTILE / f"{name}.zip") as package:
        for identifier in ("file:///etc/passwd", "../../etc/passwd", "..%2f..%2fetc/passwd", "/etc/passwd"):
            assert package.find(identifier) is None


# --- Archives made here ---


def packed(path: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A sound archive with a crate in it."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in {
            METADATA: b'{"@graph": [{"@id": "./", "@type": "Dataset"}]}',
            **entries,
        }.items():
            archive.writestr(name, content)
    return path


def patched(path: Path, change: Callable[[bytearray], None]) -> Path:
    """An archive whose bytes were changed."""
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)
    return path


def central(content: bytearray, name: bytes) -> int:
    """Where the central header of an entry begins."""
    at = content.index(b"PK\1\2")
    while content[at + 46 : at + 46 + len(name)] != name:
        at = content.index(b"PK\1\2", at + 4)
    return at


def put(content: bytearray, at: int, form: str, *numbers: int) -> None:
    """Write numbers over what stands there."""
    struct.pack_into(form, content, at, *numbers)


def test_an_archive_in_an_archive_is_never_opened(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("zeros", bytes(20_000_000))
    path = packed(tmp_path / "nested.zip", {"inner.zip": inner.getvalue()})
    with open_package(path) as package:
        assert {name: one.size for name, one in package.names.items()} == {"inner.zip": len(inner.getvalue())}


def test_many_small_bombs_are_one_bomb(tmp_path: Path) -> None:
    path = packed(tmp_path / "many.zip", {f"{number}.txt": bytes(1_000_000) for number in range(12)})
    assert "The archive would grow" in refusal(path)


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    def overlap(content: bytearray) -> None:
        offset = struct.unpack_from("<L", content, central(content, b"a.txt") + 42)
        put(content, central(content, b"b.txt") + 42, "<L", *offset)

    path = packed(tmp_path / "overlap.zip", {"a.txt": b"a" * 99, "b.txt": b"b" * 99})
    with pytest.raises(PackageRefused, match="reaches into another"):
        open_package(patched(path, overlap))  # before anything is read


def test_a_local_header_that_pushes_its_content_into_the_next_is_refused(tmp_path: Path) -> None:
    def push(content: bytearray) -> None:
        offset = struct.unpack_from("<L", content, central(content, b"a.txt") + 42)[0]
        put(content, offset + 28, "<H", 20)

    path = packed(tmp_path / "push.zip", {"a.txt": b"a", "b.txt": b"b" * 99}, zipfile.ZIP_STORED)
    assert "reaches into another" in refusal(patched(path, push))


def test_two_names_of_one_entry_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "names.zip", {"safe.txt": b"a"})

    def rename(content: bytearray) -> None:
        at = content.index(b"safe.txt")
        content[at : at + 8] = b"evil.txt"

    assert "has two names" in refusal(patched(path, rename))


@pytest.mark.parametrize("size", [98, 100, 2_000_000])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_size_that_lies_is_refused(tmp_path: Path, size: int, method: int) -> None:
    path = packed(tmp_path / "size.zip", {"a.bin": os.urandom(99)}, method)
    limits = Limits(ratio=10**9)
    lie = patched(path, lambda content: put(content, central(content, b"a.bin") + 24, "<L", size))
    assert "is not as declared" in refusal(lie, limits)


@pytest.mark.parametrize("length", [99, 3_000_000])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_checksum_that_lies_is_refused(tmp_path: Path, length: int, method: int) -> None:
    path = packed(tmp_path / "crc.zip", {"a.bin": os.urandom(length)}, method)
    lie = patched(path, lambda content: put(content, central(content, b"a.bin") + 16, "<L", 1))
    assert "its CRC is not as declared" in refusal(lie)


def test_a_large_entry_that_is_more_than_declared_is_stopped_there(tmp_path: Path) -> None:
    path = packed(tmp_path / "more.zip", {"a.bin": os.urandom(2_000_000) + bytes(40_000_000)})
    lie = patched(path, lambda content: put(content, central(content, b"a.bin") + 24, "<L", 2_000_001))
    seen: list[int] = []
    with open_package(lie) as package, pytest.raises(PackageRefused, match="damaged"):
        read_pieces(package, "a.bin", seen)
    assert 0 < sum(seen) <= 2_000_001


def test_a_gigabyte_of_metadata_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "gigabyte.zip"
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = (squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_FULL_FLUSH)) * 1024 + squeeze.flush()
    name = METADATA.encode()
    local = struct.pack("<4sHHHHHLLLHH", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(content), 1 << 30, len(name), 0)
    entry = struct.pack(
        "<4sHHHHHHLLLHHHHHLL",
        b"PK\1\2",
        20,
        20,
        0,
        8,
        0,
        0,
        0,
        len(content),
        1 << 30,
        len(name),
        *[0] * 4,
        0,
        0,
    )
    body = local + name + content
    end = struct.pack("<4sHHHHLLH", b"PK\5\6", 0, 0, 1, 1, len(entry) + len(name), len(body), 0)
    path.write_bytes(body + entry + name + end)
    tracemalloc.start()
    assert "more than 200 times" in refusal(path)
    assert "1073741824 bytes; at most" in refusal(path, Limits(ratio=10**6))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 << 20


def test_a_number_of_entries_that_cannot_be_is_refused_before_they_are_read(tmp_path: Path) -> None:
    path = packed(tmp_path / "count.zip", {"a.txt": b"a"})
    lie = patched(path, lambda content: put(content, len(content) - 14, "<HH", 60_000, 60_000))
    assert "60000 entries, which cannot be" in refusal(lie)


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "many.zip", {f"{number}": b"" for number in range(50)})
    assert "has 51 entries; at most 50" in refusal(path, Limits(members=50))
    with open_package(path, Limits(members=51)) as package:
        assert len(package.names) == 50


def test_too_much_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "much.zip", {"a.bin": os.urandom(3000)})
    assert "at most 2000 are taken in" in refusal(path, Limits(total=2000))


def with_zip64(path: Path, *, entries: int, length: int = 0, offset: int = 0, shift: int = 0) -> Path:
    """An archive with a ZIP64 end that says other things than the short one, or stands elsewhere."""
    content = path.read_bytes()
    short = struct.unpack("<4sHHHHLLH", content[-22:])
    told = (entries, entries, length or short[5], offset or short[6])
    end64 = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, *told)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(content) - 22 + shift, 1)
    path.write_bytes(content[:-22] + end64 + locator + content[-22:])
    return path


def test_a_large_archive_is_read(tmp_path: Path) -> None:
    path = with_zip64(packed(tmp_path / "64.zip", {"a.txt": b"a"}), entries=2)
    with open_package(path) as package:
        assert list(package.names) == ["a.txt"]


@pytest.mark.parametrize(
    ("lie", "reason"),
    [
        ({"entries": 3}, "differ"),
        ({"entries": 2, "length": 2**62}, "differ"),
        ({"entries": 2, "offset": 2**63}, "differ"),
        ({"entries": 2, "shift": 5}, "ZIP64 directory of this archive is missing"),
        ({"entries": 2, "shift": 2**62}, "ZIP64 directory of this archive is missing"),
    ],
)
def test_a_large_archive_that_lies_is_refused(tmp_path: Path, lie: dict[str, int], reason: str) -> None:
    assert reason in refusal(with_zip64(packed(tmp_path / "64.zip", {"a.txt": b"a"}), **lie))


@pytest.mark.parametrize("place", [20, 24, 42])
def test_a_number_of_zip64_that_is_not_told_is_refused(tmp_path: Path, place: int) -> None:
    path = packed(tmp_path / "extra.zip", {"a.txt": b"a"})
    lie = patched(path, lambda content: put(content, central(content, b"a.txt") + place, "<L", 0xFFFFFFFF))
    assert "is not told" in refusal(lie)


@pytest.mark.parametrize(("method", "word"), [(12, "bzip2"), (14, "LZMA"), (99, "AES"), (77, "method 77")])
def test_what_is_packed_in_other_ways_is_refused(tmp_path: Path, method: int, word: str) -> None:
    path = packed(tmp_path / "method.zip", {"a.txt": b"a"})
    lie = patched(path, lambda content: put(content, central(content, b"a.txt") + 10, "<H", method))
    assert f"compressed by {word}" in refusal(lie)


@pytest.mark.parametrize("name", ["a//b", "./a", "a/./b", "a/../b", "..", "x" * 1025, "a\x7fb", "d:x"])
def test_odd_names_are_refused(tmp_path: Path, name: str) -> None:
    assert "The name of the entry" in refusal(packed(tmp_path / "name.zip", {name: b"a"}))


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["a", "a/b"], "needs a folder there"),
        (["a/b", "a"], "both a file and a folder"),
        (["caf\u00e9", "cafe\u0301"], "are one file"),
        (["x/A", "X/a"], "are one file"),
    ],
)
def test_names_that_stand_for_two_things_are_refused(tmp_path: Path, names: list[str], reason: str) -> None:
    assert reason in refusal(packed(tmp_path / "names.zip", dict.fromkeys(names, b"a")))


@pytest.mark.parametrize("junk", [b"x", b"PK\5\6", b"PK\5\6" + bytes(40)])
def test_what_was_added_at_the_end_is_refused(tmp_path: Path, junk: bytes) -> None:
    path = packed(tmp_path / "end.zip", {})
    path.write_bytes(path.read_bytes() + junk)
    assert refusal(path)


def test_what_was_added_before_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "before.zip", {})
    path.write_bytes(b"PK" + path.read_bytes())
    assert "not where the archive says" in refusal(path)


def test_no_prefix_of_an_archive_does_any_harm(tmp_path: Path) -> None:
    whole = packed(tmp_path / "whole.zip", {"a.txt": b"a" * 500}).read_bytes()
    for length in range(2, len(whole), 7):
        path = tmp_path / "part.zip"
        path.write_bytes(whole[:length])
        assert refusal(path)


def test_no_changed_byte_of_an_archive_does_any_harm(tmp_path: Path) -> None:
    """Whatever byte is changed: it is refused, or nothing else is read than before, or only names changed."""
    whole = packed(tmp_path / "whole.zip", {"a.txt": b"abc" * 50}).read_bytes()
    path = tmp_path / "changed.zip"
    for at in range(0, len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            with open_package(path) as package:
                contents = {package.open(name).read() for name in package.names}
        except PackageRefused:
            continue
        assert contents <= {b"abc" * 50}


# --- Folders ---


def folder_of(path: Path) -> Path:
    """A sound crate in a folder."""
    path.mkdir()
    (path / METADATA).write_text('{"@graph": [{"@id": "./", "@type": "Dataset"}]}')
    return path


def test_a_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    crate = folder_of(tmp_path / "crate")
    (crate / "passwd").symlink_to("/etc/passwd")
    assert "'passwd' is a link" in refusal(crate)


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    crate = folder_of(tmp_path / "crate")
    (crate / "etc").symlink_to("/etc")
    assert "'etc' is a link" in refusal(crate)


def test_a_pipe_in_a_folder_is_refused(tmp_path: Path) -> None:
    crate = folder_of(tmp_path / "crate")
    os.mkfifo(crate / "pipe")
    assert "'pipe' is a link or a device" in refusal(crate)


@pytest.mark.parametrize("kind", ["link", "pipe", "more", "gone", "linked parent"])
def test_a_file_that_is_exchanged_meanwhile_is_not_read(tmp_path: Path, kind: str) -> None:
    crate = folder_of(tmp_path / "crate")
    file = crate / "in" / "a.txt"
    file.parent.mkdir()
    file.write_bytes(b"abc")
    with open_package(crate) as package:
        file.unlink()
        if kind == "link":
            (tmp_path / "secret").write_bytes(b"xyz")
            file.symlink_to(tmp_path / "secret")
        elif kind == "pipe":
            os.mkfifo(file)
        elif kind == "more":
            file.write_bytes(b"abcd")
        elif kind == "linked parent":
            file.parent.rmdir()
            (tmp_path / "elsewhere").mkdir()
            (tmp_path / "elsewhere" / "a.txt").write_bytes(b"xyz")
            file.parent.symlink_to(tmp_path / "elsewhere")
        with (
            pytest.raises(PackageRefused, match=r"cannot be read|changed"),
            package.open("in/a.txt") as stream,
        ):
            stream.read()


def test_a_large_folder_is_refused_while_it_is_looked_at(tmp_path: Path) -> None:
    crate = folder_of(tmp_path / "crate")
    for number in range(9):
        (crate / f"{number}").write_bytes(b"12345")
    assert "more than 5 files" in refusal(crate, Limits(members=5))
    assert "more than 60 bytes" in refusal(crate, Limits(total=60))


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    crate = folder_of(tmp_path / "crate")
    (Path(os.fsdecode(os.fsencode(crate) + b"/\xff"))).write_bytes(b"")
    assert "is not UTF-8" in refusal(crate)


# --- Metadata ---


def metadata(path: Path, content: bytes) -> Path:
    """A metadata document alone."""
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"@graph": [' + b"[" * 5000, "nested too deeply"),
        (b'{"@graph": [{"@id": "./", "x": NaN}]}', "the value NaN"),
        (b'{"@graph": [{"@id": "./", "x": -Infinity}]}', "the value -Infinity"),
        (b'{"@graph": [{"@id": "./", "x": ' + b"9" * 5000 + b"}]}", "is no JSON"),
        (b'{"@graph": [{"@id": "./", "@id": "b"}]}', "'@id' twice"),
        (b'{"@graph": [{"@id": "./"', "is no JSON"),
        (b'{"@graph": [{"@id": "\xff"}]}', "not written in UTF-8"),
    ],
)
def test_a_document_that_could_be_read_in_two_ways_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    assert reason in refusal(metadata(tmp_path / METADATA, content))


def test_a_document_of_too_many_values_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    content = b'{"@graph": [{"@id": "./", "x": [' + b"[]," * 100_000 + b"0]}]}"
    path = metadata(tmp_path / METADATA, content)
    tracemalloc.start()
    assert "more than 1000 values" in refusal(path, Limits(values=1000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * len(content)


def test_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "crate.tar.gz"
    path.write_bytes(b"\x1f\x8b\x08\x00" + bytes(100))
    assert "Pack the crate as a zip" in refusal(path)
