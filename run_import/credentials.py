"""What users store for servers: sealed, and opened only to be sent to their own server."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from common.sealing import Unsealable, seal, unseal
from run_import.models import RunCredential, RunServer
from run_import.sources import source_named
from run_sources.errors import SourceError

Fields = Mapping[str, str]


class KeyUnreadable(SourceError):
    """What is stored cannot be opened any more: SECRET_KEY was changed since."""

    code = "key_unreadable"


def credentials_for(server: RunServer, user: Any) -> tuple[Fields, str]:
    """What is sent for this user, by field, and whose it is there: the user's own, else the shared one, else nothing.

    KeyUnreadable where it was sealed with a SECRET_KEY that is gone.
    """
    own = RunCredential.objects.filter(server=server, user=user).first() if user else None
    what = source_named(server.source).what_is_stored
    if own is not None:
        reason = f"Your {what} for {server.url} cannot be opened any more: store it anew."
        return _opened(server, own.sealed, of_user(server.pk, own.user_id), reason), own.account
    if server.shared_key:
        reason = f"The shared {what} for {server.url} cannot be opened any more: ask your administrator to set it anew."
        return _opened(server, server.shared_key, of_server(server.pk), reason), server.shared_account
    return {}, ""


def keep_credentials(*, server: RunServer, user: Any, fields: Fields, account: str) -> RunCredential:
    """Seal what was tested, in place of what the user had stored before."""
    now = timezone.now()
    facts = {
        "sealed": seal(_as_text(fields), purpose=of_user(server.pk, user.pk)),
        "shown": shown(server, fields),
        "account": account[:255],
        "checked_at": now,
    }
    kept, _ = RunCredential.objects.update_or_create(
        server=server,
        user=user,
        defaults={**facts, "modified": now, "modified_by": user},
        create_defaults={**facts, "created_by": user, "modified_by": user},
    )
    return kept


def share_credentials(server: RunServer, fields: Fields, account: str) -> None:
    """Put what was tested into the row, sealed, for everybody without; nothing clears it. Saves nothing."""
    server.shared_key = seal(_as_text(fields), purpose=of_server(server.pk)) if fields else ""
    server.shared_shown = shown(server, fields)
    server.shared_account = account[:255] if fields else ""


def forget_credentials(*, server: RunServer, user: Any) -> None:
    """Remove the user's own; it is no error if there is nothing."""
    RunCredential.objects.filter(server=server, user=user).delete()


def shown(server: RunServer, fields: Fields) -> dict[str, str]:
    """Those of the fields that are no secrets."""
    open_ones = [one.name for one in source_named(server.source).credential_fields if not one.secret]
    return {name: fields[name] for name in open_ones if fields.get(name)}


def of_user(server_id: UUID, user_id: Any) -> str:
    """What a user's credentials are sealed for: in another row they open nothing. The words never change."""
    return f"galaxy key of user {user_id} for server {server_id}"


def of_server(server_id: UUID) -> str:
    """What shared credentials are sealed for."""
    return f"galaxy key of server {server_id}"


def reseal_credentials() -> tuple[int, list[str]]:
    """Seal all that is stored anew with the present SECRET_KEY; returns how many, and which cannot be opened."""
    done, lost = 0, []
    for rows, column, sealed, purpose, name in _stored():
        try:
            anew = seal(unseal(sealed, purpose=purpose), purpose=purpose)
        except Unsealable:
            lost.append(name)
        else:
            # Unless it was replaced meanwhile.
            done += rows.filter(**{column: sealed}).update(**{column: anew})
    return done, lost


def _stored() -> Iterator[tuple[models.QuerySet[Any], str, str, str, str]]:
    """All that is sealed: its row, its column, itself, what it is sealed for, and what to call it."""
    for one in RunCredential.objects.select_related("server", "user").iterator(chunk_size=500):
        what = source_named(one.server.source).what_is_stored
        name = f"the {what} of {one.user.get_username()} for {one.server.url}"
        own = RunCredential.objects.filter(pk=one.pk)
        yield own, "sealed", one.sealed, of_user(one.server_id, one.user_id), name
    for server in RunServer.objects.exclude(shared_key=""):
        what = source_named(server.source).what_is_stored
        shared = RunServer.objects.filter(pk=server.pk)
        name = f"the shared {what} for {server.url}"
        yield shared, "shared_key", server.shared_key, of_server(server.pk), name


def _as_text(fields: Fields) -> str:
    return json.dumps(dict(fields), sort_keys=True)


def _opened(server: RunServer, sealed: str, purpose: str, reason: str) -> Fields:
    try:
        return _fields(server, unseal(sealed, purpose=purpose))
    except Unsealable:
        raise KeyUnreadable(reason) from None


def _fields(server: RunServer, text: str) -> Fields:
    """By their names. A bare text was stored before there were several fields, and could not be opened to be changed
    when they came, as its SECRET_KEY was away: it is the only one."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if isinstance(found, dict):
        return {str(name): str(value) for name, value in found.items()}
    names = [one.name for one in source_named(server.source).credential_fields]
    return {names[0]: text} if names else {}
