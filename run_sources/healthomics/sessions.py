"""Clients of boto3 that ask as the user does: never with what the machine itself may do.

boto3 brings its own HTTP, so that its requests do not go through ``common.outgoing``. What keeps them where they
belong is the endpoint: it follows from a validated region, or is a server that an administrator listed. Nothing of
the environment is read: no variables, no configuration, no proxies, no metadata service.
"""

import importlib.util
import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from run_sources.errors import AddressForbidden, KeyRefused, SourceUnavailable
from run_sources.healthomics.addresses import is_of_aws, is_service, region_of
from run_sources.healthomics.refusals import NO_CREDENTIALS
from run_sources.seam import Access

PROFILES_VARIABLE = "RUNSTEAD_HEALTHOMICS_PROFILES"  # names that users may choose, with commas between
MISSING = (
    "AWS HealthOmics needs boto3, which is not installed here: an administrator installs it with "
    "`sh requirements/install aws`."
)
SIGNED_FOR = "us-east-1"  # by requests to a listed server of which nobody says a region
LONGEST_CONNECT, LONGEST_SILENCE = 10.0, 60.0  # seconds
SESSION_NAME = "runstead"
_CREDENTIAL = re.compile(r"[!-~]{1,8000}")


def unavailable() -> str:
    """Why HealthOmics cannot be asked; empty if it can."""
    return "" if importlib.util.find_spec("boto3") else MISSING


class Clients:
    """Makes clients of the services that are asked with one user's access; ``SourceError`` where there is no way."""

    def __init__(self, access: Access) -> None:
        if sentence := unavailable():
            raise SourceUnavailable(sentence)
        self.access, self._given = access, {key: one.strip() for key, one in access.credentials.items()}
        self._refuse_strange_servers()
        self.region = region_of(access.base) or self._given.get("region", "") or SIGNED_FOR
        self.session = self._session()

    def of(self, service: str, session: Any = None) -> Any:
        """A client of a service of AWS: ``omics``, ``sts``."""
        return (session or self.session).client(
            service, region_name=self.region, endpoint_url=self._endpoint(service), config=self._config()
        )

    def _refuse_strange_servers(self) -> None:
        if not is_service(self.access.base) and not self.access.allow_private:
            raise AddressForbidden(
                f"{self.access.base} is no address of AWS HealthOmics in one of its regions. Another server is asked "
                "only once an administrator has listed it."
            )

    def _refuse_odd_credentials(self) -> None:
        """What cannot be a key cannot be sent either, and would be told in an error that nobody expects."""
        for name in ("access_key_id", "secret_access_key", "session_token"):
            given = self._given.get(name, "")
            if given and not _CREDENTIAL.fullmatch(given):
                raise KeyRefused(
                    f"The {name.replace('_', ' ')} that is stored for {self.access.base} has characters that none has: "
                    "copy it again."
                )

    def _session(self) -> Any:
        if profile := self._given.get("profile", ""):
            return self._session_of_profile(profile)
        key, secret = self._given.get("access_key_id", ""), self._given.get("secret_access_key", "")
        if not key or not secret:
            raise KeyRefused(NO_CREDENTIALS.format(base=self.access.base))
        self._refuse_odd_credentials()
        session = _isolated(key, secret, self._given.get("session_token", "") or None)
        role = self._given.get("role_arn", "")
        return self._session_of_role(session, role) if role else session

    def _session_of_profile(self, profile: str) -> Any:
        """What the machine's own configuration has under a name, which an administrator lets users choose."""
        import boto3

        allowed = {one.strip() for one in os.environ.get(PROFILES_VARIABLE, "").split(",") if one.strip()}
        if not self.access.allow_private or profile not in allowed:
            raise KeyRefused(
                "This profile is not open to users here. Store an access key of your own, or ask an administrator to "
                f"list the server and to name the profile in {PROFILES_VARIABLE}."
            )
        if self._given.get("role_arn"):
            raise KeyRefused(
                "With a profile the role is what the profile says: leave the role empty, or store an access key."
            )
        return boto3.Session(profile_name=profile)

    def _session_of_role(self, session: Any, role: str) -> Any:
        """A session as a role, assumed with the user's own key, and again whenever it runs out."""
        from botocore.credentials import RefreshableCredentials

        assume = self._assumer(self.of("sts", session), role)
        core = _core()
        core._credentials = RefreshableCredentials.create_from_metadata(
            metadata=assume(), refresh_using=assume, method="assume-role"
        )
        return _boto3_session(core)

    def _assumer(self, sts: Any, role: str) -> Callable[[], Mapping[str, str]]:
        wanted = {"RoleArn": role, "RoleSessionName": SESSION_NAME}
        if external := self._given.get("external_id", ""):
            wanted["ExternalId"] = external

        def assume() -> Mapping[str, str]:
            told = _assumed(sts, wanted)
            return {
                "access_key": told["AccessKeyId"],
                "secret_key": told["SecretAccessKey"],
                "token": told["SessionToken"],
                "expiry_time": told["Expiration"].isoformat(),
            }

        return assume

    def _endpoint(self, service: str) -> str | None:
        """The listed server's address; None for the service's own, which boto3 makes of the region.

        A VPC endpoint is one of HealthOmics: roles are assumed where they always are.
        """
        if is_service(self.access.base) or (service != "omics" and is_of_aws(self.access.base)):
            return None
        return self.access.base

    def _config(self) -> Any:
        from botocore.config import Config

        return Config(
            connect_timeout=min(LONGEST_CONNECT, self.access.limits.connect),
            read_timeout=min(LONGEST_SILENCE, self.access.limits.silence),
            retries={
                "mode": "standard",
                "total_max_attempts": 1,
            },  # the client waits, and looks whether to stop
            inject_host_prefix=is_service(self.access.base),
            ignore_configured_endpoint_urls=True,
            defaults_mode="legacy",
            proxies=None if self.access.allow_private else {},
            user_agent_extra="Runstead",
            max_pool_connections=4,
            signature_version="v4",
        )


