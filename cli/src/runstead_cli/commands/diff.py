"""In what runs differ."""

from typing import Any

import click

from runstead_cli.naming import RUNS, find_id
from runstead_cli.output import Output, size
from runstead_cli.session import Session, pass_session

SECTIONS = {
    "facts": "Facts",
    "workflow": "Workflow",
    "parameters": "Parameters",
    "environment": "Environment",
    "tools": "Tools",
    "containers": "Containers",
    "inputs": "Inputs",
    "outputs": "Outputs",
}
OF_FILES = {"inputs", "outputs"}
LONGEST = 60


@click.command()
@click.argument("runs", metavar="RUN RUN...", nargs=-1, required=True)
@click.option("--all", "everything", is_flag=True, help="Also what is the same.")
@pass_session
def command(session: Session, runs: tuple[str, ...], everything: bool) -> None:
    """Say in what two RUNs or more differ: parameters, versions, tools, and files by their content."""
    compare_runs(session, runs, everything=everything)


def compare_runs(session: Session, runs: tuple[str, ...], *, everything: bool = False) -> None:
    """Show the comparison of runs, named as anywhere else."""
    if len(runs) < 2:
        raise click.UsageError("Name two runs or more.")
    ids = [find_id(session.api, RUNS, run) for run in runs]
    found = session.api.get(f"{RUNS}compare/", ids=",".join(ids), all=everything)
    session.output.result(found, lambda: _show(session.output, found))


def _show(output: Output, found: dict[str, Any]) -> None:
    letters = [chr(ord("A") + place) for place in range(len(found["runs"]))]
    output.facts(
        (letter, f"{run['name']} ({run['id']})") for letter, run in zip(letters, found["runs"], strict=True)
    )
    for name, title in SECTIONS.items():
        section = found[name]
        if section["rows"]:
            output.line(f"\n{title}: {section['different']} different, {section['same']} the same")
            output.table(("", *letters), [_row(name, row) for row in section["rows"]])
        if section["more"]:
            output.line(f"… and {section['more']} more")
    if not any(found[name]["different"] for name in SECTIONS):
        output.line("They do not differ.")
    for letter, run in zip(letters, found["runs"], strict=True):
        if run["hidden_datasets"]:
            output.warn(f"{run['hidden_datasets']} datasets of {letter} are not yours to see, nor compared.")
    if not found["files_are_whole"]:
        output.warn("The runs have more files than are compared.")


def _row(section: str, row: dict[str, Any]) -> tuple[str, ...]:
    cells = _files(row) if section in OF_FILES else _values(row)
    sign = "  " if row["is_same"] else "* "
    return (sign + row["name"], *cells)


def _values(row: dict[str, Any]) -> list[str]:
    pairs = zip(row["is_set"], row["values"], strict=True)
    return [_short(_text(value)) if is_set else "–" for is_set, value in pairs]


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _files(row: dict[str, Any]) -> list[str]:
    """For each run the beginning of the checksum, with the name if it is another one there."""
    cells = []
    for names, contents, count in zip(row["names"], row["sha256"], row["size"], strict=True):
        if not names:
            cells.append("–")
            continue
        checksum = ", ".join(one[:8] for one in contents) or "no checksum"
        other = "" if row["name"] in names else f" {names[0]}"
        cells.append(_short(f"{checksum} {size(count)}{other}".strip()))
    return cells


def _short(text: str) -> str:
    first = text.splitlines()[0] if text else ""
    return first if len(first) <= LONGEST and first == text else first[: LONGEST - 1] + "…"
