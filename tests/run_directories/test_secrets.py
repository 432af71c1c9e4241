"""What is secret by its name goes nowhere, whichever engine left it."""

from pathlib import Path

import pytest

from run_directories import sniffers
from run_directories.findings import Certainty, FoundRun, Verdict
from run_directories.overrides import Overrides
from run_directories.planning import plan
from run_directories.secrets import command_without_secrets, confidential, is_secret


@pytest.mark.parametrize(
    "name",
    [
        "password", "dbPassword", "PGPASSWORD", "password_file", "ssh_passphrase", "client_secret", "clientSecret",
        "aws.secret_key", "AWS_SECRET_ACCESS_KEY", "access_key_id", "apiKey", "APIKey", "api-key", "apikey", "auth_key",
        "google_credentials", "token", "accessToken", "github-token", "tokens", "token_url", "2|api token",
    ],
)  # fmt: skip
def test_a_secret_is_known_by_the_words_of_its_name(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "max_tokens", "maxTokens", "maxtokens", "n_tokens", "tokens_per_read", "tokenizer", "key", "key_column",
        "sort_key", "monkey", "secretome_fasta", "secreted_proteins", "author", "passes", "accession_key", "k",
    ],
)  # fmt: skip
def test_names_that_only_sound_like_it_are_open(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("nextflow run x --api_key abc --reads a.fq", "nextflow run x --api_key *** --reads a.fq"),
        ("x --db-password=abc y", "x --db-password=*** y"),
        ("snakemake --config token=abc key=2", "snakemake --config token=*** key=2"),
        ("snakemake --config s3.secret=abc --cores 2", "snakemake --config s3.secret=*** --cores 2"),
        ("tool --tokens --verbose", "tool --tokens --verbose"),
        ("run --max-tokens 5 --key-column 2", "run --max-tokens 5 --key-column 2"),
        ("run --max-tokens=token=abc", "run --max-tokens=token=***"),
        ("run --accessToken 'a b' x", "run --accessToken *** x"),
        ("run --token \\\n  abc \\\n  --k 3", "run --token \\\n  *** \\\n  --k 3"),
        ("one\ntoken=abc\ntwo", "one\ntoken=***\ntwo"),
        ("docker run -e DB_PASSWORD=abc x", "docker run -e DB_PASSWORD=*** x"),
        ("git clone https://ada:pw@example.org/x", "git clone https://***@example.org/x"),
        ("sort -k2 a.tsv", "sort -k2 a.tsv"),
    ],
)
def test_values_of_secret_options_are_hidden(command: str, shown: str) -> None:
    assert command_without_secrets(command) == shown
    assert command_without_secrets(shown) == shown


def test_secret_parameters_are_left_out_at_any_depth_and_named() -> None:
    told = {"key": 2, "s3": {"secret_key": "abc", "bucket": "b"}, "password": "abc", "token": None}
    run = confidential(FoundRun(name="x", parameters=told, remarks=("odd",)))
    assert run.parameters == {"key": 2, "s3": {"bucket": "b"}, "token": None}
    assert run.remarks[0] == "odd"
    assert "s3.secret_key, password" in run.remarks[1]


def test_a_run_without_secrets_is_told_as_it_is() -> None:
    run = FoundRun(name="x", parameters={"lines": 3}, run_command="snakemake --cores 2")
    assert confidential(run) == run


class TellTale:
    """A sniffer of somebody else that tells everything."""

    engine = "telltale"

    def look(self, directory: Path) -> Verdict:
        return Verdict(self.engine, Certainty.SURE, "it is always sure")

    def read(self, directory: Path) -> tuple[FoundRun, ...]:
        return (FoundRun(name="x", parameters={"api_key": "geheim"}, run_command="x --token geheim"),)


def test_every_sniffer_is_held_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sniffers, "BUILT_IN", {"telltale": f"{__name__}:TellTale"})
    (run,) = sniffers.sniff(tmp_path)
    assert "geheim" not in repr(run)
    assert run.run_command == "x --token ***"
    assert "api_key" in run.remarks[0]


def test_what_a_person_says_beside_the_run_is_held_to_it_too(tmp_path: Path) -> None:
    run = FoundRun(name="x", parameters={"token": "geheim", "lines": 3})
    made = plan(run, Overrides(), tmp_path)
    assert made.run.parameters == {"lines": 3}
    assert any("token" in remark for remark in made.remarks)
