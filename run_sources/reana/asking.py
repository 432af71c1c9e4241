"""All that is asked about one run but its jobs and files."""

from collections.abc import Iterator

from run_sources.errors import AnswerNotUnderstood, NotFound
from run_sources.reana.addresses import is_uuid
from run_sources.reana.client import REFUSALS, ReanaClient, if_allowed, if_possible
from run_sources.reana.naming import place_among
from run_sources.reana.reading import Json, mapping, number, text
from run_sources.reana.values import RunName, Told

NO_SPECIFICATION = (
    "REANA does not show the specification of this run, so that steps, declared files and the definition of the "
    "workflow are missing."
)
NO_PLACE = "REANA does not list the runs of this name, so that it is not known whether this one is a restart."
ASSUMED_ZONE = "REANA tells times without a zone: they are taken for UTC, which its servers keep."


def resolve(client: ReanaClient, external_id: str) -> str:
    """The UUID of a run that is named in any way. The parameters tell it in few words; old servers have none."""
    if is_uuid(external_id):
        return external_id.lower()
    try:
        told = client.parameters(external_id)
    except NotFound:
        told = client.status(external_id)
    run_id = text(told, "id").lower()
    if not is_uuid(run_id):
        raise AnswerNotUnderstood(f"{client.session.base} does not tell the UUID of the run {external_id}.")
    return run_id


def ask_about(client: ReanaClient, run_id: str) -> tuple[Told, tuple[str, ...]]:
    """The answers about a run, with sentences about what is missing. NotFound."""
    account = if_allowed(client.account) or {}
    state = _state(client, run_id)
    specification = if_allowed(lambda: client.specification(run_id))
    name, original, remarks = _place(client, run_id, text(state, "name", 255))
    told = Told(
        base=client.session.base,
        run_id=run_id,
        name=name,
        state=state,
        specification=specification,
        parameters=if_allowed(lambda: client.parameters(run_id)),
        retention=if_possible(lambda: client.retention_rules(run_id)),
        sharing=if_possible(lambda: client.share_status(run_id)),
        usage=_usage(client, run_id, state),
        account=account,
        cluster=if_possible(client.cluster) or {},
        rerun_of=original,
    )
    return told, (*remarks, *_remarks(told))


def _state(client: ReanaClient, run_id: str) -> Json:
    """A row of the list, which stays small however many jobs there are; else the status, which tells all of them."""
    return if_allowed(lambda: client.listed(run_id)) or client.status(run_id)


def _usage(client: ReanaClient, run_id: str, state: Json) -> Json | None:
    is_known = number(mapping(state, "size"), "raw") is not None
    return None if is_known else if_possible(lambda: client.disk_usage(run_id))


def _place(client: ReanaClient, run_id: str, full: str) -> tuple[RunName, str, list[str]]:
    try:
        name, original = place_among(full, run_id, lambda name: client.runs_named(name, shared=True))
    except REFUSALS:
        return RunName(full), "", [NO_PLACE]
    remarks = []
    if name.minor is not None:
        remarks.append(
            f"It is a restart of {name.original} and shares its workspace: files of both are the same files, and "
            "what an earlier one wrote may have been overwritten."
        )
    return name, original, remarks


def _remarks(told: Told) -> Iterator[str]:
    if told.specification is None:
        yield NO_SPECIFICATION
    progress = mapping(told.state, "progress")
    if text(told.state, "created") or text(progress, "run_started_at"):
        yield ASSUMED_ZONE
