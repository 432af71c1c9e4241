"""Addresses that people name: only public ones are connected to, whatever they look like."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from common.outgoing import ForbiddenAddress, Limits, TooMuch, is_public, open_session, origin, read_all, send
from tests.galaxy_import.failing import FailingGalaxy, drips, says, sends_to

SHORT = Limits(connect=1, silence=1, total=2)
Names = Callable[..., None]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """``names("a.example", "192.0.2.1")``: what a name stands for; each look-up takes the next, the last for ever."""
    known: dict[str, list[str]] = {}
    really = socket.getaddrinfo

    def look_up(host: str, port: Any, *args: Any, **kwargs: Any) -> Any:
        addresses = known.get(host, [])
        address = addresses.pop(0) if len(addresses) > 1 else (addresses or [host])[0]
        return [found for each in address.split() for found in really(each, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return lambda host, *addresses: known.update({host: list(addresses)})


@pytest.fixture
def inside() -> Iterator[FailingGalaxy]:
    """A server on this machine, which nobody from outside is to reach."""
    with FailingGalaxy() as server:
        yield server


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "168.63.129.16", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1",
        "198.18.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
        "2001:db8::1", "3fff::1", "2001::1", "100::1", "5f00::1", "64:ff9b:1::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "::127.0.0.1",
        "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1",
        "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_of_the_public_internet(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8", "132.230.223.239", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "192.0.1.1",
        "223.255.255.255", "2001:7c0::1", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
    ],
)  # fmt: skip
def test_an_address_of_the_public_internet(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "[::1]",
        "[::ffff:127.0.0.1]", "0", "0.0.0.0", "127.0.0.1.", "[::]", "①②⑦.⓪.⓪.①",
    ],
)  # fmt: skip
def test_this_machine_is_not_reached_by_any_spelling(inside, host):
    with open_session() as session, pytest.raises((ForbiddenAddress, requests.RequestException)) as raised:
        send(session, "GET", f"http://{host}:{inside.port}/api/version", limits=SHORT)
    assert inside.asked == []
    if raised.type is ForbiddenAddress:
        assert "is not a public address" in str(raised.value)


def test_a_name_that_stands_for_this_machine_is_not_reached(inside, names):
    names("evil.example", "127.0.0.1")
    with (
        open_session() as session,
        pytest.raises(ForbiddenAddress, match=r"evil\.example is at 127\.0\.0\.1"),
    ):
        send(session, "GET", f"http://evil.example:{inside.port}/", limits=SHORT)
    assert inside.asked == []


def test_a_name_with_one_private_address_among_public_ones_is_not_reached(inside, names):
    names("half.example", "8.8.8.8 127.0.0.1")
    with open_session() as session, pytest.raises(ForbiddenAddress):
        send(session, "GET", f"http://half.example:{inside.port}/", limits=SHORT)


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where connections went to, none of which succeeds."""
    places: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        places.append(address)
        raise ConnectionRefusedError("nobody is there")

    monkeypatch.setattr("common.outgoing.connections.create_connection", connect)
    return places


def test_what_was_checked_is_what_is_connected_to(names, connected):
    names("rebinding.example", "8.8.8.8", "127.0.0.1")
    with open_session() as session, pytest.raises(requests.ConnectionError):
        send(session, "GET", "http://rebinding.example/", limits=SHORT)
    assert connected == [("8.8.8.8", 80)]


def test_the_name_stays_the_hosts_although_the_address_is_connected_to(inside, names, monkeypatch):
    names("galaxy.example", "127.0.0.1")
    monkeypatch.setattr("common.outgoing.addresses.is_public", lambda address: True)
    with open_session() as session:
        send(session, "GET", f"http://galaxy.example:{inside.port}/api/version", limits=SHORT).close()
    assert inside.asked[0].headers["host"] == f"galaxy.example:{inside.port}"


