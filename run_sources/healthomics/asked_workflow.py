"""The workflow of a run, asked for in the ways in which it may be read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from run_sources.errors import AnswerNotUnderstood, NotFound, NotReadable, SourceError
from run_sources.healthomics.addresses import account_of
from run_sources.healthomics.answers import Json
from run_sources.healthomics.client import OmicsClient
from run_sources.healthomics.definition import Exported, fetch_exported
from run_sources.seam import Access

_Ask = Callable[[bool], Json]


@dataclass
class AskedWorkflow:
    """The workflow of a run and the version that ran, as far as they may be read."""

    client: OmicsClient
    run: Json

    def __post_init__(self) -> None:
        self.remarks: list[str] = []
        self.number = str(self.run.get("workflowId") or "")
        self.version_name = str(self.run.get("workflowVersionName") or "")
        self._named = {"kind": str(self.run.get("workflowType") or ""), "owner": self._owner()}
        self.workflow = self._asked(export=not self.version_name) if self.number else {}
        self.version = self._asked_version() if self.number and self.version_name else {}

    def exported(self, access: Access) -> Exported:
        """The files of the definition, and the README."""
        first = [self.version or self.workflow]

        def links() -> Mapping[str, str]:
            answer = first.pop() if first else self._again()
            return {name: str(answer.get(name) or "") for name in ("definition", "readme")}

        return fetch_exported(access, links)

    def _owner(self) -> str:
        """Whose the workflow is, where it was shared by another account."""
        owner = str(self.run.get("workflowOwnerId") or "")
        return "" if owner == account_of(str(self.run.get("arn") or "")) else owner

    def _again(self) -> Json:
        """The same answer with new links."""
        return self._asked_version() if self.version else self._asked(export=True)

    def _asked(self, *, export: bool) -> Json:
        return self._try(
            lambda wanted: self.client.workflow(self.number, export=wanted, **self._named), export
        )

    def _asked_version(self) -> Json:
        version = self.version_name
        return self._try(
            lambda wanted: self.client.version(self.number, version, export=wanted, **self._named), True
        )

    def _try(self, ask: _Ask, export: bool) -> Json:
        """The answer with links where they may be had, else without; nothing where it may not be read at all."""
        wants_links = export and not self._named["owner"]  # who shares a workflow keeps its definition
        if export and not wants_links:
            self.remarks.append(
                "The workflow is another account's, which does not give out its definition: it has no files here."
            )
        try:
            return ask(wants_links)
        except (NotFound, NotReadable, AnswerNotUnderstood) as problem:
            return self._without_links(ask, problem) if wants_links else self._missing(problem)

    def _without_links(self, ask: _Ask, refused: SourceError) -> Json:
        try:
            answer = ask(False)
        except (NotFound, NotReadable, AnswerNotUnderstood) as problem:
            return self._missing(problem)
        self.remarks.append(f"HealthOmics does not give out the workflow's definition: {refused}")
        return answer

    def _missing(self, problem: SourceError) -> Json:
        self.remarks.append(
            f"The workflow could not be read, and is known by what the run says of it: {problem}"
        )
        return {}
