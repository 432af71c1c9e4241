"""boto3 asks as the user does, at the service or a listed server, and never with what the machine may do."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from run_sources.errors import AddressForbidden, KeyRefused, SourceUnavailable
from run_sources.healthomics import sessions
from run_sources.healthomics.sessions import Clients
from run_sources.healthomics.source import HealthOmicsSource
from run_sources.seam import Access
from tests.run_sources.healthomics.wire import BASE, CREDENTIALS, Wire, recorded, refused

pytestmark = pytest.mark.once
HERE = "http://127.0.0.1:9000"
ROLE = {"role_arn": "arn:aws:iam::123456789012:role/Reader", "external_id": "between us"}


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine that may do much itself."""
    config = tmp_path / "config"
    config.write_text(
        "[default]\nregion = us-west-2\nendpoint_url = http://evil.example\n"
        "[profile lab]\naws_access_key_id = AKIDLAB\naws_secret_access_key = labsecret\n"
    )
    for name, value in {
        "AWS_PROFILE": "nowhere",
        "AWS_ACCESS_KEY_ID": "AKIDHOST", "AWS_SECRET_ACCESS_KEY": "hostsecret", "AWS_SESSION_TOKEN": "hosttoken",
        "AWS_ENDPOINT_URL": "http://evil.example", "AWS_CONFIG_FILE": str(config), "AWS_DEFAULTS_MODE": "auto",
        "HTTPS_PROXY": "http://proxy.example:3128", "AWS_CA_BUNDLE": "/nowhere",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)


def signed_by(request: Any) -> str:
    header = request.headers["Authorization"]
    return header.decode() if isinstance(header, bytes) else str(header)


def test_it_asks_the_region_that_the_address_names_as_the_user(
    machine: None, wire: Wire, source: HealthOmicsSource
) -> None:
    wire.answers["/run/1"] = recorded("get_run_1")
    source.client.run("1")
    (request,) = wire.requests
    assert request.url == "https://workflows-omics.eu-west-1.amazonaws.com/run/1"
    assert "Credential=AKIDEXAMPLE/" in signed_by(request)
    assert "/eu-west-1/omics/" in signed_by(request)
    assert "X-Amz-Security-Token" not in request.headers


def test_proxies_of_the_machine_are_for_listed_servers(machine: None) -> None:
    def proxies(base: str, **more: Any) -> Any:
        return Clients(Access(base, CREDENTIALS, **more)).of("omics").meta.config.proxies

    assert proxies(BASE) == {}
    assert proxies(HERE, allow_private=True) is None


@pytest.mark.parametrize("credentials", [{}, {"access_key_id": "A"}, {"secret_access_key": "S"}])
def test_without_credentials_it_does_not_use_the_machines(
    machine: None, wire: Wire, source_of: Callable[..., HealthOmicsSource], credentials: dict[str, str]
) -> None:
    with pytest.raises(KeyRefused, match="Store an access key"):
        source_of(credentials=credentials).fetch("1")
    assert wire.asked == []


@pytest.mark.parametrize("name", [*CREDENTIALS, "session_token"])
@pytest.mark.parametrize("odd", ["with\nline", "with blank", "schl\u00fcssel", "a\0b"])
def test_what_cannot_be_a_key_is_not_sent(
    wire: Wire, source_of: Callable[..., HealthOmicsSource], name: str, odd: str
) -> None:
    with pytest.raises(KeyRefused, match="copy it again") as caught:
        source_of(credentials=CREDENTIALS | {name: odd}).fetch("1")
    assert odd not in str(caught.value)
    assert wire.asked == []


@pytest.mark.parametrize(
    "base",
    [HERE, "https://omics.eu-west-1.amazonaws.com.evil.example", "http://omics.eu-west-1.amazonaws.com"],
)
def test_a_server_that_nobody_listed_is_not_asked(
    wire: Wire, source_of: Callable[..., HealthOmicsSource], base: str
) -> None:
    with pytest.raises(AddressForbidden, match="administrator"):
        source_of(base).fetch("1")
    assert wire.asked == []


def test_a_listed_server_is_asked_at_its_own_address(
    wire: Wire, source_of: Callable[..., HealthOmicsSource]
) -> None:
    wire.answers["/run/1"] = recorded("get_run_1")
    source_of(HERE, CREDENTIALS | {"region": "eu-west-2"}, allow_private=True).client.run("1")
    (request,) = wire.requests
    assert request.url == f"{HERE}/run/1"
    assert "/eu-west-2/omics/" in signed_by(request)


