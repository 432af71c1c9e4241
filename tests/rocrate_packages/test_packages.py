"""Packages: where the crate lies in them, what they hold, and how an identifier leads to an entry."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from rocrate_packages import Entry, PackageRefused, open_package

METADATA = "ro-crate-metadata.json"
DOCUMENT = b'{"@graph": []}'


def zipped(path: Path, *names: str, method: int = zipfile.ZIP_DEFLATED, content: bytes = b"abc") -> Path:
    """An archive with entries of these names; those that end with a slash are folders."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in names:
            archive.writestr(name, b"" if name.endswith("/") else DOCUMENT if METADATA in name else content)
    return path


def spread(path: Path, *names: str) -> Path:
    """The same as a folder."""
    for name in names:
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(DOCUMENT if METADATA in name else b"abc")
    return path


@pytest.mark.parametrize(
    ("names", "inside", "outside"),
    [
        ((METADATA, "a.txt", "b/c.txt"), ["a.txt", "b/c.txt"], 0),
        ((f"{METADATA}ld", "a.txt"), ["a.txt"], 0),
        ((f"run/{METADATA}", "run/a.txt"), ["a.txt"], 0),
        ((f"run/{METADATA}", "run/a.txt", "__MACOSX/run/._a.txt"), ["a.txt"], 1),
        (("bagit.txt", f"data/{METADATA}", "data/a.txt", "manifest-sha512.txt"), ["a.txt"], 2),
        (("bag/bagit.txt", f"bag/data/{METADATA}", "bag/data/a.txt"), ["a.txt"], 1),
        ((METADATA, f"sub/{METADATA}"), [f"sub/{METADATA}"], 0),
        ((METADATA, f"{METADATA}ld"), [f"{METADATA}ld"], 0),
    ],
)
@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_the_crate_is_found_where_people_put_it(
    tmp_path: Path, kind: str, names: tuple[str, ...], inside: list[str], outside: int
) -> None:
    path = zipped(tmp_path / "c.zip", *names) if kind == "zip" else spread(tmp_path / "c", *names)
    with open_package(path) as package:
        assert package.kind == kind
        assert package.metadata == DOCUMENT
        assert (sorted(package.names), package.outside) == (inside, outside)


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (("a.txt",), "no ro-crate-metadata.json"),
        ((f"a/b/{METADATA}",), "no ro-crate-metadata.json"),
        ((f"x/data/{METADATA}",), "no ro-crate-metadata.json"),
        ((f"a/{METADATA}", f"b/{METADATA}"), r"several crates in this package \('a/', 'b/'\)"),
    ],
)
def test_where_there_is_none_or_several_it_says_so(
    tmp_path: Path, names: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(PackageRefused, match=reason):
        open_package(zipped(tmp_path / "c.zip", *names))


def test_a_metadata_document_may_come_alone(tmp_path: Path) -> None:
    path = tmp_path / "any name.json"
    path.write_bytes(b"\xef\xbb\xbf " + DOCUMENT)
    with open_package(path) as package:
        assert (package.kind, dict(package.names), package.outside) == ("metadata", {}, 0)
        assert package.metadata_name == METADATA


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("length", [0, 1, 1 << 20, (1 << 20) + 1, 5_000_000])
def test_the_bytes_are_those_that_were_packed(tmp_path: Path, method: int, length: int) -> None:
    content = os.urandom(length // 2) + b"ab" * (length - length // 2)
    path = zipped(tmp_path / "c.zip", METADATA, "a.bin", method=method, content=content[:length])
    with open_package(path) as package:
        assert package.names["a.bin"] == Entry("a.bin", length)
        with package.open("a.bin") as stream:
            assert stream.read() == content[:length]
        with package.open("a.bin") as stream:
            assert b"".join(iter(lambda: stream.read(70_000), b"")) == content[:length]


def test_what_a_stream_without_sizes_wrote_is_read(tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(METADATA, DOCUMENT)
        archive.writestr("a.txt", b"abc" * 99)
    path = tmp_path / "c.zip"
    path.write_bytes(pipe.getvalue())
    with open_package(path) as package, package.open("a.txt") as stream:
        assert stream.read() == b"abc" * 99


def test_files_of_a_folder_are_read(tmp_path: Path) -> None:
    with open_package(spread(tmp_path / "c", METADATA, "in/a.txt")) as package:
        assert package.names["in/a.txt"] == Entry("in/a.txt", 3)
        assert set(package.folders) == {"in"}
        with package.open("in/a.txt") as stream:
            assert stream.read() == b"abc"


def test_folders_and_a_comment_are_no_files(tmp_path: Path) -> None:
    path = zipped(tmp_path / "c.zip", METADATA, "in/", "in/a.txt", "empty/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"made by hand PK\5\6 or so"
    with open_package(path) as package:
        assert list(package.names) == ["in/a.txt"]
        assert set(package.folders) == {"in", "empty"}


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("a%20b.txt", "a b.txt"),
        ("a b.txt", "a b.txt"),
        ("./in/c.txt", "in/c.txt"),
        ("2017%2011.jpg", "2017%2011.jpg"),
        ("2017%252011.jpg", "2017%2011.jpg"),
        ("cafe\u0301.txt", "caf\u00e9.txt"),
        ("caf%C3%A9.txt", "caf\u00e9.txt"),
        ("in", None),
        ("in/", None),
        ("IN/c.txt", None),
        ("in/../a b.txt", None),
        ("/in/c.txt", None),
        ("file:in/c.txt", None),
        ("", None),
        ("%", None),
    ],
)
def test_an_identifier_leads_to_the_entry_of_exactly_its_name(
    tmp_path: Path, identifier: str, name: str | None
) -> None:
    names = ("a b.txt", "in/c.txt", "2017%2011.jpg", "caf\u00e9.txt")
    with open_package(zipped(tmp_path / "c.zip", METADATA, *names)) as package:
        assert package.find(identifier) == name


def test_names_that_do_not_say_how_they_are_written_are_read_as_utf8_else_as_the_first_zip_had_them(
    tmp_path: Path,
) -> None:
    path = zipped(tmp_path / "c.zip", METADATA, "caf\u00e9.txt", "zz.txt")
    content = path.read_bytes()
    for flags in (b"\x00\x08\x08\x00", b"\x00\x08\x00\x00"):
        content = content.replace(flags, flags[:1] + b"\x00" + flags[2:])
    path.write_bytes(content.replace(b"zz.txt", b"\x82z.txt"))
    with open_package(path) as package:
        assert set(package.names) == {"caf\u00e9.txt", "\u00e9z.txt"}


def test_the_file_is_closed_after_use_and_after_a_refusal(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with open_package(zipped(tmp_path / "c.zip", METADATA)):
        assert len(os.listdir("/proc/self/fd")) == before + 1
    with pytest.raises(PackageRefused):
        open_package(zipped(tmp_path / "d.zip", "a.txt"))
    with pytest.raises(PackageRefused):
        open_package(spread(tmp_path / "d", "a.txt"))
    assert len(os.listdir("/proc/self/fd")) == before
