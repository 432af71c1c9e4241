"""Which source an address is of: that of the listed server that it lies below, else the only one that claims it."""

from collections.abc import Callable, Sequence

from run_import.models import RunServer
from run_import.servers import base_of_server, covers, list_servers_of_settings, listed_servers
from run_import.sources import Source, every_source, source_named
from run_sources.errors import AddressRefused
from run_sources.seam import Address

LONGEST_ID = 200  # characters of an identifier that is given with a server
Found = tuple[str, Address]


def reader(source: str = "", server: str = "") -> Callable[[str], Found]:
    """Reads addresses: of a source that was named, or of whichever it is.

    With a ``server``, its base address, the texts may be identifiers that are no addresses, ``hello.1`` for example.
    """
    if source and not server:
        return lambda text: (source, read_of(source, text))
    list_servers_of_settings()
    known = Recogniser(listed_servers())
    return (lambda text: known.at_server(text, source, server)) if server else known.recognise


def recognise(text: str, source: str = "") -> Found:
    """The source of an address, and what it names there; AddressRefused where none claims it, or several do."""
    return reader(source)(text)


def read_of(source: str, text: str) -> Address:
    """What a text names at a source that was named; AddressRefused where it is none of its addresses."""
    known = _usable(source)
    address = known.read_told(text)
    if address is None:
        examples = ", ".join(known.examples)
        raise AddressRefused(f"This is no address of {known.title}. Understood are, for example, {examples}.")
    return address


def understood() -> str:
    """What is understood, with an example of each source."""
    said = [f"{one.title} ({one.examples[0]})" for one in every_source() if one.examples]
    return f"Understood are, for example, {', '.join(said)}."


class Recogniser:
    """Recognises many addresses; the listed servers, the closest first, are looked up once."""

    def __init__(self, listed: Sequence[RunServer]) -> None:
        self._listed = listed

    def recognise(self, text: str) -> Found:
        """As the function of this name."""
        refused: list[AddressRefused] = []
        claims = self._below_listed(text, refused) or _claims(text, every_source(), refused)
        if not claims and refused:
            raise refused[0]
        return _only(claims)

    def at_server(self, text: str, source: str, server: str) -> Found:
        """An identifier at a server that is named by its base address; an address stays what it is."""
        if "://" in text or text.startswith("arn:"):
            return (source, read_of(source, text)) if source else self.recognise(text)
        source = source or self._source_at(server)
        known = _usable(source)
        return source, known.read_id(base_of_server(source, server), _checked_id(text))

    def _below_listed(self, text: str, refused: list[AddressRefused]) -> list[Found]:
        """What the closest listed server makes of it that understands it; several, where they are as close."""
        found: list[Found] = []
        closest = ""
        for server in self._listed:
            if not covers(server.url, text) or (found and not covers(closest, server.url)):
                continue
            address = _read(source_named(server.source), text, refused, told=True)
            if address is not None and covers(server.url, address.base):
                found.append((server.source, address))
                closest = closest or server.url
        return list({name: (name, one) for name, one in found}.values())

    def _source_at(self, server: str) -> str:
        """What kind of server is listed at a base address."""
        listed = {one.source for one in self._listed if covers(one.url, server)}
        if len(listed) != 1:
            raise AddressRefused(
                "Say with source what kind of server this is: it is listed for none, or for several."
            )
        return listed.pop()


def _claims(text: str, sources: Sequence[Source], refused: list[AddressRefused]) -> list[Found]:
    """What each source makes of it; what one source cannot use may be another's."""
    read = ((one.name, _read(one, text, refused)) for one in sources)
    return [(name, address) for name, address in read if address is not None]


def _read(source: Source, text: str, refused: list[AddressRefused], *, told: bool = False) -> Address | None:
    """What a source makes of it, None for nothing; why it cannot be used is added to ``refused``."""
    if source.kind is None:
        return None
    try:
        return source.read_told(text) if told else source.kind.read_address(text)
    except AddressRefused as problem:
        refused.append(problem)
        return None


def _only(claims: Sequence[Found]) -> Found:
    """The one claim; AddressRefused where there is none, or there are several."""
    if len(claims) == 1:
        _usable(claims[0][0])
        return claims[0]
    if not claims:
        raise AddressRefused(f"No source understands this address. {understood()}")
    names = ", ".join(name for name, _ in claims)
    raise AddressRefused(f"This may be an address of several sources: say which with source, one of {names}.")


def _usable(source: str) -> Source:
    """The source of this name; AddressRefused, with the reason, where runs of it cannot be imported here."""
    known = source_named(source)
    if known.kind is None or known.problem:
        raise AddressRefused(known.problem)
    return known


def _checked_id(text: str) -> str:
    """An identifier that leads nowhere else when it stands in an address; AddressRefused."""
    text = text.strip()
    parts = text.split("/")
    if not text.isprintable() or " " in text or "\\" in text or any(one in ("", ".", "..") for one in parts):
        raise AddressRefused("This is no identifier of a run, such as hello.1, 7/2 or a UUID.")
    if len(text) > LONGEST_ID:
        raise AddressRefused(f"An identifier of a run has at most {LONGEST_ID} characters.")
    return text
