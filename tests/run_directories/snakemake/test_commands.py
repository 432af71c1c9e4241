"""Command lines as the log holds them, and the configuration that follows from them."""

import pytest

from run_directories.snakemake.command import read_command
from run_directories.snakemake.configuration import CHANGED, digest, read_configuration
from run_directories.snakemake.values import Log


@pytest.mark.parametrize(
    ("line", "targets"),
    [
        ("snakemake --cores 2", []),
        ("/usr/bin/snakemake results/a.txt --cores 2", ["results/a.txt"]),
        ("snakemake -j4 -p all", ["all"]),
        ("snakemake --cores 2 --config a=1 b=2 -- all", ["all"]),
        ("snakemake --config a=1 all", ["all"]),
        ("python -m snakemake --configfile x.yaml y.yaml --cores 1", []),
        ("snakemake --cores=2 one two", ["one", "two"]),
        ("", []),
    ],
)
def test_targets_are_told_from_the_values_of_options(line, targets):
    assert read_command(line).targets == targets


def test_what_is_said_of_the_configuration_is_kept():
    found = read_command("snakemake -C a=1 b=x=y --configfile one.yaml two.yaml -s flows/Snakefile -c 4")
    assert found.config == {"a": "1", "b": "x=y"}
    assert found.configfiles == ["one.yaml", "two.yaml"]
    assert found.snakefile == "flows/Snakefile"


def test_values_of_the_command_line_are_laid_over_those_of_the_files(tmp_path):
    (tmp_path / "one.yaml").write_text("a: 1\nnested: {x: 1, y: 2}\n")
    (tmp_path / "two.yaml").write_text("nested: {y: 3}\n")
    command = read_command("snakemake --configfile one.yaml two.yaml --config a=2.5 b=True c=[1,2] d=null")
    found = read_configuration(tmp_path, Log("x"), command, None)
    assert found.values == {
        "a": 2.5,
        "nested": {"x": 1, "y": 3},
        "b": True,
        "c": ["1", "2"],  # the engine reads leaves as texts
        "d": "null",
    }
    assert found.files == (tmp_path / "one.yaml", tmp_path / "two.yaml")


def test_the_logs_digest_tells_whether_the_files_are_still_those(tmp_path):
    (tmp_path / "one.yaml").write_text("a: 1\n")
    header = {"Config file(s)": "['one.yaml']", "Config MD5": digest({"a": 1})}
    assert read_configuration(tmp_path, Log("x", header), read_command(""), None).remarks == ()
    (tmp_path / "one.yaml").write_text("a: 2\n")
    assert read_configuration(tmp_path, Log("x", header), read_command(""), None).remarks == (CHANGED,)


def test_a_broken_configuration_file_is_no_reason_to_give_up(tmp_path):
    (tmp_path / "one.yaml").write_text("a: [1\n")
    header = {"Config file(s)": "['one.yaml']"}
    found = read_configuration(tmp_path, Log("x", header), read_command(""), None)
    assert found.values == {}
    assert found.files == (tmp_path / "one.yaml",)
