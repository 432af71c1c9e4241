"""What docs/from-a-pipeline.md shows is what lies in integrations/, and what it promises is there."""

import re
import tomllib
from pathlib import Path

import pytest

from runstead_cli.commands.register import wfrun

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "from-a-pipeline.md").read_text()
SHOWN = dict(re.findall(r"<!-- (integrations/\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL))
FILES = [
    "integrations/snakemake/runstead.smk",
    "integrations/nextflow/runstead.config",
    "integrations/registered.sh",
]
PLUGIN = ROOT / "integrations" / "snakemake-logger-plugin-runstead"


def test_every_file_for_pipelines_is_shown() -> None:
    assert sorted(SHOWN) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_shown_as_it_is(name: str) -> None:
    assert SHOWN[name] == (ROOT / name).read_text()


@pytest.mark.parametrize("name", FILES)
def test_the_options_of_a_file_are_options_of_the_command(name: str) -> None:
    known = {option for parameter in wfrun.params for option in parameter.opts}
    lines = [line for line in SHOWN[name].splitlines() if "register" in line or "tell_runstead" in line]
    named = {option for line in lines for option in re.findall(r"(?<=[\s\"'])--[a-z-]+", line)}
    assert "--yes" in named
    assert named <= known


def test_the_options_of_the_plugin_are_told_in_both_places() -> None:
    code = (PLUGIN / "src/snakemake_logger_plugin_runstead/__init__.py").read_text()
    fields = set(re.findall(r"^    (\w+): \w+ = field\(", code, re.MULTILINE))
    for text in (PAGE, (PLUGIN / "README.md").read_text()):
        assert set(re.findall(r"`--logger-runstead-(\w+)`", text)) == fields


def test_the_plugin_has_the_name_by_which_snakemake_finds_it() -> None:
    told = tomllib.loads((PLUGIN / "pyproject.toml").read_text())
    assert told["project"]["name"] == "snakemake-logger-plugin-runstead"
    (package,) = told["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert (PLUGIN / package / "__init__.py").is_file()
    assert Path(package).name == told["project"]["name"].replace("-", "_")
