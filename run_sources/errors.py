"""What can go wrong with a source: sentences for people who can do something about it, codes for programs."""


class SourceError(Exception):
    """Something that a source did, or did not. ``str()`` is a sentence that says what to do."""

    code = "source_error"


class SourceUnavailable(SourceError):
    """It is away, or too busy: try later. ``retry_after`` are seconds that it asked for; ``status`` is HTTP's."""

    code = "unavailable"

    def __init__(self, sentence: str, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        self.status = status


class KeyRefused(SourceError):
    """It does not know the key, or answers to nobody without one."""

    code = "key_refused"


class NotReadable(SourceError):
    """It knows who asks, and does not let them see this."""

    code = "not_readable"


class NotFound(SourceError):
    """It has nothing of that id, or no longer."""

    code = "not_found"


class ServerTooOld(SourceError):
    """Its version lacks what an import needs."""

    code = "too_old"


class AnswerNotUnderstood(SourceError):
    """What came is not what its API answers: a page, half an answer, one that is too large, another shape."""

    code = "not_understood"


class AnswerTooLarge(AnswerNotUnderstood):
    """An answer is larger than what is read at once: a smaller page may not be."""


class CertificateRefused(SourceError):
    """What is stored as the certificate of a server's authority is none."""

    code = "certificate_refused"


class AddressForbidden(SourceError):
    """The server is at an address that may not be asked, or sends elsewhere."""

    code = "forbidden_address"


class TooLarge(SourceError):
    """A file is larger than what may be fetched."""

    code = "too_large"


class AddressRefused(ValueError):
    """A text is no address that can be used; ``str()`` is a sentence that says why, and which can."""
