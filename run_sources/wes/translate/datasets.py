"""What a run took in and made: datasets by the names that the workflow has for them, and the plain values."""

import json
from collections.abc import Iterator
from typing import Any

from data_management.records import DatasetRecord, FileRecord
from run_directories.secrets import without_secrets
from run_sources.wes.translate.files import Files, files_in, is_of_files, plain_outputs, safe_path
from run_sources.wes.translate.values import NAME, PATH, Json, Remarks, clean, cut, listed, plain, text
from workflows.records import DatasetLink, DataType, ParameterRecord

OTHERS = "Outputs"  # of which the server names no name in the workflow


def parameters_of(params: Json, remarks: Remarks) -> tuple[ParameterRecord, ...]:
    """The plain values that a run was started with; files alone are datasets instead.

    Values whose names say that they are secret are left out.
    """
    plain_ones = {cut(clean(name), NAME): value for name, value in params.items() if not is_of_files(value)}
    kept, hidden = without_secrets(plain_ones)
    if hidden:
        named = ", ".join(cut(one, 60) for one in hidden[:20])
        remarks.add(f"These parameters were left out, as their names say that they are secret: {named}.")
    return tuple(ParameterRecord(name, plain(value)) for name, value in kept.items() if name)


def inputs_of(params: Json, files: Files) -> Iterator[DatasetLink]:
    """A dataset for each parameter that names files."""
    for name, value in params.items():
        found = tuple(files.input(one) for one in files_in(value))
        if found:
            yield DatasetLink(_dataset(name, found), DataType.INPUT)


def outputs_of(outputs: Any, printed: Any, files: Files) -> Iterator[DatasetLink]:
    """A dataset for each output that has files.

    ``outputs`` may be an object by names (the specification), a list of names and addresses (sapporo), or nothing.
    ``printed`` is what an engine of CWL wrote to its standard output: names, sizes and sums, of failed runs as well.
    """
    listed_files = [one for one in listed(outputs) if isinstance(one, dict)]
    named = outputs if isinstance(outputs, dict) and outputs else printed if isinstance(printed, dict) else {}
    made: set[str] = set()
    for name, value in named.items():
        found = tuple(_files_of(value, files))
        made |= {one.path for one in found}
        if found:
            yield DatasetLink(_dataset(name, found), DataType.OUTPUT)
    rest = tuple(_rest(listed_files, made, files))
    if rest:
        yield DatasetLink(_dataset(OTHERS, rest), DataType.OUTPUT)


def printed_outputs(told: str) -> Json | None:
    """The outputs that an engine of CWL printed; None where that is something else."""
    try:
        found = json.loads(told) if told.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _files_of(value: Any, files: Files) -> Iterator[FileRecord]:
    yield from (files.output(one) for one in files_in(value))
    yield from (files.at(one) for one in plain_outputs(value))


def _rest(told: list[Json], made: set[str], files: Files) -> Iterator[FileRecord]:
    for one in told:
        if f"outputs/{safe_path(text(one.get('file_name'), PATH))}" not in made:
            record = files.named(one)
            if record is not None:
                yield record


def _dataset(name: str, files: tuple[FileRecord, ...]) -> DatasetRecord:
    return DatasetRecord(name=cut(clean(name).strip(), NAME) or OTHERS, files=files)
