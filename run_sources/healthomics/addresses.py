"""How people name what HealthOmics holds: ARNs, pages of the console, addresses of its API, region and number.

A server's base is ``https://omics.<region>.amazonaws.com`` for the service itself, whatever address was copied, and
its own address for one that an administrator listed (a VPC endpoint, a stand-in).
"""

import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import unquote, urlsplit

from run_sources.errors import AddressRefused
from run_sources.http.addresses import base_of, parameter, read_parts
from run_sources.seam import RUN, Address

WORKFLOW = "workflow"
REGIONS = frozenset(
    {
        "ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "eu-central-1", "eu-west-1", "eu-west-2",
        "il-central-1", "us-east-1", "us-east-2", "us-west-2",
    }
)  # fmt: skip

_REGION = r"[a-z]{2}(?:-[a-z]{2,9}){1,2}-[0-9]{1,2}"
_ID = r"[0-9]{1,18}"
_VERSION = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
_PLACE = rf"(?P<kind>run|workflow)/(?P<id>{_ID})(?:/version/(?P<version>{_VERSION}))?"
_ARN = re.compile(rf"arn:aws:omics:(?P<region>{_REGION}):(?P<account>[0-9]{{12}})?:{_PLACE}")
_BARE = re.compile(rf"(?P<region>{_REGION})/(?P<id>{_ID})")
_SERVICE = re.compile(rf"(?:workflows-)?omics\.(?P<region>{_REGION})\.amazonaws\.com")
_ENDPOINT = re.compile(
    rf"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.workflows-omics\.(?P<region>{_REGION})\.vpce\.amazonaws\.com"
)
_CONSOLE = re.compile(rf"(?:(?P<region>{_REGION})\.)?console\.aws\.amazon\.com")
_FRAGMENT = re.compile(
    rf"/?(?P<kind>run|workflow)s/(?P<id>{_ID})(?:/versions?/(?P<version>{_VERSION}))?(?:[/?].*)?"
)


def read_address(text: str) -> Address | None:
    """What an address names: a run, or a workflow or one of its versions, which hold runs. None: none of ours.

    AddressRefused for one that is ours by its form, and leads nowhere.
    """
    text = text.strip()
    if text.startswith("arn:"):
        return _of_arn(text)
    if bare := _BARE.fullmatch(text):
        return _at(bare["region"], RUN, bare["id"])
    return _of_url(text) if "://" in text else None


def region_of(base: str) -> str:
    """The region that a base address names; empty for a server that does not say."""
    host = urlsplit(base).hostname or ""
    found = _SERVICE.fullmatch(host) or _ENDPOINT.fullmatch(host)
    return found["region"] if found else ""


def is_service(base: str) -> bool:
    """Whether this is the base address of the service itself in one of its regions, in its one spelling."""
    region = region_of(base)
    return bool(region) and base == base_for(region)


def is_of_aws(base: str) -> bool:
    """Whether the service itself answers there, be it by a VPC endpoint: then ARNs mean what they say everywhere."""
    return bool(region_of(base))


def base_for(region: str) -> str:
    """The base address of the service in a region."""
    return f"https://omics.{region}.amazonaws.com"


def page_of(base: str, kind: str, number: str) -> str:
    """Where a person looks at a run or a workflow: the console, or the server's own address."""
    if region := region_of(base):
        return f"https://{region}.console.aws.amazon.com/omics/home?region={region}#/{kind}s/{number}"
    return f"{base}/{kind}/{number}"


def split_run_id(external_id: str) -> tuple[str, str]:
    """The number of a run, and its ARN where the identifier is one."""
    found = _ARN.fullmatch(external_id)
    if found and found["kind"] == RUN:
        return found["id"], external_id
    return external_id.strip(), ""


def split_workflow_id(external_id: str) -> tuple[str, str]:
    """The number of a workflow, and the version that is meant, empty for all: ``<number>[/version/<name>]``."""
    number, _, version = external_id.partition("/version/")
    return number, version


def account_of(arn: str) -> str:
    """The account in an ARN, empty where it names none."""
    return arn.split(":")[4] if arn.count(":") >= 5 else ""


def is_region(region: str) -> bool:
    """Whether HealthOmics is there: by our list, or by that of a newer boto3."""
    return region in REGIONS or (bool(re.fullmatch(_REGION, region)) and region in _newer_regions())


def _of_arn(text: str) -> Address | None:
    if not re.match(r"arn:[a-z-]+:omics:", text):
        return None
    found = _ARN.fullmatch(text)
    if not found or (found["kind"] == RUN and (found["version"] or not found["account"])):
        raise AddressRefused(
            "This ARN of HealthOmics names neither a run nor a workflow. One of a run looks like "
            "arn:aws:omics:eu-west-1:123456789012:run/1234567."
        )
    if found["kind"] == RUN:
        return _at(found["region"], RUN, text, number=found["id"])
    return _at(found["region"], WORKFLOW, _workflow_id(found), number=found["id"])


def _of_url(text: str) -> Address | None:
    host = _host_of(text)
    if _CONSOLE.fullmatch(host):
        return _of_console(text)
    if not _SERVICE.fullmatch(host) and not _path_of_api(text):
        return None
    parts = read_parts(text)
    found = re.fullmatch(rf"/{_PLACE}", unquote(parts.path).rstrip("/"))
    if not found or (found["kind"] == RUN and found["version"]):
        raise AddressRefused(
            "This address of HealthOmics names neither a run nor a workflow: one of a run ends with /run/ and its "
            "number."
        )
    if service := _SERVICE.fullmatch(host):
        return _at(service["region"], found["kind"], _workflow_id(found), number=found["id"])
    base = base_of(parts, "")
    return Address(base, _workflow_id(found), found["kind"], page_of(base, found["kind"], found["id"]))


def _of_console(text: str) -> Address | None:
    parts = read_parts(text)
    if not re.match(r"/omics(/|$)", parts.path):
        return None
    found = _FRAGMENT.fullmatch(parts.fragment)
    region = (_CONSOLE.fullmatch((parts.hostname or "").lower()) or {"region": ""})["region"]
    region = parameter(parts, "region") or region or ""
    if not found or not region:
        raise AddressRefused(
            "This page of the console shows neither a run nor a workflow: open the run there, and copy the address."
        )
    return _at(region, found["kind"], _workflow_id(found), number=found["id"])


def _at(region: str, kind: str, external_id: str, number: str = "") -> Address:
    if not is_region(region):
        raise AddressRefused(
            f"HealthOmics is not known to be in the region {region[:40]}. It is in {', '.join(sorted(REGIONS))}."
        )
    base = base_for(region)
    return Address(base, external_id, kind, page_of(base, kind, number or external_id))


def _workflow_id(found: "re.Match[str]") -> str:
    return f"{found['id']}/version/{found['version']}" if found["version"] else str(found["id"])


def _host_of(text: str) -> str:
    try:
        return (urlsplit(text).hostname or "").lower()
    except ValueError:
        return ""


def _path_of_api(text: str) -> bool:
    """Whether the path is one of the API's own, at a server of any name: ``/run/<number>``."""
    try:
        return bool(re.fullmatch(rf"/{_PLACE}/?", unquote(urlsplit(text).path)))
    except ValueError:
        return False


@cache
def _newer_regions() -> frozenset[str]:
    return frozenset(_asked_regions())


def _asked_regions() -> Iterator[str]:
    try:
        from botocore.session import Session
    except ImportError:
        return
    yield from Session().get_available_regions("omics")
