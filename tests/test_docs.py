"""What the words promise is there, and what is there is in the words: README, docs/ and the code, both ways."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from run_sources.errors import AddressRefused, NotFound, NotReadable
from run_sources.seam import Access, RunSource
from runstead_cli.main import COMMANDS
from tests.run_sources.wes.recorded import Reply, recording, server_of
from workflows.services import record_run

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
WORDS = {page.name: page.read_text() for page in PAGES}
OUR_COMMANDS = {path.stem for path in ROOT.glob("*/management/commands/*.py") if path.stem != "__init__"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
pytestmark = pytest.mark.once


def table_under(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of the README, without its head."""
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


# --- Commands ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WORDS)
def test_every_make_target_that_is_named_exists(name: str) -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|^|\$ |=\d+ |&& )make ([a-z]+)", WORDS[name], re.MULTILINE))
    assert named <= targets


def test_every_make_target_is_in_the_table_of_commands() -> None:
    targets = set(re.findall(r"^(\w+):.*?## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {row[0].strip("`").removeprefix("make ") for row in table_under("Development")} == targets


@pytest.mark.parametrize("name", WORDS)
def test_every_administrators_command_that_is_named_exists(name: str) -> None:
    assert set(re.findall(r"manage\.py ([a-z]+)", WORDS[name])) <= set(get_commands())


def test_every_command_of_ours_is_in_the_table_of_commands() -> None:
    rows = table_under("Commands for administrators")
    assert {row[0].strip("`").removeprefix("manage.py ") for row in rows} == OUR_COMMANDS


# --- Settings ------------------------------------------------------------------------------------------


def variables_read() -> set[str]:
    """The environment variables that the product, its web server, its start and its compose file read."""
    settings = (ROOT / "config/settings.py").read_text()
    found = set(re.findall(r'env\.\w+\(\s*"([A-Z0-9_]+)"', settings))
    found |= set(re.findall(r'"([A-Z0-9_]+)" in env\.ENVIRON', settings))
    starters = [
        ROOT / "config/gunicorn.py",
        *ROOT.glob("common/embedded/*.py"),
        *ROOT.glob("common/management/commands/*.py"),
    ]
    for path in starters:
        found |= set(re.findall(r"""(?:environ|given)(?:\.get\(|\[)["']([A-Z0-9_]+)""", path.read_text()))
    for path in ROOT.glob("run_sources/**/*.py"):
        found |= set(re.findall(r'^[A-Z_]*VARIABLE = "([A-Z0-9_]+)"', path.read_text(), re.MULTILINE))
    return found | variables_of_compose()


def variables_of_compose() -> set[str]:
    """What the compose file and the example of its settings ask for."""
    compose = (ROOT / "docker-compose.yml").read_text()
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)", compose)) | set(
        re.findall(r"\b(COMPOSE_\w+)=", compose)
    )
    return asked | set(re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_the_table_of_settings_is_what_the_code_reads() -> None:
    documented = [row[0].strip("`") for row in table_under("Settings")]
    assert len(documented) == len(set(documented))
    assert set(documented) == variables_read()


# --- Paths of the API ----------------------------------------------------------------------------------


def served() -> Iterator[tuple[str, frozenset[str]]]:
    """Every path below /api/v2/ with its methods; ``{}`` stands for an id. One spelling of each."""
    for path, pattern in _walk(get_resolver(), ""):
        if path.startswith("api/v2/") and not path.startswith("api/v2/data_management/"):
            yield re.sub(r"<[^>]+>", "{}", path.removeprefix("api/v2/")), _methods(pattern.callback)


def _walk(resolver: URLResolver, base: str) -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        path = f"{base}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from _walk(one, path)
        else:
            yield path, one


def _methods(view: Any) -> frozenset[str]:
    """What a view answers: its handlers, as far as it lets them."""
    kind = getattr(view, "cls", None) or view.view_class
    names = getattr(view, "actions", None) or {
        name.lower() for name in METHODS if hasattr(kind, name.lower())
    }
    return frozenset(name.upper() for name in names if name in kind.http_method_names) & frozenset(METHODS)


@cache
def documented() -> dict[str, frozenset[str]]:
    """The README's table of paths, ``{record}`` and ``{owned}`` written out."""
    said = README.split("`{record}` is one of ")[1].split("\n\n")[0]
    record, owned = (re.findall(r"`([a-z-]+/[a-z]+)`", one) for one in said.split("`{owned}`"))
    kinds = {"{record}": record, "{owned}": [kind for kind in record if kind not in owned]}
    rows = {}
    for path, methods, _ in table_under("The API"):
        first = path.strip("`").partition("/")[0]
        for kind in kinds.get(first, [first]):
            full = path.strip("`").replace(first, kind, 1)
            rows[re.sub(r"\{\w+\}", "{}", full)] = frozenset(methods.split())
    return rows


def test_the_table_of_paths_is_what_the_server_serves() -> None:
    assert documented().keys() == {path for path, methods in served() if methods}


def test_the_table_of_paths_names_the_methods_that_are_answered() -> None:
    told = documented()
    wrong = {path: sorted(methods) for path, methods in served() if told.get(path) != methods}
    assert not wrong


def test_the_filters_that_are_named_are_filters_of_runs() -> None:
    from workflows.filters import WorkflowRunFilterSet

    said = README.split("* **Filters of runs**: ")[1].split("\n* ")[0]
    named = {name for name in re.findall(r"`([a-z_]+)[=`]", said) if not name.startswith("_")}
    assert "status" in named
    assert named <= set(WorkflowRunFilterSet.base_filters)


# --- The table of features -----------------------------------------------------------------------------

FEATURES = WORDS["features.md"]
SHORT = {"{run}": "workflows/workflowruns/{id}", "{version}": "workflows/workflowversions/{id}"}


def test_every_address_of_the_table_of_features_is_served() -> None:
    answered = dict(served())
    named = re.findall(rf"`({'|'.join(METHODS)}) ([a-z{{][^` ]*/)`", FEATURES)
    assert len(named) > 100
    for method, path in named:
        for short, full in SHORT.items():
            path = path.replace(short, full)
        assert method in answered.get(re.sub(r"\{\w+\}", "{}", path), ()), (method, path)


def test_every_page_and_command_of_the_table_of_features_is_there() -> None:
    for page in re.findall(r"`(/[a-z][a-z/-]*/)`", FEATURES):
        assert resolve(page)
    assert set(re.findall(r"`runstead ([a-z]+)", FEATURES)) <= set(COMMANDS)


def test_every_row_of_the_table_of_features_has_an_answer() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in FEATURES.splitlines()
        if line[:1] == "|"
    ]
    assert len(rows) > 80
    assert all(len(row) == 2 and all(row) for row in rows)


