"""Which addresses name a run of WES, and what tells runs apart."""

import pytest

from run_sources.errors import AddressRefused
from run_sources.wes import WesSource
from run_sources.wes.addresses import external_id, run_id_of

UUID = "67e51f88-ccaa-47c1-9608-c564057ae400"
BASE = "https://wes.example.org/ga4gh/wes/v1"


@pytest.mark.parametrize(
    ("text", "base", "run_id"),
    [
        (f"{BASE}/runs/run-1", BASE, "run-1"),
        (f"  {BASE}/runs/{UUID}/ ", BASE, UUID),
        (f"HTTPS://WES.example.org:443/ga4gh/wes/v1/runs/{UUID}/status", BASE, UUID),
        (f"{BASE}/runs/run-1/tasks?page_size=3", BASE, "run-1"),
        (f"{BASE}/runs/a%3Ab/tasks/7", BASE, "a:b"),
        (f"{BASE}#run-1", BASE, "run-1"),
        (f"{BASE}/ run-1", BASE, "run-1"),
        ("http://h:8080/x/ga4gh/wes/v1/runs/1", "http://h:8080/x/ga4gh/wes/v1", "1"),
    ],
)
def test_an_address_below_the_path_of_wes_names_its_run(text: str, base: str, run_id: str) -> None:
    found = WesSource.read_address(text)
    assert found is not None
    assert (found.base, found.external_id, found.kind, found.page) == (
        base, run_id, "run", f"{base}/runs/{run_id}",
    )  # fmt: skip
    assert WesSource.read_told_address(text) == found


@pytest.mark.parametrize("text", [BASE, f"{BASE}/", f"{BASE}/runs", f"{BASE}/service-info"])
def test_the_service_itself_names_all_its_runs(text: str) -> None:
    found = WesSource.read_address(text)
    assert found is not None
    assert (found.base, found.kind) == (BASE, "service")


@pytest.mark.parametrize(
    ("text", "base"),
    [
        (f"http://127.0.0.1:1122/runs/{UUID}", "http://127.0.0.1:1122"),
        (f"https://h.example/sapporo/runs/{UUID}/ro-crate?download=true", "https://h.example/sapporo"),
        (f"https://h.example/sapporo {UUID}", "https://h.example/sapporo"),
        (f"https://h.example/sapporo/runs#{UUID}", "https://h.example/sapporo"),
    ],
)
def test_a_bare_address_is_one_of_wes_only_for_who_says_so(text: str, base: str) -> None:
    """``/runs/<uuid>/`` is a page of this registry, too."""
    assert WesSource.read_address(text) is None
    found = WesSource.read_told_address(text)
    assert found is not None
    assert (found.base, found.external_id) == (base, UUID)


@pytest.mark.parametrize(
    "text",
    [
        f"https://reana.example.org/details/{UUID}",
        "http://h:8080/torc-service/v1/workflows/7",
        "https://eu-west-1.console.aws.amazon.com/omics/home?region=eu-west-1#/runs/1234567",
        "arn:aws:omics:eu-west-1:123456789012:run/1234567",
        "https://usegalaxy.org/workflows/invocations/289fb816f21cd775",
        "https://wes.example.org/ga4gh/wes/v10/runs/1",
        "",
    ],
)
def test_addresses_of_others_are_left_to_them(text: str) -> None:
    assert WesSource.read_address(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{BASE}/runs/a%2Fb", "names no run"),
        (f"{BASE}/runs/..", "names no run"),
        (f"{BASE}/callback/7", "names no run"),
        ("ftp://h/ga4gh/wes/v1/runs/1", "Only addresses with http"),
        ("https://ada:pw@h.example/ga4gh/wes/v1/runs/1", "name or a password"),
        (f"https://h.example/{'x' * 200}/ga4gh/wes/v1/runs/1", "longer than"),
        (f"{BASE}/runs/{'x' * 101}", "names no run"),
    ],
)
def test_an_address_of_wes_that_cannot_be_used_is_refused_with_a_reason(text: str, said: str) -> None:
    with pytest.raises(AddressRefused, match=said) as refused:
        WesSource.read_address(text)
    assert "pw" not in str(refused.value)


@pytest.mark.parametrize("text", WesSource.examples)
def test_the_examples_are_understood(text: str) -> None:
    assert WesSource.read_address(text) is not None


def test_a_uuid_tells_runs_apart_by_itself_and_anything_else_with_its_server() -> None:
    assert external_id(BASE, UUID) == UUID
    assert external_id(BASE, "run-1") == f"{BASE}#run-1"
    assert [run_id_of(BASE, each) for each in (UUID, "run-1", f"{BASE}#run-1")] == [UUID, "run-1", "run-1"]
    with pytest.raises(AddressRefused):
        run_id_of(BASE, "https://other.example/ga4gh/wes/v1#run-1")
