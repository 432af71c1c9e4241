"""What steps and jobs executed: tools, and the workflows that steps hold."""

import re

from rocrate_export.confidential import without_secrets
from rocrate_export.draft import Draft
from rocrate_export.graph import Reference
from rocrate_export.names import is_web_address, slug, uri_id
from rocrate_export.wording import (
    NAMED_AFTER_IDENTIFIER,
    NAMED_AFTER_JOB,
    NAMED_AFTER_STEP,
    TOOL_ADDRESS,
    VERSION_OF_WORKFLOW,
)
from rocrate_export.workflow import version_url
from workflows.records import StepRecord

_LIST_OF_STEPS = re.compile(r"https?://.*/api/v2/workflows/workflowruns/[0-9a-f-]{36}/steps/")


def add_tool(draft: Draft, step: StepRecord) -> Reference:
    """The tool of a step; steps with one tool share it. A step that names none is its own tool."""
    name, borrowed = _name_of(step)
    return _add(draft, step, name, borrowed)


def add_tool_of_job(draft: Draft, name: str) -> Reference:
    """The tool of a job that belongs to no step: all that is known of it is the job's name."""
    return _add(draft, StepRecord(key="", name=name), name, NAMED_AFTER_JOB)


def _add(draft: Draft, step: StepRecord, name: str, borrowed: str) -> Reference:
    address = _address_of(step.tool_id)
    told = without_secrets(step.tool_url)
    key = (step.tool_id, name, step.tool_version, borrowed, told)
    versioned = _versioned(address, step.tool_version)
    is_address = draft.owns(versioned, "tool", key)
    return draft.graph.add(
        versioned if is_address else draft.software_id("tool", f"{name}-{step.tool_version}", key),
        "SoftwareApplication",
        name=name,
        version=step.tool_version,
        url=told if is_web_address(told) else address or (draft.run_url and f"{draft.run_url}steps/"),
        identifier=step.tool_id,
        description=borrowed,
        additionalProperty=_add_address(draft, told, is_said=own_address(told, step.tool_id) == told),
    )


def own_address(url: str, tool_id: str) -> str:
    """A tool's ``url`` if it was recorded; empty if it only follows from the identifier, or is the registry's."""
    is_own = is_web_address(url) and url != _address_of(tool_id) and not _LIST_OF_STEPS.fullmatch(url)
    return url if is_own else ""


def _add_address(draft: Draft, address: str, *, is_said: bool) -> list[Reference]:
    """A recorded address of a tool, where its ``url`` does not say it."""
    return [draft.add_value("detail", TOOL_ADDRESS, address)] if address and not is_said else []


def _name_of(step: StepRecord) -> tuple[str, str]:
    """A name for a step's tool, and whence it is if it is not the tool's own."""
    if step.tool_name:
        return step.tool_name, ""
    last = step.tool_id.rpartition("/")[2]
    return (last, NAMED_AFTER_IDENTIFIER) if last else (step.name, NAMED_AFTER_STEP)


def _versioned(address: str, version: str) -> str:
    """An address that tells the versions of a tool apart."""
    return address if not address or not version or version in address else f"{address}#{slug(version)}"


def _address_of(tool_id: str) -> str:
    """The web address in a tool's id; those of a Galaxy tool shed are addresses that lack their scheme."""
    if is_web_address(tool_id):
        return uri_id(tool_id)
    host, _, path = tool_id.partition("/")
    return uri_id(f"https://{tool_id}") if "." in host and path.startswith("repos/") else ""


def add_subworkflow(draft: Draft, workflow: Reference, step: StepRecord) -> Reference:
    """The workflow that a step holds; it lies inside the file of the main one."""
    main, told = draft.record.workflow, without_secrets(step.tool_url)
    page = (main.repository_url if main else "") or version_url(draft)
    borrowed = [
        "" if step.tool_name else NAMED_AFTER_STEP,
        VERSION_OF_WORKFLOW if main and main.version and not step.tool_version else "",
    ]
    return draft.graph.add(
        draft.software_id("subworkflow", step.key),
        ["SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
        name=step.tool_name or step.name,
        version=step.tool_version or (main.version if main else None),
        url=told if is_web_address(told) else page,
        identifier=step.tool_id,
        isPartOf=workflow,
        description=" ".join(filter(None, borrowed)),
        additionalProperty=_add_address(draft, told, is_said=False),
    )
