"""Patterns mean what they mean in ``.gitignore``; where git is there, it is asked itself."""

import shutil
import subprocess
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from run_directories.patterns import Glob, is_ignored

CASES = [
    ("*.bam", "a.bam", True),
    ("*.bam", "x/y/a.bam", True),
    ("*.bam", "a.bam.bai", False),
    ("/*.bam", "x/a.bam", False),
    ("/*.bam", "a.bam", True),
    ("results/*.bam", "results/a.bam", True),
    ("results/*.bam", "x/results/a.bam", False),
    ("results/*.bam", "results/x/a.bam", False),
    ("results/**", "results/x/a.bam", True),
    ("results/**/*.bam", "results/a.bam", True),
    ("results/**/*.bam", "results/x/y/a.bam", True),
    ("**/qc/*", "x/y/qc/a", True),
    ("**/qc/*", "qc/a", True),
    ("tmp/", "x/tmp/a/b", True),
    ("tmp/", "tmp", False),
    ("tmp", "x/tmp/a", True),
    ("a?c", "abc", True),
    ("a?c", "a/c", False),
    ("[ab].txt", "b.txt", True),
    ("[!ab].txt", "b.txt", False),
    ("[!ab].txt", "c.txt", True),
    ("[a-c]x", "bx", True),
    (r"\*.txt", "*.txt", True),
    (r"\*.txt", "a.txt", False),
    ("a.b", "aXb", False),
    ("(x|y)", "(x|y)", True),
]


@pytest.mark.parametrize(("pattern", "path", "is_met"), CASES)
def test_a_pattern_matches_what_it_names(pattern, path, is_met):
    assert Glob.of(pattern).matches(path) == is_met


@pytest.mark.skipif(not shutil.which("git"), reason="git is not there to be asked")
def test_patterns_mean_what_git_takes_them_to_mean(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    for pattern, path, is_met in CASES:
        (tmp_path / ".gitignore").write_text(pattern + "\n")
        asked = subprocess.run(
            ["git", "-C", str(tmp_path), "check-ignore", "-q", "--no-index", path], check=False
        )
        assert (asked.returncode == 0) == is_met, (pattern, path)


@pytest.mark.parametrize("pattern", ["", "/", "!", "  ", "[z-a]"])
def test_a_pattern_that_says_nothing_is_refused(pattern):
    with pytest.raises(ValueError, match=r"matches nothing|no pattern"):
        Glob.of(pattern)


def test_of_what_is_ignored_something_can_be_taken_back():
    globs = [Glob.of("*.tmp"), Glob.of("!keep.tmp")]
    assert is_ignored("x/a.tmp", globs)
    assert not is_ignored("x/keep.tmp", globs)
    assert not is_ignored("a.bam", globs)


@given(st.text(alphabet="ab*?[]!^-\\/.", min_size=1, max_size=12), st.text(alphabet="ab/.", max_size=12))
def test_no_pattern_breaks_the_reading(pattern, path):
    with suppress(ValueError):  # and nothing else
        assert Glob.of(pattern).matches(path) in (True, False)


@given(st.text(alphabet="abc*?[]().+\\{}|^$&~-", min_size=1, max_size=10))
def test_a_name_with_its_signs_escaped_matches_itself_alone(name):
    glob = Glob.of("/" + "".join("\\" + letter for letter in name))
    assert glob.matches(name)
    assert not glob.matches(name + "x")
