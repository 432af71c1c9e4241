"""What was found goes through planning whole: nothing of a recorded run has to be cut or left out."""

import pytest

from run_directories.overrides import Overrides
from run_directories.planning import plan
from tests.run_directories.snakemake.conftest import sniffer

RECORDED = ["7.32.4-rich", "8.25.5-rich", "9.1.1-rich", "9.27.1-rich", "9.27.1-failed", "9.27.1-killed"]


@pytest.mark.parametrize("name", RECORDED)
def test_every_file_that_was_found_is_planned(recorded, name):
    directory = recorded(name)
    for run in sniffer().read(directory):
        planned = plan(run, Overrides(), directory)
        paths = {file.relative for dataset in planned.datasets for file in dataset.files}
        found = {file.relative for file in run.files if file.path.is_file()}
        assert found <= paths
        assert set(planned.remarks) == set(run.remarks)
        assert planned.outside == ()


def test_a_directory_is_planned_with_all_its_files_in_one_dataset(recorded):
    directory = recorded("9.27.1-rich")
    *_, first = sniffer().read(directory)
    (split,) = [one for one in plan(first, Overrides(), directory).datasets if one.name == "results/split"]
    assert {file.relative for file in split.files} == {
        f"results/split/part_a{letter}.txt" for letter in "abcd"
    }


def test_a_name_that_leads_out_of_the_directory_is_told_as_outside(recorded):
    directory = recorded("9.27.1-failed")
    (directory.parent / "reference.fa").write_text(">x\n")
    (log,) = (directory / ".snakemake" / "log").iterdir()
    log.write_text(log.read_text().replace("input: data/A.txt", "input: ../reference.fa"))
    for record in (directory / ".snakemake" / "metadata").iterdir():
        record.write_text(record.read_text().replace("data/A.txt", "../reference.fa"))
    (run,) = sniffer().read(directory)
    (outside,) = [file for file in run.files if file.is_outside]
    assert (outside.relative, outside.role) == ("../reference.fa", "INPUT")
    assert not any(
        file.relative == "../reference.fa"
        for dataset in plan(run, Overrides(), directory).datasets
        for file in dataset.files
    )


def test_a_log_that_leads_out_through_a_link_is_not_read(recorded, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("not yours")
    directory = recorded("9.27.1-failed")
    (directory / "logs" / "broken.log").unlink()
    (directory / "logs" / "broken.log").symlink_to(secret)
    (run,) = sniffer().read(directory)
    assert all("not yours" not in job.stderr for job in run.jobs)
