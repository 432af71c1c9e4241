"""Crates of others with very many files: read in reasonable time, into datasets that a person can look through."""

from typing import Any

import pytest

from rocrate_import.translate import datasets
from rocrate_import.translate.graph import Graph
from tests.rocrate_import.test_translate import action, crate, messages, read, run_of
from workflows.records import DataType, RunRecord

MANY = datasets.MOST_LOOSE + 1
FEW = datasets.MOST_LOOSE


def files(*folders: str, number: int, **facts: Any) -> list[dict[str, Any]]:
    """So many files in each of these folders."""
    return [
        {"@id": f"{folder}{place}.txt", "@type": "File", **facts}
        for folder in folders
        for place in range(number)
    ]


def made(*entities: dict[str, Any], more: tuple[dict[str, Any], ...] = ()) -> RunRecord:
    """The run that made these things, whose files are all in the package."""
    links = [{"@id": one["@id"]} for one in entities]
    names = {one["@id"]: 1 for one in (*entities, *more) if one["@type"] == "File"}
    return run_of(action(result=links), *entities, *more, names=names)


def sizes(record: RunRecord) -> dict[str, int]:
    """How many files stand in each dataset."""
    return {link.dataset.name: len(link.dataset.files) for link in record.datasets}


def test_very_many_single_files_are_one_dataset_for_each_folder() -> None:
    record = made(*files("out/a/", "out/b/", "", number=MANY))
    assert sizes(record) == {"out/a": MANY, "out/b": MANY, datasets.OUTSIDE: MANY}
    assert {link.data_type for link in record.datasets} == {DataType.OUTPUT}


def test_a_few_stay_datasets_of_their_own() -> None:
    assert set(sizes(made(*files("out/", number=FEW))).values()) == {1}


def test_few_of_one_role_stay_so_beside_many_of_another() -> None:
    used, results = files("in/", number=2), files("out/", number=MANY)
    links = {
        "object": [{"@id": one["@id"]} for one in used],
        "result": [{"@id": one["@id"]} for one in results],
    }
    names = {one["@id"]: 1 for one in (*used, *results)}
    record = run_of(action(**links), *used, *results, names=names)
    assert sizes(record) == {"0.txt": 1, "1.txt": 1, "out": MANY}


def test_files_of_different_slots_are_not_put_together() -> None:
    slots = ({"@id": "#reads", "@type": "FormalParameter", "name": "reads"},)
    reads = files("out/", number=MANY, exampleOfWork={"@id": "#reads"})
    report = {"@id": "out/report.html", "@type": "File", "exampleOfWork": {"@id": "#report"}}
    assert sizes(made(*reads, report, more=slots)) == {"reads: out": MANY, "report.html": 1}


def test_what_stands_in_a_collection_stays_in_it() -> None:
    pair = {"@id": "#pair", "@type": "Collection", "name": "pair"}
    pair["hasPart"] = [{"@id": "out/0.txt"}, {"@id": "out/1.txt"}]  # type: ignore[assignment]
    assert sizes(made(pair, *files("out/", number=MANY + 2))) == {"pair": 2, "out": MANY}


def test_of_too_many_folders_those_above_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "MOST_FOLDERS", 3)
    folders = [f"out/{half}/{number}/" for half in "ab" for number in range(2)]
    assert sizes(made(*files(*folders, number=MANY))) == {"out/a": 2 * MANY, "out/b": 2 * MANY}


def test_files_elsewhere_are_put_together_by_their_addresses() -> None:
    record = made(*files("s3://bucket/a/", "s3://bucket/b/", number=MANY))
    assert sizes(record) == {"s3://bucket/a": MANY, "s3://bucket/b": MANY}


def test_very_many_reports_are_put_together_as_well() -> None:
    reports = files("reports/", number=MANY, about={"@id": "#action"})
    record = run_of(*reports, names={one["@id"]: 1 for one in reports})
    assert [(link.data_type, link.dataset.name) for link in record.datasets] == [(DataType.REPORT, "reports")]


def test_no_file_is_lost_and_one_remark_tells_what_was_done() -> None:
    every = files("out/a/", "out/b/", number=MANY)
    translation = read(crate(action(result=[{"@id": one["@id"]} for one in every]), *every), dict.fromkeys(
        (one["@id"] for one in every), 1
    ))  # fmt: skip
    assert translation.record is not None
    kept = [file.storage_key for file in translation.record.files_of(DataType.OUTPUT)]
    assert sorted(kept) == sorted(one["@id"] for one in every)
    assert messages(translation, "./").count("are one dataset") == 1


def test_the_files_of_a_run_are_not_looked_through_for_each_job(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    ids = Graph.ids

    def counted(self: Graph, entity: dict[str, Any], *names: str) -> list[str]:
        seen.append(entity["@id"])
        return ids(self, entity, *names)

    def looks(jobs: int) -> int:
        seen.clear()
        tool = {"instrument": {"@id": "#tool"}, "@type": "CreateAction"}
        assert len(run_of(*({"@id": f"#j{number}", **tool} for number in range(jobs))).jobs) == jobs
        return seen.count("#action")

    monkeypatch.setattr(Graph, "ids", counted)
    assert looks(1) == looks(20)
