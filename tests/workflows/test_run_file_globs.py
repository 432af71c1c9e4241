"""Patterns for paths: what they match, and that no pattern takes long."""

import re

import pytest

from workflows.run_file_globs import regex_of

PATHS = [
    "a.bam",
    "results/a.bam",
    "results/b.bam.bai",
    "results/deep/er/c.bam",
    "results/x[1].txt",
    "logs/run 1.log",
    "logs/a+b.log",
    "ä/ö.txt",
]


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("results/*.bam", ["results/a.bam"]),
        ("*.bam", ["a.bam", "results/a.bam", "results/deep/er/c.bam"]),
        ("results/**/*.bam", ["results/a.bam", "results/deep/er/c.bam"]),
        ("results/**", ["results/a.bam", "results/b.bam.bai", "results/deep/er/c.bam", "results/x[1].txt"]),
        ("**/er/**", ["results/deep/er/c.bam"]),
        ("**/d*/**/*.bam", ["results/deep/er/c.bam"]),
        ("**", PATHS),
        ("results/?.bam", ["results/a.bam"]),
        ("results/[!a]*", ["results/b.bam.bai", "results/x[1].txt"]),
        ("[ab].b*m", ["a.bam", "results/a.bam"]),
        ("logs/*[0-9].log", ["logs/run 1.log"]),
        ("logs/a+b.log", ["logs/a+b.log"]),
        ("results/x[[]1].txt", ["results/x[1].txt"]),
        ("ä/?.txt", ["ä/ö.txt"]),
        ("results", []),
        ("results/", []),
        ("*a*m", ["a.bam", "results/a.bam", "results/deep/er/c.bam"]),
        ("results/*b*.b*", ["results/b.bam.bai"]),
        ("[", []),
        ("[]", []),
        ("[z-a].bam", ["a.bam", "results/a.bam"]),
    ],
)
@pytest.mark.parametrize("atomic", [True, False])
def test_a_pattern_matches_as_a_shell_would(glob: str, expected: list[str], atomic: bool) -> None:
    pattern = re.compile(regex_of(glob, atomic=atomic), re.DOTALL)
    assert [path for path in PATHS if pattern.search(path)] == expected


@pytest.mark.parametrize(
    "glob", ["a*" * 200 + "b", "**/a/" * 60 + "b", "[a-z]*" * 80 + "!", "**/*a*/" * 50 + "b"]
)
def test_no_pattern_takes_long(glob: str) -> None:
    pattern = re.compile(regex_of(glob, atomic=True))
    for hostile in ("a" * 1000, "a/" * 500 + "a"):
        assert pattern.search(hostile) is None  # tried again and again, this would not end in a lifetime