def secrets_of(access: Access) -> list[str]:
    """What may stand in no text that anybody reads."""
    hidden = ("secret_access_key", "session_token", "external_id", "access_key_id")
    return [access.credentials.get(name, "").strip() for name in hidden]


def host_of(url: str) -> str:
    """The host of an address, in lower case; empty where it has none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def _assumed(sts: Any, wanted: Mapping[str, str]) -> Mapping[str, Any]:
    """The credentials of a role, which a role's own rules may refuse to the key."""
    from botocore.exceptions import ClientError

    try:
        found: Mapping[str, Any] = sts.assume_role(**wanted)["Credentials"]
    except ClientError as problem:
        if str(problem.response.get("Error", {}).get("Code", "")).startswith("AccessDenied"):
            raise KeyRefused(
                f"AWS does not let the stored key assume the role {wanted['RoleArn'][:200]}. Look at the role's trust "
                "policy, and at the external id that it asks for."
            ) from None
        raise
    return found


def _isolated(key: str, secret: str, token: str | None) -> Any:
    core = _core()
    core.set_credentials(key, secret, token)
    return _boto3_session(core)


def _boto3_session(core: Any) -> Any:
    import boto3

    return boto3.Session(botocore_session=core)


def _core() -> Any:
    """A session of botocore's that reads no variables and no files of the machine."""
    from botocore.session import Session

    nothing = (None, None, None, None)
    core = Session(
        session_vars={
            "profile": nothing,
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
            "ca_bundle": nothing,
            "metadata_service_num_attempts": (None, None, 0, None),
        }
    )
    core.register_component("data_loader", _loader())
    return core


@cache
def _loader() -> Any:
    """What reads the models of AWS's services, which are large: each is read once."""
    from botocore.loaders import create_loader

    return create_loader()
