"""What AWS's errors mean here: a sentence for each."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from run_sources.errors import (
    AnswerNotUnderstood,
    KeyRefused,
    NotFound,
    NotReadable,
    SourceError,
    SourceUnavailable,
)
from run_sources.http.session import readable
from run_sources.http.waiting import read_retry_after

KEY_CODES = frozenset(
    {
        "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "IncompleteSignatureException",
        "InvalidAccessKeyId", "InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationToken",
        "MissingAuthenticationTokenException", "RequestExpired", "SignatureDoesNotMatch", "UnrecognizedClientException",
    }
)  # fmt: skip
BUSY_CODES = frozenset(
    {
        "ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded", "SlowDown",
        "RequestThrottled", "RequestThrottledException", "BandwidthLimitExceeded",
    }
)  # fmt: skip
AGAIN_CODES = {
    "ConflictException": ("it is being changed at the moment", 409),
    "InternalServerException": ("something failed inside the service", 500),
    "InternalFailure": ("something failed inside the service", 500),
    "RequestTimeoutException": ("the request took too long", 408),
    "ServiceUnavailable": ("the service is away", 503),
}
SHORTEST_SECRET = 4  # characters; less is in every other word
WORTH_WAITING_FOR = (408, 409, 429, 500, 502, 503, 504)
REASONS = {
    "EndpointConnectionError": "nothing answers there, or its name is not known",
    "ConnectTimeoutError": "there was no connection in time",
    "ReadTimeoutError": "the answer did not come in time",
    "ConnectionClosedError": "the connection was cut",
    "SSLError": "its certificate is not valid, or its encryption is too old",
    "ProxyConnectionError": "the proxy on the way cannot be used",
    "IncompleteReadError": "the answer broke off",
    "ResponseStreamingError": "the answer broke off",
}
NO_CREDENTIALS = (
    "AWS HealthOmics answers to nobody without credentials. Store an access key's id and secret for {base}."
)


def refusal_of(
    problem: Exception, base: str, what: str, without_secrets: Callable[[str], str]
) -> SourceError | None:
    """The error that an exception of boto3's means; None for what is no error of the other side."""
    response = getattr(problem, "response", None)
    if isinstance(response, dict):
        return _of_answer(response, base, what, without_secrets)
    name = type(problem).__name__
    if name in ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"):
        return KeyRefused(NO_CREDENTIALS.format(base=base))
    if name in ("ProfileNotFound", "ConfigParseError"):
        return KeyRefused(
            "The profile is not in the AWS configuration of this registry. Ask an administrator."
        )
    if name in ("ResponseParserError", "InvalidResponseError"):
        return not_understood(base, what)
    if name == "ParamValidationError":
        return NotFound(f"AWS HealthOmics cannot have {what}: what it is named by is no identifier of its.")
    return away(base, REASONS.get(name, "the connection failed"))


def away(
    base: str, reason: str, retry_after: float | None = None, status: int | None = None
) -> SourceUnavailable:
    """The error for a service that cannot answer now."""
    return SourceUnavailable(
        f"{base} cannot answer at the moment ({reason}). If that lasts, look at the AWS Health Dashboard.",
        retry_after,
        status,
    )


def not_understood(base: str, what: str) -> AnswerNotUnderstood:
    """The error for an answer of another shape than the service's."""
    return AnswerNotUnderstood(
        f"{base} answered the question for {what} with something that is not the API of HealthOmics, or with half "
        "an answer. Look whether the address is the service's own, then try again."
    )


def hiding(secrets: Iterable[str]) -> Callable[[str], str]:
    """Makes texts readable on one line, without any of the secrets and without what looks like a signature."""
    hidden = [one for one in secrets if len(one) >= SHORTEST_SECRET]

    def cleaned(text: str) -> str:
        for one in hidden:
            text = text.replace(one, "…")
        return readable(re.sub(r"(?i)(signature|credential|token)\s*[=:]\s*\S+", r"\1=…", text))

    return cleaned


def _of_answer(
    response: dict[str, Any], base: str, what: str, without_secrets: Callable[[str], str]
) -> SourceError:
    error, meta = response.get("Error") or {}, response.get("ResponseMetadata") or {}
    code, status = str(error.get("Code", "")), int(meta.get("HTTPStatusCode") or 0)
    words = without_secrets(str(error.get("Message") or ""))
    said = f" (it says: {words})" if words else ""
    if code in KEY_CODES or status == 401:
        return KeyRefused(_refused_key(base, code))
    if code in BUSY_CODES or status == 429:
        asked = read_retry_after((meta.get("HTTPHeaders") or {}).get("retry-after"))
        return away(base, "it is asked too often by this account", asked, 429)
    if code in AGAIN_CODES or status >= 500:
        reason, known = AGAIN_CODES.get(code, (f"status {status}", status))
        return away(base, reason + (f": {words}" if words else ""), None, known)
    return _lasting(code, status, what, said)


def _lasting(code: str, status: int, what: str, said: str) -> SourceError:
    """What another try does not change."""
    if code == "ServiceQuotaExceededException" or status == 402:
        return SourceUnavailable(
            f"A quota of the AWS account is used up{said}. Have it raised, or try again later.", None, 402
        )
    if code == "ResourceNotFoundException" or status in (404, 410):
        return NotFound(
            f"AWS HealthOmics does not know {what} in this region, in the account of these credentials{said}. What was "
            "deleted, or made room for newer runs, is gone there; the logs of runs stay in CloudWatch."
        )
    if code in ("AccessDeniedException", "AccessDenied") or status == 403:
        return NotReadable(
            f"These credentials may not read {what}{said}. They need omics:GetRun, omics:ListRuns, omics:ListRunTasks, "
            "omics:GetRunTask, omics:GetWorkflow and omics:GetWorkflowVersion."
        )
    if code == "ValidationException":
        return AnswerNotUnderstood(f"AWS HealthOmics does not accept the question for {what}{said}.")
    return AnswerNotUnderstood(
        f"AWS HealthOmics refused the question for {what} ({code[:80] or status}){said}."
    )


def _refused_key(base: str, code: str) -> str:
    if "Expired" in code:
        return (
            f"The credentials that are stored for {base} have expired: session tokens last for hours only. Store new "
            "ones."
        )
    return (
        f"AWS does not accept the credentials that are stored for {base}: the access key, its secret or its session "
        "token is wrong, or was withdrawn. Store others."
    )
