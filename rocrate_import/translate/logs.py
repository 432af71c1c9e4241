"""The logs of a crate of ours: which entries of the package they are, and whose."""

from rocrate_export.wording import LOG
from rocrate_import.translate.actions import Executions
from rocrate_import.translate.properties import details
from rocrate_import.translate.reading import Reading
from rocrate_import.translate.result import LogEntry

OF_THE_RUN = 0


def logs_of(reading: Reading, executions: Executions) -> tuple[LogEntry, ...]:
    """The logs that are kept whole, in the order of the document; excerpts are a matter of the jobs."""
    if not reading.is_ours:
        return ()
    places = {one["@id"]: number for number, one in enumerate(executions.jobs, start=1)}
    if executions.run is not None:
        places[executions.run["@id"]] = OF_THE_RUN
    found = []
    for file in reading.graph.of_type("File"):
        name = details(reading.graph, file).get(LOG) if "additionalProperty" in file else None
        entry = reading.find(file["@id"]) if isinstance(name, str) else None
        about = [places[one] for one in reading.graph.ids(file, "about") if one in places]
        if entry and about:
            found.append(LogEntry(str(name), entry, about[0]))
    return tuple(found)
