"""What can go wrong with a Galaxy server: sentences for people who can do something about it, codes for programs."""


class GalaxyError(Exception):
    """Something that a Galaxy server did, or did not. ``str()`` is a sentence that says what to do."""

    code = "galaxy_error"


class GalaxyUnavailable(GalaxyError):
    """It is away, or too busy: try later. ``retry_after`` are seconds that it asked for; ``status`` is HTTP's."""

    code = "unavailable"

    def __init__(self, sentence: str, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        self.status = status


class KeyRefused(GalaxyError):
    """It does not know the key."""

    code = "key_refused"


class NotReadable(GalaxyError):
    """It knows who asks, and does not let them see this."""

    code = "not_readable"


class NotFound(GalaxyError):
    """It has nothing of that id."""

    code = "not_found"


class ServerTooOld(GalaxyError):
    """Its version lacks what an import needs."""

    code = "too_old"


class AnswerNotUnderstood(GalaxyError):
    """What came is not what Galaxy's API answers: a page, half an answer, one that is too large, another shape."""

    code = "not_understood"


class AddressForbidden(GalaxyError):
    """The server is at an address that may not be asked, or sends elsewhere."""

    code = "forbidden_address"


class TooLarge(GalaxyError):
    """A dataset is larger than what may be fetched."""

    code = "too_large"


class CrateUnavailable(GalaxyError):
    """The server does not make its own RO-Crate of this invocation. ``str()`` says why."""

    code = "crate_unavailable"
