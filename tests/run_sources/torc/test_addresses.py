"""Which addresses are Torc's, and what they name."""

import pytest

from run_sources.errors import AddressRefused
from run_sources.seam import Address
from run_sources.torc.addresses import read_address, read_id
from run_sources.torc.source import TorcSource

PREFIXED = "https://hpc.example.org/lab/torc-service/v1"
NEW, OLD = (
    "http://torc.example.org:8080/torc-service/v1",
    "http://torc.example.org:8529/_db/my-db/torc-service",
)


@pytest.mark.parametrize(
    ("text", "base", "external_id", "kind"),
    [
        (f"{NEW}/workflows/7", NEW, "7", "run"),
        (f"  {NEW}/workflows/7/ ", NEW, "7", "run"),
        (f"{NEW}/workflows/7/status", NEW, "7", "run"),
        (f"{NEW}/workflows/7?run_id=2", NEW, "7/2", "run"),
        (f"{NEW}/workflows/7?run_id=2&all_runs=true", NEW, "7/2", "run"),
        (f"{NEW}/workflows/7?all_runs=true", NEW, "7", "workflow"),
        (f"{NEW}/results?workflow_id=7&run_id=3", NEW, "7/3", "run"),
        (f"{NEW}#7/2", NEW, "7/2", "run"),
        (f"{NEW}#7", NEW, "7", "run"),
        (f"{OLD}/workflows/9001", OLD, "9001", "run"),
        (f"{OLD}/workflows/9001/jobs/9100", OLD, "9001", "run"),
        (f"{PREFIXED}/workflows/7".replace("https://hpc", "HTTPS://HPC"), PREFIXED, "7", "run"),
    ],
)
def test_what_an_address_names(text, base, external_id, kind):
    page = f"{base}/workflows/{external_id.partition('/')[0]}"
    assert read_address(text) == Address(base, f"{base}#{external_id}", kind, page)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "https://galaxy.example.org/workflows/invocations/0123456789abcdef",
        "https://reana.example.org/details/0ec7d4e1-6a6e-4b1c-9a9c-5d3c1f1d2e3f",
        "https://wes.example.org/ga4gh/wes/v1/runs/7",
        "arn:aws:omics:eu-west-1:123456789012:run/7",
        "https://torc.example.org/torc-service/v2/workflows/7",
    ],
)
def test_the_addresses_of_others_are_left_to_them(text):
    assert read_address(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{NEW}", "names no workflow"),
        (f"{NEW}/workflows", "names no workflow"),
        (f"{NEW}/workflows/../7", "names no workflow"),
        (f"{NEW}/workflows/7?run_id=0", "a number from 1 on"),
        (f"{NEW}/workflows/7?run_id=x", "a number from 1 on"),
        ("http://ada:secret@torc.example.org/torc-service/v1/workflows/7", "a password in it"),
        ("ftp://torc.example.org/torc-service/v1/workflows/7", "Only addresses with http"),
        (f"https://torc.example.org/{'x' * 200}/torc-service/v1/workflows/7", "longer than 200"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_the_forms_that_can(text, words):
    with pytest.raises(AddressRefused, match=words) as caught:
        read_address(text)
    assert "/torc-service/v1/workflows/ID" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_every_example_is_understood():
    assert all(read_address(one) for one in TorcSource.examples)


@pytest.mark.parametrize(
    ("text", "wanted"), [(f"{NEW}#7/2", ("7", 2)), ("7/2", ("7", 2)), ("9001", ("9001", None))]
)
def test_an_id_is_read_with_the_server_before_it_or_without(text, wanted):
    assert read_id(text) == wanted


def test_an_id_cannot_lead_elsewhere():
    with pytest.raises(AddressRefused):
        read_id("../../admin")