def test_a_profile_is_for_listed_servers_and_where_an_administrator_opened_it(
    machine: None, wire: Wire, source_of: Callable[..., HealthOmicsSource], monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.answers["/run/1"] = recorded("get_run_1")
    with pytest.raises(KeyRefused, match="not open to users"):
        source_of(HERE, {"profile": "lab"}, allow_private=True).client.run("1")
    monkeypatch.setenv("RUNSTEAD_HEALTHOMICS_PROFILES", "other, lab")
    monkeypatch.delenv("AWS_CA_BUNDLE")
    with pytest.raises(KeyRefused, match="not open to users"):
        source_of(BASE, {"profile": "lab"}).client.run("1")
    with pytest.raises(KeyRefused, match="leave the role empty"):
        source_of(HERE, {"profile": "lab"} | ROLE, allow_private=True).client.run("1")
    assert wire.asked == []
    source_of(HERE, {"profile": "lab"}, allow_private=True).client.run("1")
    assert "Credential=AKIDLAB/" in signed_by(wire.requests[0])
    with pytest.raises(KeyRefused, match="not in the AWS configuration"):
        source_of(HERE, {"profile": "other"}, allow_private=True).client.run("1")


def assumed(expires: datetime) -> bytes:
    """The answer of STS, which speaks XML."""
    return (
        '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
        "<AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>rolesecret</SecretAccessKey>"
        f"<SessionToken>roletoken</SessionToken><Expiration>{expires:%Y-%m-%dT%H:%M:%SZ}</Expiration>"
        "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
    ).encode()


def test_a_role_is_assumed_with_the_users_own_key(
    machine: None, wire: Wire, source_of: Callable[..., HealthOmicsSource]
) -> None:
    wire.answers |= {
        "/": (200, assumed(datetime(2999, 1, 1, tzinfo=UTC)), {"content-type": "text/xml"}),
        "/run/1": recorded("get_run_1"),
    }
    source_of(credentials=CREDENTIALS | ROLE).client.run("1")
    assume, ask = wire.requests
    wanted = parse_qs(assume.body.decode() if isinstance(assume.body, bytes) else assume.body)
    assert assume.url == "https://sts.eu-west-1.amazonaws.com/"
    assert "Credential=AKIDEXAMPLE/" in signed_by(assume)
    assert (wanted["RoleArn"], wanted["ExternalId"]) == ([ROLE["role_arn"]], ["between us"])
    assert "Credential=ASIAROLE/" in signed_by(ask)


def test_a_role_that_may_not_be_assumed_is_said_so(
    wire: Wire, source_of: Callable[..., HealthOmicsSource]
) -> None:
    error = b"<Error><Code>AccessDenied</Code><Message>not you, between us</Message></Error>"
    wire.answers["/"] = (403, b"<ErrorResponse>" + error + b"</ErrorResponse>", {"content-type": "text/xml"})
    with pytest.raises(KeyRefused, match="trust policy") as caught:
        source_of(credentials=CREDENTIALS | ROLE).client.run("1")
    assert "between us" not in str(caught.value)


def test_whose_the_credentials_are_is_asked_of_aws(wire: Wire, source: HealthOmicsSource) -> None:
    wire.answers["/"] = (
        200,
        b"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ada</Arn>"
        b"</GetCallerIdentityResult></GetCallerIdentityResponse>",
        {"content-type": "text/xml"},
    )
    assert source.whoami() == "arn:aws:iam::123456789012:user/ada"


def test_a_listed_server_only_says_whether_it_takes_the_key(
    wire: Wire, source_of: Callable[..., HealthOmicsSource]
) -> None:
    source = source_of(HERE, allow_private=True)
    wire.answers["/run"] = [recorded("list_runs"), refused("UnrecognizedClientException", 403)]
    assert source.whoami() == ""
    with pytest.raises(KeyRefused):
        source.whoami()


def test_without_boto3_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    assert HealthOmicsSource.unavailable() == ""
    monkeypatch.setattr(sessions.importlib.util, "find_spec", lambda name: None)
    assert "requirements/install aws" in HealthOmicsSource.unavailable()
    with pytest.raises(SourceUnavailable, match="needs boto3"):
        Clients(Access(BASE, CREDENTIALS))


@pytest.mark.once
def test_without_boto3_addresses_are_read_all_the_same() -> None:
    program = (
        "import sys\nsys.modules['boto3'] = sys.modules['botocore'] = None\n"
        "from run_sources.healthomics.source import HealthOmicsSource as S\n"
        "assert all(S.read_address(one) for one in S.examples)\n"
        "try:\n    S.read_address('xx-nowhere-1/7')\nexcept ValueError as e:\n    print(e)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "region xx-nowhere-1" in done.stdout
