"""Who is asked first, and that foreign code can break nothing but itself."""

from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from run_directories import sniffers
from run_directories.findings import Certainty, FoundRun, Verdict
from run_directories.sniffers import NotRecognised, NotThisEngine, Unreadable, all_sniffers, sniff, verdicts


class Told:
    """A sniffer that thinks what it is told to think."""

    def __init__(self, engine: str, certainty: Certainty, answer: Any = ()) -> None:
        self.engine, self.certainty, self.answer = engine, certainty, answer

    def look(self, directory: Path) -> Verdict:
        if isinstance(self.certainty, Exception):
            raise self.certainty
        return Verdict(self.engine, self.certainty, "was told so")

    def read(self, directory: Path) -> tuple[FoundRun, ...]:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def installed(monkeypatch):
    """Installs sniffers as another distribution would, in place of ours."""

    def install(*told: Any) -> None:
        loaded = {f"entry{number}": one for number, one in enumerate(told)}

        class Entry(EntryPoint):
            def load(self) -> Any:
                found = loaded[self.name]
                if isinstance(found, Exception):
                    raise found
                return lambda: found

        entries = [Entry(name, "nowhere:thing", sniffers.GROUP) for name in loaded]
        monkeypatch.setattr(
            sniffers, "entry_points", lambda group: entries if group == sniffers.GROUP else []
        )
        monkeypatch.setattr(sniffers, "BUILT_IN", {"generic": "run_directories.generic:GenericSniffer"})

    return install


def run(name: str) -> tuple[FoundRun, ...]:
    return (FoundRun(name),)


def test_the_most_certain_one_reads(installed, tmp_path):
    installed(
        Told("maybe", Certainty.MAYBE, run("a")),
        Told("sure", Certainty.SURE, run("b")),
        Told("likely", Certainty.LIKELY, run("c")),
    )
    assert [found.name for found in sniff(tmp_path)] == ["b"]
    order = [verdict.engine for _, verdict in verdicts(tmp_path)]
    assert order == ["sure", "likely", "maybe", "generic"]


def test_who_finds_that_it_is_not_its_own_leaves_it_to_the_next(installed, tmp_path):
    installed(
        Told("sure", Certainty.SURE, NotThisEngine("It only looked so.")),
        Told("maybe", Certainty.MAYBE, run("a")),
    )
    assert sniff(tmp_path)[0].name == "a"


def test_what_cannot_be_read_is_not_read_as_something_else(installed, tmp_path):
    installed(
        Told("sure", Certainty.SURE, Unreadable("The log is cut off.")),
        Told("maybe", Certainty.MAYBE, run("a")),
    )
    with pytest.raises(Unreadable, match="The log is cut off"):
        sniff(tmp_path)


def test_a_sniffer_that_crashes_is_told_in_a_sentence(installed, tmp_path):
    installed(Told("sure", Certainty.SURE, KeyError("job")))
    with pytest.raises(Unreadable, match="could not be read as sure: KeyError: 'job'") as caught:
        sniff(tmp_path)
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_sniffer_that_crashes_while_it_looks_recognises_nothing(installed, tmp_path):
    installed(Told("odd", ZeroDivisionError("x")), Told("sure", Certainty.SURE, run("a")))
    assert sniff(tmp_path)[0].name == "a"
    told = {verdict.engine: verdict for _, verdict in verdicts(tmp_path)}
    assert told["odd"].certainty == Certainty.NO
    assert "ZeroDivisionError" in told["odd"].reason


@pytest.mark.parametrize("broken", [ImportError("no module named lab"), object()])
def test_a_sniffer_that_cannot_be_loaded_is_a_remark(installed, tmp_path, broken):
    installed(broken, Told("sure", Certainty.SURE, run("a")))
    assert sniff(tmp_path)[0].name == "a"
    told = {verdict.engine: verdict.reason for _, verdict in verdicts(tmp_path)}
    assert "could not be loaded" in told["entry0"]
    with pytest.raises(Unreadable, match="update or remove its package"):
        sniff(tmp_path, "entry0")


def test_an_engine_that_is_named_is_not_asked_whether_it_is_sure(installed, tmp_path):
    installed(Told("sure", Certainty.SURE, run("a")), Told("Lab", Certainty.NO, run("b")))
    assert sniff(tmp_path, "lab")[0].name == "b"


def test_an_engine_that_nobody_knows_is_answered_with_those_there_are(tmp_path):
    with pytest.raises(NotRecognised, match=r"no sniffer called 'make'; there are .*generic.*snakemake"):
        sniff(tmp_path, "make")


def test_a_directory_that_nobody_knows_says_what_to_do(tmp_path):
    with pytest.raises(NotRecognised, match=r"Name the engine, or say in a runstead\.yaml"):
        sniff(tmp_path)


@pytest.mark.parametrize("engine", ["", "generic"])
def test_a_directory_that_is_not_there_is_said_to_be_missing(tmp_path, engine):
    with pytest.raises(Unreadable, match="does not exist"):
        sniff(tmp_path / "nowhere", engine)


def test_a_run_bears_its_sniffers_name_as_its_source(installed, tmp_path):
    installed(Told("sure", Certainty.SURE, (FoundRun("a"), FoundRun("b", source="lab:7"))))
    assert [found.source for found in sniff(tmp_path)] == ["sure", "lab:7"]


def test_all_of_ours_can_be_loaded():
    found = {sniffer.engine: type(sniffer).__name__ for sniffer in all_sniffers()}
    assert set(sniffers.BUILT_IN) <= set(found)
    assert "BrokenSniffer" not in found.values()
