"""Credentials are stored only after the server has said whose they are."""

from collections.abc import Mapping
from contextlib import closing
from time import monotonic
from typing import Any, ClassVar

from django.views.decorators.debug import sensitive_variables

from common.errors import Conflict, InvalidInput, RegistryError, Violation
from common.outgoing import Limits
from run_import.credentials import keep_credentials
from run_import.models import RunCredential, RunServer
from run_import.servers import may_be_asked
from run_import.sources import Source, source_named
from run_sources.errors import CertificateRefused, KeyRefused, SourceError, SourceUnavailable
from run_sources.seam import Access

PATIENCE = 15.0  # seconds that somebody who waits for the answer is kept waiting
MOST_BYTES = 1024 * 1024  # of what is told of an account


class ServerDidNotTell(RegistryError):
    """The server could not say whose the credentials are."""

    status: ClassVar[int] = 502
    code: ClassVar[str] = "source_error"

    def __init__(self, message: str, source: str) -> None:
        super().__init__(message)
        self.code = f"{source}_error"  # type: ignore[misc]


@sensitive_variables()
def store_credentials(*, server: RunServer, user: Any, fields: Mapping[str, str]) -> RunCredential:
    """Test a user's credentials at their server and keep them; the network first, then one short write.

    InvalidInput on a field where one is missing or the server does not take them, ServerDidNotTell where it could not
    be asked, Conflict where it is not to be asked. Then what was stored before stays.
    """
    if not may_be_asked(server):
        raise Conflict(f"{server.url} is not asked by this registry at present: ask your administrator.")
    fields = {name: value for name, value in fields.items() if value}
    account = account_of(server, fields)
    return keep_credentials(server=server, user=user, fields=fields, account=account)


@sensitive_variables()
def account_of(server: RunServer, fields: Mapping[str, str]) -> str:
    """Who the server says the credentials sign in as: an e-mail address or a name. Errors as above."""
    source = source_named(server.source)
    _demand(source, fields)
    limits = Limits(connect=PATIENCE, silence=PATIENCE, total=PATIENCE, most_bytes=MOST_BYTES)
    access = Access(
        server.url, credentials=fields, allow_private=server.is_listed, limits=limits, check=_Patience()
    )
    try:
        with closing(source.loaded()(access)) as asked:
            name = asked.whoami()
    except KeyRefused as problem:
        raise InvalidInput([Violation(_blamed(source), str(problem))]) from None
    except CertificateRefused as problem:
        raise InvalidInput([Violation(_of_certificate(source), str(problem))]) from None
    except SourceError as problem:
        what = source.what_is_stored
        were = "was" if what == "key" else "were"
        raise ServerDidNotTell(f"{problem} The {what} {were} not stored.", source.name) from None
    return "".join(filter(str.isprintable, name))


def _demand(source: Source, fields: Mapping[str, str]) -> None:
    """InvalidInput for what the source must have and is not there, and for what it does not know."""
    known = {one.name: one for one in source.credential_fields}
    wrong = [
        Violation(one.name, "is needed to sign in")
        for one in known.values()
        if one.required and not fields.get(one.name)
    ]
    names = ", ".join(known) or "none"
    wrong += [
        Violation(name, f"is nothing that {source.title} wants to know; known are: {names}")
        for name in fields
        if name not in known
    ]
    if known and not wrong and not any(fields.values()):
        wrong = [Violation(_blamed(source), f"is empty, as all else is: give one of {names}")]
    if wrong:
        raise InvalidInput(wrong)


def _blamed(source: Source) -> str:
    """The field at which it stands that the server does not take them: the first that is a secret."""
    secret = [one.name for one in source.credential_fields if one.secret]
    return (secret or [one.name for one in source.credential_fields] or ["detail"])[0]


def _of_certificate(source: Source) -> str:
    """The field at which it stands that what was given is no certificate."""
    named = (one.name for one in source.credential_fields if "certificate" in one.name)
    return next(named, _blamed(source))


class _Patience:
    """Raises once somebody has waited long enough."""

    def __init__(self) -> None:
        self._until = monotonic() + PATIENCE

    def __call__(self) -> None:
        if monotonic() > self._until:
            raise SourceUnavailable("The server did not answer in time: try again later.")