def test_certificates_are_those_of_the_name(names, monkeypatch):
    names("galaxy.example", "8.8.8.8")
    ours, theirs = socket.socketpair()
    wrapped = []

    def wrap(**how: Any) -> None:
        wrapped.append(how["server_hostname"])
        raise OSError("enough")

    monkeypatch.setattr("common.outgoing.connections.create_connection", lambda *args, **kwargs: ours)
    monkeypatch.setattr("urllib3.connection._ssl_wrap_socket_and_match_hostname", wrap)
    with open_session() as session, theirs, ours, pytest.raises(requests.RequestException):
        send(session, "GET", "https://galaxy.example/", limits=SHORT)
    assert wrapped == ["galaxy.example"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.example/", "gopher://a.example/", "data:,a"])
def test_only_the_web_is_asked(url):
    with open_session(allow_private=True) as session, pytest.raises(requests.RequestException):
        send(session, "GET", url, limits=SHORT)


def test_no_proxy_of_the_environment_comes_between(inside, names, connected, monkeypatch):
    names("galaxy.example", "8.8.8.8")
    monkeypatch.setenv("http_proxy", inside.url)
    with open_session() as session, pytest.raises(requests.ConnectionError):
        send(session, "GET", "http://galaxy.example:81/", limits=SHORT)
    assert connected == [("8.8.8.8", 81)]
    assert inside.asked == []


def test_a_listed_server_may_be_behind_a_proxy(inside, monkeypatch):
    monkeypatch.setenv("http_proxy", inside.url)
    with open_session(allow_private=True) as session:
        send(session, "GET", "http://galaxy.example:81/", limits=SHORT).close()
    assert [each.path for each in inside.asked] == ["http://galaxy.example:81/"]


def test_no_password_is_taken_from_netrc(inside, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with open_session(allow_private=True) as session:
        send(session, "GET", f"{inside.url}/api/version", limits=SHORT).close()
    assert "authorization" not in inside.asked[0].headers


def test_cookies_are_not_kept(inside):
    inside.on("/api/version", says({}, set_cookie="galaxysession=1; Path=/"))
    with open_session(allow_private=True) as session:
        for _ in range(2):
            send(session, "GET", f"{inside.url}/api/version", limits=SHORT).close()
        assert list(session.cookies) == []
    assert all("cookie" not in each.headers for each in inside.asked)


def test_what_is_posted_is_not_sent_on(inside):
    inside.on("/api/invocations", sends_to("/api/version", 307))
    with open_session(allow_private=True) as session, pytest.raises(ForbiddenAddress, match="sends on"):
        send(session, "POST", f"{inside.url}/api/invocations", limits=SHORT, json={"a": 1})
    assert inside.counts == {"/api/invocations": 1}


def test_an_answer_is_read_up_to_its_limit(inside):
    inside.on("/api/version", says(b"x" * 1000))
    with open_session(allow_private=True) as session:
        answer = send(session, "GET", f"{inside.url}/api/version", limits=SHORT)
        assert read_all(answer, Limits(most_bytes=1000)) == b"x" * 1000
        answer = send(session, "GET", f"{inside.url}/api/version", limits=SHORT)
        with pytest.raises(TooMuch, match="999 bytes"):
            read_all(answer, Limits(most_bytes=999))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Usegalaxy.EU/a?b#c", "https://usegalaxy.eu"),
        ("https://usegalaxy.eu:443/", "https://usegalaxy.eu"),
        ("http://usegalaxy.eu:443/", "http://usegalaxy.eu:443"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url, expected):
    assert origin(url) == expected


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for galaxy.example, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "galaxy.example")])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("galaxy.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path / "galaxy.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*plain))
    return path


def test_encrypted_connections_are_held_to_the_same(inside, names, monkeypatch, certificate):
    names("galaxy.example", "127.0.0.1")
    names("other.example", "127.0.0.1")
    inside.speak_tls(certificate)
    monkeypatch.setattr("common.outgoing.addresses.is_public", lambda address: True)
    inside.on("/api/slow", drips(0.05))
    with open_session() as session:
        session.verify = str(certificate)
        there = f"https://galaxy.example:{inside.port}"
        answer = send(session, "GET", f"{there}/api/version", limits=SHORT)
        assert b"26.1" in read_all(answer, SHORT)
        with pytest.raises(requests.ConnectionError, match="timed out"):
            read_all(send(session, "GET", f"{there}/api/slow", limits=SHORT), SHORT)
        with pytest.raises(requests.exceptions.SSLError, match=r"other\.example"):
            send(session, "GET", f"https://other.example:{inside.port}/api/version", limits=SHORT)


def test_an_authority_that_is_named_is_believed_and_only_for_its_names(
    inside, names, monkeypatch, certificate
):
    names("galaxy.example", "127.0.0.1")
    names("other.example", "127.0.0.1")
    inside.speak_tls(certificate)
    monkeypatch.setattr("common.outgoing.addresses.is_public", lambda address: True)
    there = f"https://galaxy.example:{inside.port}/api/version"
    with open_session() as nobody, pytest.raises(requests.exceptions.SSLError):
        send(nobody, "GET", there, limits=SHORT)
    with open_session(ca_certificate=certificate.read_text()) as session:
        assert b"26.1" in read_all(send(session, "GET", there, limits=SHORT), SHORT)
        with pytest.raises(requests.exceptions.SSLError, match=r"other\.example"):
            send(session, "GET", there.replace("galaxy.", "other."), limits=SHORT)


@pytest.mark.parametrize(
    "text", ["no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
)
def test_what_is_no_certificate_is_refused(text):
    with pytest.raises(ValueError, match="PEM"):
        open_session(ca_certificate=text)
