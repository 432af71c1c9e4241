"""What boto3 hands over, as JSON can say it, and what of it is shown to nobody."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

# Who may do what, and how networks and keys are set up: left out wherever the members stand.
SENSITIVE = frozenset({"roleArn", "sessionPolicy", "vpcConfig", "credentialArn", "connectionArn"})
# Links that open what they lead to for whoever has them.
LINKS = frozenset({"definition", "readme"})


def plain(value: Any) -> Any:
    """The value with its times as texts in UTC, without what boto3 says about the request."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items() if key != "ResponseMetadata"}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def shown(answer: Json) -> Json:
    """An answer as it may be kept: without what is sensitive, and without links that open what they lead to.

    A run's parameters, tags and the engine's settings are the user's own, whatever their names are.
    """
    return {key: _shown(one, key) for key, one in answer.items() if key not in SENSITIVE | LINKS}


def _shown(value: Any, name: str) -> Any:
    if name in ("parameters", "tags", "engineSettings", "metadata", "parameterTemplate"):
        return value
    if isinstance(value, dict):
        return {key: _shown(one, key) for key, one in value.items() if key not in SENSITIVE}
    if isinstance(value, list):
        return [_shown(one, "") for one in value]
    return value
