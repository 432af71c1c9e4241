"""The addresses that people copy from Galaxy."""

import pytest

from galaxy_import.addresses import Address, read_address
from run_sources.errors import AddressRefused
from run_sources.http.addresses import read_base

ID, OTHER = "351a9b2758cde034", "e31fed3f3e34d1fa"
EU = "https://usegalaxy.eu"


@pytest.mark.parametrize(
    "base", [EU, "http://galaxy.lab.example:8080", "https://lab.example/galaxy", "http://[::1]:8080/a/b"]
)
@pytest.mark.parametrize(
    "path",
    [
        f"/workflows/invocations/{ID}",
        f"/workflows/invocations/{ID}/",
        f"/workflows/invocations/{ID}/report",
        f"/workflows/invocations/{ID}/steps?from_panel=true#top",
        f"/workflows/invocations/report?id={ID}",
        f"/workflows/invocations/report/?embed=1&id={ID}",
        f"/workflows/invocation_report?id={ID}",
        f"/api/invocations/{ID}",
        f"/api/invocations/{ID}/report.pdf",
        f"/api/invocations/{ID}?step_details=true",
        f"/api/workflows/{OTHER}/invocations/{ID}",
        f"/api/workflows/{OTHER}/invocations/{ID}/steps/{OTHER}",
        f"/api/workflows/{OTHER}/usage/{ID}",
    ],
)
def test_an_invocation_is_read_from_every_form(base, path):
    page = f"{base}/workflows/invocations/{ID}"
    assert read_address(base + path) == Address(base, "INVOCATION", ID, page)


@pytest.mark.parametrize("base", [EU, "https://lab.example/galaxy"])
@pytest.mark.parametrize(
    "path",
    [
        f"/histories/{ID}/invocations",
        f"/histories/{ID}",
        f"/histories/view?id={ID}",
        f"/histories/view_multiple?id={ID}",
        f"/published/history?id={ID}",
        f"/api/histories/{ID}",
        f"/api/histories/{ID}/contents?v=dev",
        f"/api/invocations?history_id={ID}",
    ],
)
def test_a_history_is_read_from_every_form(base, path):
    assert read_address(base + path) == Address(base, "HISTORY", ID, f"{base}/histories/view?id={ID}")


@pytest.mark.parametrize("base", [EU, "https://lab.example/galaxy"])
@pytest.mark.parametrize(
    "path",
    [
        f"/workflows/{ID}/invocations",
        f"/workflows/run?id={ID}",
        f"/workflows/editor?id={ID}&version=3",
        f"/workflow/display_by_id?id={ID}",
        f"/published/workflow?id={ID}",
        f"/api/workflows/{ID}",
        f"/api/workflows/{ID}/invocations",
        f"/api/invocations?workflow_id={ID}&limit=5",
    ],
)
def test_a_workflow_is_read_from_every_form(base, path):
    assert read_address(base + path) == Address(base, "WORKFLOW", ID, f"{base}/published/workflow?id={ID}")


def test_blanks_around_an_address_and_capitals_in_its_host_do_not_matter():
    assert read_address(f"\n  HTTPS://UseGalaxy.EU:443/workflows/invocations/{ID} ").base == EU


@pytest.mark.parametrize(
    "text",
    [
        EU, f"{EU}/workflows/invocations", f"{EU}/workflows/invocations/", f"{EU}/workflows/invocations/report",
        f"{EU}/datasets/{ID}", f"{EU}/api/jobs/{ID}", f"{EU}/workflows/list", f"{EU}/u/ada/h/my-history",
        f"{EU}/workflows/invocations/abc", f"{EU}/workflows/invocations/{ID[:-1]}g", f"{EU}/histories/view?id=",
        f"{EU}/workflows/invocations/{'a' * 129}",
    ],
)  # fmt: skip
def test_what_is_none_of_these_is_told_which_are_understood(text):
    with pytest.raises(AddressRefused, match="/workflows/invocations/ID") as refused:
        read_address(text)
    assert "/histories/view?id=ID" in str(refused.value)
    assert "/workflows/run?id=ID" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        (f"usegalaxy.eu/workflows/invocations/{ID}", "does not begin with https://"),
        (f"//usegalaxy.eu/workflows/invocations/{ID}", "does not begin with https://"),
        (ID, "does not begin with https://"),
        (f"javascript:alert(1)//workflows/invocations/{ID}", "does not begin with https://"),
        (f"ftp://usegalaxy.eu/workflows/invocations/{ID}", "Only addresses with http"),
        (f"file:///workflows/invocations/{ID}", "Only addresses with http"),
        (f"https:///workflows/invocations/{ID}", "no host"),
        (f"https://ada:secret@usegalaxy.eu/workflows/invocations/{ID}", "a name or a password"),
        (f"https://usegalaxy.eu@evil.example/workflows/invocations/{ID}", "a name or a password"),
        (f"https://@evil.example/workflows/invocations/{ID}", "a name or a password"),
        (f"https://usegalaxy.eu:port/workflows/invocations/{ID}", "cannot be read"),
        (f"https://usegalaxy.eu:99999/workflows/invocations/{ID}", "cannot be read"),
        (f"https://[::1/workflows/invocations/{ID}", "cannot be read"),
        (f"https://use%67alaxy.eu/workflows/invocations/{ID}", "no host"),
        (f"https://-.example/workflows/invocations/{ID}", "no host"),
        (f"https://{'a' * 70}.example/workflows/invocations/{ID}", "no host"),
        (f"https://usegalaxy.eu/workflows/invo\ncations/{ID}", "cannot be seen"),
        (f"https://usegalaxy.eu\t/workflows/invocations/{ID}", "cannot be seen"),
        (f"https://usegalaxy.eu/a b/workflows/invocations/{ID}", "blanks"),
        (f"https://usegalaxy.eu\\@evil.example/workflows/invocations/{ID}", "backslashes"),
        (f"https://usegalaxy.eu/\u202e/workflows/invocations/{ID}", "cannot be seen"),
        (f"https://usegalaxy.eu/../workflows/invocations/{ID}", "path before the server's own"),
        (f"https://usegalaxy.eu/%2e%2e/workflows/invocations/{ID}", "path before the server's own"),
        (f"https://usegalaxy.eu//workflows/invocations/{ID}", "path before the server's own"),
        (f"https://usegalaxy.eu/{'a' * 1000}/workflows/invocations/{ID}", "longer than 1000"),
    ],
)
def test_an_address_that_is_not_safe_to_use_is_refused(text, words):
    with pytest.raises(AddressRefused, match=words) as refused:
        read_address(text)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://usegalaxy.eu", EU),
        ("https://UseGalaxy.eu:443/?a=b#c", EU),
        ("https://usegalaxy.eu.", EU),
        ("http://usegalaxy.eu:443//", "http://usegalaxy.eu:443"),
        ("https://lab.example/Galaxy/", "https://lab.example/Galaxy"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:80/", "http://[::1]"),
        ("https://exämple.org/", "https://xn--exmple-cua.org"),
        ("https://\uff35segalaxy.eu/", EU),
    ],
)
def test_a_base_address_has_one_spelling(text, expected):
    assert read_base(text) == expected
    assert read_base(expected) == expected
