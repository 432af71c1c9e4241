"""What people copy is recognised, and what is not HealthOmics' is left to others."""

import pytest

from run_sources.errors import AddressRefused
from run_sources.healthomics import addresses
from run_sources.healthomics.addresses import is_of_aws, is_service, page_of, read_address, region_of
from run_sources.healthomics.source import HealthOmicsSource

BASE = "https://omics.eu-west-1.amazonaws.com"
ARN = "arn:aws:omics:eu-west-1:123456789012:"
CONSOLE = "https://eu-west-1.console.aws.amazon.com/omics/home?region=eu-west-1#/"


@pytest.mark.parametrize(
    ("text", "kind", "external_id"),
    [
        (f"{ARN}run/7", "run", f"{ARN}run/7"),
        (f"  {ARN}run/7\n", "run", f"{ARN}run/7"),
        (f"{ARN}workflow/7", "workflow", "7"),
        ("arn:aws:omics:eu-west-1::workflow/7", "workflow", "7"),
        (f"{ARN}workflow/7/version/1.2.0", "workflow", "7/version/1.2.0"),
        (f"{CONSOLE}runs/7", "run", "7"),
        (f"{CONSOLE}runs/7/tasks/9", "run", "7"),
        (f"{CONSOLE}runs/7?tab=tags", "run", "7"),
        ("https://console.aws.amazon.com/omics/home?region=eu-west-1#/runs/7", "run", "7"),
        ("https://eu-west-1.console.aws.amazon.com/omics/home#/runs/7", "run", "7"),
        (f"{CONSOLE}workflows/7", "workflow", "7"),
        (f"{CONSOLE}workflows/7/versions/1.2.0", "workflow", "7/version/1.2.0"),
        ("eu-west-1/7", "run", "7"),
        (f"{BASE}/run/7", "run", "7"),
        ("https://workflows-omics.eu-west-1.amazonaws.com/workflow/7/", "workflow", "7"),
    ],
)
def test_an_address_names_a_run_or_what_holds_runs(text: str, kind: str, external_id: str) -> None:
    address = read_address(text)
    assert address is not None
    assert (address.base, address.kind, address.external_id) == (BASE, kind, external_id)
    assert address.page == f"{CONSOLE}{kind}s/7"


@pytest.mark.parametrize("text", HealthOmicsSource.examples)
def test_every_example_is_understood(text: str) -> None:
    assert read_address(text)


def test_a_server_of_another_name_is_known_by_the_path_of_the_api() -> None:
    address = read_address("http://127.0.0.1:9000/run/7")
    assert address is not None
    assert (address.base, address.external_id) == ("http://127.0.0.1:9000", "7")
    assert address.page == "http://127.0.0.1:9000/run/7"


@pytest.mark.parametrize(
    "text",
    [
        "", "7", "run/7", "arn:aws:s3:::bucket/run/7", "https://usegalaxy.org/workflows/invocations/f2db41e1fa331b3e",
        "https://wes.example.org/ga4gh/wes/v1/runs/7", "https://wes.example.org/runs/7",
        "https://reana.cern.ch/details/4f0e4bd5-7f06-4a44-a3a0-2e2f1cf4a3a3",
        "https://torc.example.org/torc-service/v1/workflows/7", "https://eu-west-1.console.aws.amazon.com/s3/home",
        "https://[half/run/7", "https://example.org/x/run/7", "https://example.org/run/seven",
    ],
)  # fmt: skip
def test_what_is_not_its_is_left_to_others(text: str) -> None:
    assert read_address(text) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"{ARN}sequenceStore/7", "neither a run nor a workflow"),
        (f"{ARN}run/7/version/1", "neither a run nor a workflow"),
        ("arn:aws:omics:eu-west-1::run/7", "neither a run nor a workflow"),
        (f"{ARN}run/1234567890123456789", "neither a run nor a workflow"),
        ("arn:aws-cn:omics:cn-north-1:123456789012:run/7", "neither a run nor a workflow"),
        (f"{CONSOLE}sequence-stores", "neither a run nor a workflow"),
        (f"{BASE}/runGroup/7", "neither a run nor a workflow"),
        ("arn:aws:omics:eu-wset-1:123456789012:run/7", "region eu-wset-1"),
        ("https://ada:secret@omics.eu-west-1.amazonaws.com/run/7", "name or a password"),
        ("ftp://omics.eu-west-1.amazonaws.com/run/7", "http:// and https://"),
    ],
)
def test_what_is_its_and_leads_nowhere_says_why(text: str, sentence: str) -> None:
    with pytest.raises(AddressRefused, match=sentence):
        read_address(text)


def test_a_region_that_a_newer_boto3_knows_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_newer_regions", lambda: frozenset({"sa-east-1"}))
    assert read_address("sa-east-1/7")
    with pytest.raises(AddressRefused):
        read_address("sa-east-2/7")


@pytest.mark.parametrize(
    ("base", "region", "is_the_service"),
    [
        (BASE, "eu-west-1", True),
        ("https://workflows-omics.eu-west-1.amazonaws.com", "eu-west-1", False),
        ("https://vpce-0a-b.workflows-omics.us-east-1.vpce.amazonaws.com", "us-east-1", False),
        ("https://omics.eu-west-1.amazonaws.com.evil.example", "", False),
        ("https://omics.eu-west-1.amazonaws.com:444", "eu-west-1", False),
        ("http://omics.eu-west-1.amazonaws.com", "eu-west-1", False),
        ("http://127.0.0.1:9000", "", False),
    ],
)
def test_only_the_services_own_address_is_taken_for_it(base: str, region: str, is_the_service: bool) -> None:
    assert (region_of(base), is_service(base), is_of_aws(base)) == (region, is_the_service, bool(region))
    assert page_of(base, "run", "7").endswith("/runs/7" if region else "/run/7")
