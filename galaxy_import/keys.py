"""Keys for Galaxy servers: tested, sealed, and opened only to be sent to their own server."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from common.sealing import Unsealable, seal, unseal
from galaxy_import.models import GalaxyKey, GalaxyServer
from run_sources.errors import SourceError


class KeyUnreadable(SourceError):
    """A stored key cannot be opened any more: SECRET_KEY was changed since."""

    code = "key_unreadable"


def key_for_user(server: GalaxyServer, user: Any) -> tuple[str, str]:
    """The key that is sent for this user, and whose it is there: the user's own, else the shared one, else none.

    KeyUnreadable where it was sealed with a SECRET_KEY that is gone.
    """
    own = GalaxyKey.objects.filter(server=server, user=user).first() if user else None
    if own is not None:
        reason = f"Your key for {server.url} cannot be opened any more: store it anew."
        return _opened(own.sealed, of_user(server.pk, own.user_id), reason), own.account
    if server.shared_key:
        reason = f"The shared key for {server.url} cannot be opened any more: ask your administrator to set it anew."
        return _opened(server.shared_key, of_server(server.pk), reason), server.shared_account
    return "", ""


def keep_key(*, server: GalaxyServer, user: Any, key: str, account: str) -> GalaxyKey:
    """Seal a key that was tested, in place of the user's former one."""
    now = timezone.now()
    facts = {
        "sealed": seal(key, purpose=of_user(server.pk, user.pk)),
        "account": account[:255],
        "checked_at": now,
    }
    kept, _ = GalaxyKey.objects.update_or_create(
        server=server,
        user=user,
        defaults={**facts, "modified": now, "modified_by": user},
        create_defaults={**facts, "created_by": user, "modified_by": user},
    )
    return kept


def share_key(server: GalaxyServer, key: str, account: str) -> None:
    """Put a tested key into the row, sealed, for everybody without one; an empty one clears it. Saves nothing."""
    server.shared_key = seal(key, purpose=of_server(server.pk)) if key else ""
    server.shared_account = account[:255] if key else ""


def forget_key(*, server: GalaxyServer, user: Any) -> None:
    """Remove the user's own key; it is no error if there is none."""
    GalaxyKey.objects.filter(server=server, user=user).delete()


def of_user(server_id: UUID, user_id: Any) -> str:
    """What a user's key is sealed for: in another row it opens nothing."""
    return f"galaxy key of user {user_id} for server {server_id}"


def of_server(server_id: UUID) -> str:
    """What a shared key is sealed for."""
    return f"galaxy key of server {server_id}"


def reseal_keys() -> tuple[int, list[str]]:
    """Seal every stored key anew with the present SECRET_KEY; returns how many, and which cannot be opened."""
    done, lost = 0, []
    for rows, column, sealed, purpose, name in _stored():
        try:
            anew = seal(unseal(sealed, purpose=purpose), purpose=purpose)
        except Unsealable:
            lost.append(name)
        else:
            done += rows.filter(**{column: sealed}).update(
                **{column: anew}
            )  # unless it was replaced meanwhile
    return done, lost


def _stored() -> Iterator[tuple[models.QuerySet[Any], str, str, str, str]]:
    """Each sealed key: its row, its column, itself, what it is sealed for, and what to call it."""
    for key in GalaxyKey.objects.select_related("server", "user").iterator(chunk_size=500):
        name = f"the key of {key.user.get_username()} for {key.server.url}"
        own = GalaxyKey.objects.filter(pk=key.pk)
        yield own, "sealed", key.sealed, of_user(key.server_id, key.user_id), name
    for server in GalaxyServer.objects.exclude(shared_key=""):
        shared = GalaxyServer.objects.filter(pk=server.pk)
        yield (
            shared,
            "shared_key",
            server.shared_key,
            of_server(server.pk),
            f"the shared key for {server.url}",
        )


def _opened(sealed: str, purpose: str, reason: str) -> str:
    try:
        return unseal(sealed, purpose=purpose)
    except Unsealable:
        raise KeyUnreadable(reason) from None