# --- Links ---------------------------------------------------------------------------------------------


def headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset|href)="([^"]+)"', text)
    for link in (link for link in links if "://" not in link):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in headings(target), link


def test_pictures_are_small_enough_for_a_page() -> None:
    sizes = {path.name: path.stat().st_size for path in (ROOT / "docs/screenshots").iterdir()}
    assert sizes
    assert max(sizes.values()) < 300_000


# --- The worked example --------------------------------------------------------------------------------

WES_RUNS = [(name, run) for name in ("sapporo-2.4", "toil-9.6") for run in ("ok", "bad")]


@pytest.fixture(scope="module")
def example() -> type[RunSource]:
    """The source of docs/adding-a-source.md, made from the page's own code."""
    page = WORDS["adding-a-source.md"]
    code = page.split("<!-- example -->\n```python\n")[1].split("```\n<!-- /example -->")[0]
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(code, "docs/adding-a-source.md", "exec"), names)  # it is our own page
    made: type[RunSource] = names["SmallWes"]
    return made


def test_the_example_of_a_source_has_all_that_the_seam_and_its_page_name(example: type[RunSource]) -> None:
    members = {name for name in vars(RunSource) if not name.startswith("_")} | set(RunSource.__annotations__)
    assert all(hasattr(example, name) for name in members)
    told = WORDS["adding-a-source.md"].split("\n## What a source is")[1].split("\n## ")[0]
    assert members <= set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", told))))


def test_the_example_of_a_source_reads_addresses_as_its_page_says(example: type[RunSource]) -> None:
    address = example.read_address(example.examples[0])
    assert address is not None
    assert (address.base, address.external_id) == ("https://wes.example.org/ga4gh/wes/v1", "run-42")
    assert example.read_address("https://usegalaxy.org/workflows/invocations/289fb816f21cd775") is None
    with pytest.raises(AddressRefused):
        example.read_address("https://wes.example.org/ga4gh/wes/v1/service-info")


@pytest.mark.parametrize(("name", "run"), WES_RUNS)
def test_the_example_of_a_source_keeps_the_promise_of_its_page(
    example: type[RunSource], name: str, run: str, ada: Any
) -> None:
    with server_of(name) as server:
        source = example(Access(server.service, allow_private=True))
        found = source.fetch(recording(name)["runs"][run])
        logs = {log.name for log in found.logs}
        source.close()
    assert found.record.status == ("SUCCESS" if run == "ok" else "FAILED")
    assert ("stderr" in logs) == (name == "sapporo-2.4")
    written, is_new = record_run(record=found.record, owner=ada)
    assert (is_new, written.to_record()) == (True, found.record)
    assert record_run(record=found.record, owner=ada) == (written, False)


def test_the_example_of_a_source_lists_runs_and_knows_no_others(example: type[RunSource]) -> None:
    with server_of("toil-9.6") as server:
        server.replies["/ga4gh/wes/v1/runs"] = Reply({"workflows": [{"run_id": "a"}], "next_page_token": ""})
        source = example(Access(server.service, allow_private=True))
        assert list(source.list_run_ids("service", "")) == ["a"]
        with pytest.raises(NotFound):
            source.fetch(recording("toil-9.6")["runs"]["ok"] + "0")
        with pytest.raises(NotReadable), source.open_file("a", "b"):
            pass
        source.close()
