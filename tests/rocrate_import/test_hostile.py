"""Crates made to do harm, as they are understood: refused with the reason, or taken as mere data."""

import json
from pathlib import Path

import pytest

from rocrate_import.translate import CrateRefused, Translation
from rocrate_packages import Limits, open_package
from tests.rocrate_import.reading import PLAIN, read_package
from tests.rocrate_packages.examples import HOSTILE, INERT

pytestmark = pytest.mark.usefixtures("no_network")


def read(path: Path, limits: Limits = PLAIN) -> Translation:
    """A package, opened, read and closed."""
    with open_package(path, limits) as package:
        return read_package(package, limits)


def refusal(path: Path, content: bytes, limits: Limits = PLAIN) -> str:
    """Why a metadata document that comes alone is refused."""
    path.write_bytes(content)
    with pytest.raises(CrateRefused) as refused:
        read(path, limits)
    assert refused.value.reason.endswith(".")
    return str(refused.value)


@pytest.mark.parametrize("name", INERT)
def test_what_only_points_somewhere_is_mere_data(name: str) -> None:
    translation = read(HOSTILE / f"{name}.zip")
    assert translation.record is not None
    assert len(translation.record.jobs) == 2
    files = [file for link in translation.record.datasets for file in link.dataset.files]
    assert files
    assert not any(file.storage_key for file in files)


def test_an_unknown_context_is_named_and_not_fetched() -> None:
    remarks = read(HOSTILE / "remote-context-ssrf.zip").warnings
    assert any("not fetched" in one.message and one.entity.startswith("http://") for one in remarks)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"@graph": [{"@id": "./", "x": ' + b"[" * 150 + b"]" * 150 + b"}]}", "nested too deeply"),
        (
            b'{"@graph": [{"@id": "./", "x": ' + b'{"y":' * 150 + b"1" + b"}" * 150 + b"}]}",
            "nested too deeply",
        ),
        (b'{"@graph": [' * 150 + b'{"@id": "./"}' + b"]}" * 150, "nested too deeply"),
        (b'{"@graph": []}', "has no @graph"),
        (b'{"@graph": 3}', "has no @graph"),
        (b"{}", "has no @graph"),
        (b'{"@graph": [1, "a", null]}', "describes no root"),
        (b'{"@graph": [{"@id": "./", "@type": "Dataset"}]}', "neither a run"),
    ],
)
def test_a_document_that_is_no_crate_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    assert reason in refusal(tmp_path / "ro-crate-metadata.json", content)


def test_a_document_that_describes_too_many_things_is_refused(tmp_path: Path) -> None:
    graph = [{"@id": f"#{number}"} for number in range(20)]
    content = json.dumps({"@graph": graph}).encode()
    assert "more than 10 things" in refusal(tmp_path / "ro-crate-metadata.json", content, Limits(entities=10))
