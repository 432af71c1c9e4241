"""CWL: research objects of ``cwltool --provenance``, and what cwltool and toil leave without it."""

from pathlib import Path

from run_directories.cwl.outputs import read_output_objects, traces_in
from run_directories.cwl.research_object import bag_info, read_research_object
from run_directories.findings import Certainty, FoundRun, Verdict
from run_directories.reading import MEGABYTE, text_of

__all__ = ["CwlSniffer"]


class CwlSniffer:
    """Recognises a research object for sure, an object of outputs with its log most likely."""

    engine = "cwl"

    def look(self, directory: Path) -> Verdict:
        """Looks at the bag's names, else at JSON files and logs that lie directly in the directory."""
        if not directory.is_dir():
            return Verdict(self.engine, Certainty.NO, "it is no directory")
        if is_research_object(directory):
            agent = bag_info(directory).get("Bag-Software-Agent", "a CWL engine")
            return Verdict(self.engine, Certainty.SURE, f"found a research object of {agent}")
        traces = traces_in(directory)
        if not traces:
            return Verdict(
                self.engine, Certainty.NO, "found neither a research object nor outputs of a CWL engine"
            )
        certainty = Certainty.LIKELY if any(trace.log_file for trace in traces) else Certainty.MAYBE
        return Verdict(self.engine, certainty, f"found the outputs or logs of {len(traces)} runs")

    def read(self, directory: Path) -> tuple[FoundRun, ...]:
        """The run of a research object, or each run that left its outputs or its log in the directory."""
        if is_research_object(directory):
            return (read_research_object(directory),)
        return read_output_objects(directory)


def is_research_object(directory: Path) -> bool:
    """Whether it is a bag whose manifest conforms to CWLProv, or which has a packed workflow."""
    if not (directory / "bagit.txt").is_file():
        return False
    manifest = text_of(directory / "metadata" / "manifest.json", directory, MEGABYTE)
    return "w3id.org/cwl/prov/" in manifest or (directory / "workflow" / "packed.cwl").is_file()
