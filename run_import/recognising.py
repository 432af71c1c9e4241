"""Which source an address is of: that of the listed server that it lies below, else the only one that claims it."""

from collections.abc import Callable, Sequence

from run_import.carrying_out.importing import read_of
from run_import.servers import base_of_server, list_servers_of_settings, listed_servers_of
from run_import.sources import Source, every_source, source_named
from run_sources.errors import AddressRefused
from run_sources.seam import Address

Found = tuple[str, Address]


def reader(source: str = "", server: str = "") -> Callable[[str], Found]:
    """Reads addresses: of a source that was named, or of whichever it is.

    With a ``server``, its base address, the texts may be identifiers that are no addresses, ``hello.1`` for example.
    """
    if not server:
        return lambda text: recognise(text, source)
    return lambda text: _at_server(text, source, server)


def recognise(text: str, source: str = "") -> Found:
    """The source of an address, and what it names there; AddressRefused where none claims it, or several do."""
    if source:
        return source, read_of(source, text)
    list_servers_of_settings()
    claims = list(_claims(text, every_source()))
    if len(claims) > 1:
        claims = _of_listed_servers(claims) or claims
    if len(claims) == 1:
        return claims[0]
    if not claims:
        raise AddressRefused(f"No source understands this address. {understood()}")
    names = ", ".join(name for name, _ in claims)
    raise AddressRefused(f"This may be an address of several sources: say which with source, one of {names}.")


def understood() -> str:
    """What is understood, with an example of each source."""
    said = [f"{one.title} ({one.examples[0]})" for one in every_source() if one.examples]
    return f"Understood are, for example, {', '.join(said)}."


def _claims(text: str, sources: Sequence[Source]) -> list[Found]:
    """What each source makes of it; what one source cannot use may be another's."""
    found, refused = [], None
    for one in sources:
        try:
            address = one.kind.read_address(text) if one.kind else None
        except AddressRefused as problem:
            refused = refused or problem
            continue
        if address is not None:
            found.append((one.name, address))
    if not found and refused is not None:
        raise refused
    return found


def _of_listed_servers(claims: Sequence[Found]) -> list[Found]:
    """Of several claims, those whose server is listed for their source."""
    return [(name, one) for name, one in claims if listed_servers_of(one.base, name)]


def _at_server(text: str, source: str, server: str) -> Found:
    """An identifier at a server that is named by its base address; an address stays what it is."""
    if "://" in text or text.startswith("arn:"):
        return recognise(text, source)
    if not source:
        list_servers_of_settings()
        listed = {one.source for one in listed_servers_of(server)}
        if len(listed) != 1:
            raise AddressRefused(
                "Say with source what kind of server this is: it is listed for none, or for several."
            )
        [source] = listed
    known = source_named(source)
    if known.kind is None:
        raise AddressRefused(known.problem)
    return source, Address(base_of_server(source, server), text)
