"""Every way to name a run of REANA, and what is none."""

import pytest

from run_sources.errors import AddressRefused
from run_sources.reana.addresses import EXAMPLES, read_address
from run_sources.seam import RUN, Address

ID = "335037af-2b11-4d83-ae47-803b1d436cd9"
BASE = "https://reana.example.org"
PAGE = f"{BASE}/details/{ID}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PAGE, Address(BASE, ID, RUN, PAGE)),
        (f"{PAGE}/", Address(BASE, ID, RUN, PAGE)),
        (f"{PAGE}#logs", Address(BASE, ID, RUN, PAGE)),
        (f"  https://REANA.example.org:443/details/{ID.upper()} ", Address(BASE, ID, RUN, PAGE)),
        (f"{BASE}/details/hello.1", Address(BASE, "hello.1", RUN)),
        (f"{BASE}/api/workflows/{ID}", Address(BASE, ID, RUN, PAGE)),
        (f"{BASE}/api/workflows/{ID}/status", Address(BASE, ID, RUN, PAGE)),
        (f"{BASE}/api/workflows/{ID}/workspace/results/x.txt", Address(BASE, ID, RUN, PAGE)),
        (f"{BASE}/api/workflows/hello.1/logs?page=2", Address(BASE, "hello.1", RUN)),
        (f"{BASE}/api/workflows/hello.1.2/specification", Address(BASE, "hello.1.2", RUN)),
        (f"{BASE}/api/workflows/hello/status", Address(BASE, "hello", RUN)),
        (f"{BASE}/api/workflows/my.analysis.3/parameters", Address(BASE, "my.analysis.3", RUN)),
        (f"{BASE}/api/workflows/caf%C3%A9.1/status", Address(BASE, "café.1", RUN)),
        (f"{BASE}/api/workflows?workflow_id_or_name=hello", Address(BASE, "hello", "workflow")),
        (f"{BASE}/api/workflows?type=batch&workflow_id_or_name={ID}", Address(BASE, ID, RUN, PAGE)),
        (
            f"https://lab.example:30443/reana/details/{ID}",
            Address(
                "https://lab.example:30443/reana", ID, RUN, f"https://lab.example:30443/reana/details/{ID}"
            ),
        ),
    ],
)
def test_what_an_address_names(text, expected):
    assert read_address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"{PAGE}?access_token=secret-token-1",
        f"{BASE}/api/workflows/hello.1/status?access_token=secret-token-1&page=1",
        f"{BASE}/api/workflows?access_token=secret-token-1&workflow_id_or_name=hello",
        f"{PAGE}#access_token=secret-token-1",
    ],
)
def test_a_token_in_an_address_goes_nowhere(text):
    assert "secret" not in repr(read_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "hello.1", ID, "", "https://reana.example.org", f"{BASE}/details/", f"{BASE}/details/about",
        f"{BASE}/api/workflows", f"{BASE}/api/workflows/0123456789abcdef",
        f"{BASE}/api/workflows/0123456789abcdef/logs",
        f"{BASE}/api/workflows/0123456789abcdef/invocations/0123456789abcdef",
        f"{BASE}/workflows/invocations/0123456789abcdef", f"{BASE}/ga4gh/wes/v1/runs/{ID}", f"{BASE}/runs/{ID}",
        "http://torc.example:8529/_db/test/torc-service/workflows/9/status",
        "https://lab.example/torc-service/v1/workflows/7/status",
        "arn:aws:omics:eu-west-1:123456789012:run/1234567",
        f"{BASE}/api/workflows/%2e%2e/status", f"{BASE}/api/workflows/a%2fb/status",
        f"https://ada:secret@{ID}.example/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_run(text):
    assert read_address(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"https://ada:secret@reana.example.org/details/{ID}", "name or a password"),
        (f"ftp://reana.example.org/details/{ID}", "http://"),
        (f"{PAGE[:-5]}", "not whole"),
        (f"{BASE}/../details/{ID}", "parts that no server has"),
    ],
)
def test_what_is_one_and_cannot_be_used_says_why(text, why):
    with pytest.raises(AddressRefused, match=why) as problem:
        read_address(text)
    assert "secret" not in str(problem.value)


def test_the_examples_are_understood():
    assert all(read_address(one) for one in EXAMPLES)
