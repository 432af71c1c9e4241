"""Which addresses of the internet are public, and what a name stands for."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from urllib3.util.connection import allowed_gai_family


class ForbiddenAddress(Exception):
    """The address is not one that may be asked: private, of this machine, or elsewhere. ``str()`` is a sentence."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, whatever it is wrapped in."""
    return all(_is_global(each) for each in _meanings(ip_address(address.partition("%")[0])))


def checked_addresses(host: str, port: int) -> list[str]:
    """What the name means; ForbiddenAddress if anything of it is not public."""
    found = socket.getaddrinfo(host.strip("[]"), port, allowed_gai_family(), socket.SOCK_STREAM)
    addresses = [str(each[4][0]) for each in found]
    for address in addresses:
        if not is_public(address):
            raise ForbiddenAddress(
                f"{host} is at {address}, which is not a public address. Only an administrator can allow "
                "a server there, by listing it."
            )
    return addresses


SPECIAL = [
    ip_network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
        "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "2001::/23", "2001:db8::/32", "3fff::/20",
    )
]  # fmt: skip
GLOBAL_V6 = ip_network("2000::/3")
NAT64 = ip_network("64:ff9b::/96")


def _meanings(ip: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """The address, or the IPv4 address that an IPv6 one stands for: mapped, translated by NAT64, or 6to4 (both)."""
    if isinstance(ip, IPv4Address):
        return [ip]
    if ip.ipv4_mapped:
        return [ip.ipv4_mapped]
    if ip in NAT64:
        return [IPv4Address(int(ip) & 0xFFFFFFFF)]
    return [ip, ip.sixtofour] if ip.sixtofour else [ip]


def _is_global(ip: IPv4Address | IPv6Address) -> bool:
    if ip.version == 6 and ip not in GLOBAL_V6:
        return False
    return not any(ip in network for network in SPECIAL if network.version == ip.version)
