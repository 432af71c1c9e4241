"""One walk: every file once, and none that lies elsewhere."""

import os
from pathlib import Path

import pytest

from run_directories.remarks import Remarks, printable
from run_directories.scanning import LEADS_NOWHERE, LEADS_OUT, NO_FILE, UNREADABLE, scan


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "run"
    for name in ("b.txt", "a/2.txt", "a/1.txt", "work/ab/deep.bam", ".snakemake/log/x.log", ".git/HEAD"):
        write(root / name, name)
    return root


def write(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def met(root: Path, **options) -> list[str]:
    return [entry.relative for entry in scan(root, **options)]


def test_files_come_sorted_and_without_what_engines_keep_for_themselves(root):
    assert met(root) == ["a/1.txt", "a/2.txt", "b.txt", "work/ab/deep.bam"]
    assert met(root, skip={"work"}) == ["a/1.txt", "a/2.txt", "b.txt"]


def test_each_comes_with_its_size(root):
    assert {entry.relative: entry.size for entry in scan(root)}["work/ab/deep.bam"] == 16


def test_a_link_that_leads_out_is_a_remark(root, tmp_path):
    secret = write(tmp_path / "secret.txt")
    (root / "c.txt").symlink_to(secret)
    (root / "d").symlink_to(tmp_path / "run/../elsewhere")
    write(tmp_path / "elsewhere/e.txt")
    remarks = Remarks()
    assert "c.txt" not in met(root, remarks=remarks)
    assert remarks.sentences() == (f"{LEADS_OUT}: c.txt, d.",)


def test_a_link_that_leads_out_is_followed_if_that_is_asked_for(root, tmp_path):
    (root / "c.txt").symlink_to(write(tmp_path / "given.txt"))
    (root / "d").symlink_to(write(tmp_path / "elsewhere/e.txt").parent)
    remarks = Remarks()
    found = met(root, follow_out=True, remarks=remarks)
    assert {"c.txt", "d/e.txt"} <= set(found)
    assert remarks.sentences() == ()


def test_a_directory_next_door_whose_name_begins_alike_is_outside(root, tmp_path):
    (root / "c.txt").symlink_to(write(tmp_path / "run-2/given.txt"))
    assert "c.txt" not in met(root)


def test_a_link_to_what_is_met_anyway_is_passed_over(root):
    (root / "0.txt").symlink_to(root / "b.txt")
    (root / "aa").symlink_to(root / "a")
    assert met(root, skip={"work"}) == ["a/1.txt", "a/2.txt", "b.txt"]


def test_a_link_into_what_is_skipped_stands_for_it_once(root):
    for name in ("results/deep.bam", "results/again.bam"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).symlink_to(root / "work/ab/deep.bam")
    assert met(root, skip={"work", "a", "b.txt"}) == ["results/again.bam"]


def test_a_link_to_a_directory_that_is_skipped_brings_its_files(root):
    (root / "published").symlink_to("work/ab")
    assert met(root, skip={"work", "a", "b.txt"}) == ["published/deep.bam"]


@pytest.mark.parametrize("target", [".", "..", "/", "a/.."])
def test_links_up_the_tree_end(root, target):
    (root / "a/up").symlink_to(target if target == "/" else root / target)
    for follow_out in (False, True):
        assert met(root, follow_out=follow_out) == ["a/1.txt", "a/2.txt", "b.txt", "work/ab/deep.bam"]


def test_links_in_a_circle_outside_end(root, tmp_path):
    write(tmp_path / "out/x.txt")
    (tmp_path / "out/again").symlink_to(tmp_path / "out")
    (root / "c").symlink_to(tmp_path / "out")
    assert met(root, follow_out=True, skip={"a", "b.txt", "work"}) == ["c/x.txt"]


def test_what_is_no_file_is_a_remark(root):
    os.mkfifo(root / "pipe")
    (root / "dangling").symlink_to("nothing")
    remarks = Remarks()
    met(root, remarks=remarks)
    assert set(remarks.sentences()) == {f"{NO_FILE}: pipe.", f"{LEADS_NOWHERE}: dangling."}


def test_a_directory_that_cannot_be_listed_is_a_remark(root, monkeypatch):
    listed = os.scandir

    def refuse(path):
        if str(path).endswith("/a"):
            raise PermissionError(path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    remarks = Remarks()
    assert met(root, remarks=remarks) == ["b.txt", "work/ab/deep.bam"]
    assert remarks.sentences() == (f"{UNREADABLE}: a/.",)


def test_names_that_are_no_text_are_met_and_can_be_printed(root):
    with open(os.fsencode(root) + b"/\xff.txt", "wb"):
        pass
    name = met(root)[-1]
    assert os.fsencode(name) == b"\xff.txt"
    assert printable(name) == r"\udcff.txt"


def test_a_tree_deeper_than_recursion_goes_is_walked(tmp_path):
    depth, here = 1500, os.open(tmp_path, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    assert met(tmp_path) == ["d/" * depth + "f"]


def test_many_odd_paths_are_one_remark():
    remarks = Remarks()
    for number in range(5000):
        remarks.note("Odd", f"{number}\n")
    assert remarks.sentences() == (r"Odd: 0\n, 1\n, 2\n and 4,997 more.",)
