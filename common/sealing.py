"""Secrets of others that have to be read again: encrypted where they are kept, with a key made of SECRET_KEY.

Each purpose has a key of its own, so that what was sealed for one opens for no other: a sealed text that is moved
to another row is worth nothing there.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

_CONTEXT = "runstead sealed text: "


class Unsealable(ValueError):
    """What was sealed cannot be opened: its key is gone, it was meant for something else, or it was changed."""

    def __init__(self) -> None:
        super().__init__(
            "A stored secret cannot be opened with the present SECRET_KEY, nor with one of SECRET_KEY_FALLBACKS: "
            "store it anew, or give the key back that it was stored with."
        )


def seal(text: str, *, purpose: str) -> str:
    """The text, encrypted and signed with the present SECRET_KEY; only ``unseal`` for the same purpose opens it."""
    return _box(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """The text that was sealed for this purpose, with the present key or an earlier one; Unsealable otherwise."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise Unsealable from None


def _box(purpose: str) -> MultiFernet:
    """Seals with the first key, opens with any."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(force_bytes(secret), purpose)) for secret in secrets])


def _key(secret: bytes, purpose: str) -> bytes:
    """SECRET_KEY is long and random, so that nothing slow has to be done to it."""
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"{_CONTEXT}{purpose}".encode())
    return urlsafe_b64encode(derived.derive(secret))
