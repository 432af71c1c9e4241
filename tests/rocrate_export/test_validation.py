"""What rocrate-validator says over HTTP: asked in a process of its own, offline, with bounds."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from rocrate_export import laying_out, validation
from rocrate_export.archive import archive_of
from rocrate_export.contexts import ContextsNotFetched, fetch_contexts
from rocrate_export.laying_out import lay_out, package_of
from rocrate_export.models import CrateValidation
from rocrate_export.validation import profile_of, without_contexts
from rocrate_packages import PackageRefused, open_package
from tests.records import RNASEQ
from tests.rocrate_export.judge import needs_contexts
from workflows.models import WorkflowRun

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def run(registered: Any) -> WorkflowRun:
    return registered(RNASEQ)


@pytest.fixture
def url(run: WorkflowRun) -> str:
    return f"/api/v2/workflows/workflowruns/{run.pk}/rocrate/validation/"


@needs_contexts
@pytest.mark.usefixtures("contexts")
class TestWithContexts:
    """On an installation with a cache of contexts."""

    def test_the_report_comes_when_it_is_there(self, ada_api: Any, url: str, run_tasks: Any) -> None:
        waiting = ada_api.get(url)
        assert (waiting.status_code, waiting.json()["state"]) == (202, "PENDING")
        assert int(waiting["Retry-After"]) > 0
        run_tasks()
        told = ada_api.get(url)
        report = told.json()
        assert (told.status_code, report["passed"], report["issues"]) == (200, True, [])
        assert (report["crate"], report["profile"]) == ("generated", "provenance-run-crate")
        assert (report["severity"], report["remark"]) == ("REQUIRED", "")
        assert ada_api.get(url, headers={"if-none-match": told["ETag"]}).status_code == 304

    def test_issues_name_level_rule_and_entity(self, ada_api: Any, url: str, run_tasks: Any) -> None:
        query = {"severity": "RECOMMENDED", "profile": "process-run-crate"}
        ada_api.get(url, query)
        run_tasks()
        report = ada_api.get(url, query).json()
        assert report["passed"] is False
        assert report["counts"]["REQUIRED"] == 0
        assert report["counts"]["RECOMMENDED"] == len(report["issues"]) > 0
        assert {"severity", "check", "entity", "property", "message"} == set(report["issues"][0])
        assert "process-run-crate-0.5_5.1" in {one["check"] for one in report["issues"]}

    def test_an_original_is_judged_as_it_came(
        self, ada_api: Any, url: str, run_tasks: Any, a_zip: Any
    ) -> None:
        crate = url.replace("validation/", "")
        file = io.BytesIO(a_zip())
        file.name = "a.zip"
        assert ada_api.post(crate, {"file": file}, format="multipart").status_code == 201
        ada_api.get(url)
        run_tasks()
        report = ada_api.get(url).json()
        assert (report["crate"], report["profile"], report["passed"]) == ("original", "ro-crate-1.1", False)
        assert any("license" in one["message"] for one in report["issues"])
        assert ada_api.get(url, {"kind": "generated"}).status_code == 202

    def test_a_changed_run_is_judged_anew_and_the_same_one_once(
        self, ada_api: Any, url: str, run_tasks: Any
    ) -> None:
        assert ada_api.get(url).json()["id"] == ada_api.get(url).json()["id"]
        run_tasks()
        WorkflowRun.objects.update(description="Changed.")
        assert ada_api.get(url).status_code == 202
        assert CrateValidation.objects.count() == 2

    def test_large_crates_are_not_judged_and_say_so(
        self, ada_api: Any, url: str, run_tasks: Any, settings: Any
    ) -> None:
        settings.CRATE_VALIDATION_MAX_ENTITIES = 5
        ada_api.get(url)
        run_tasks()
        report = ada_api.get(url).json()
        assert report["passed"] is None
        assert "at most 5" in report["remark"]

    def test_a_failure_is_told_and_tried_again_when_somebody_wants_it(
        self, ada_api: Any, url: str, run_tasks: Any, monkeypatch: Any
    ) -> None:
        with monkeypatch.context() as impatient:
            impatient.setattr(validation, "SECONDS", 0.01)
            ada_api.get(url)
            run_tasks()
        failed = ada_api.get(url)
        assert failed.status_code == 409
        assert "stopped after" in failed.json()["message"]
        assert ada_api.post(url).status_code == 202
        run_tasks()
        assert ada_api.get(url).json()["passed"] is True

    def test_a_judge_that_ends_otherwise_is_told(
        self, ada_api: Any, url: str, run_tasks: Any, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(validation.sys, "executable", "/bin/false")
        ada_api.get(url)
        run_tasks()
        assert "ended with 1" in ada_api.get(url).json()["message"]

    def test_the_judge_gets_no_secret(self, monkeypatch: Any, tmp_path: Path) -> None:
        monkeypatch.setenv("SECRET_KEY", "very secret")
        assert "very secret" not in validation._environment(tmp_path).values()

    @pytest.mark.parametrize(
        ("query", "field"), [({"profile": "mine"}, "profile"), ({"severity": "mild"}, "severity")]
    )
    def test_what_is_not_understood_is_refused_by_name(
        self, ada_api: Any, url: str, query: dict[str, str], field: str
    ) -> None:
        assert [one["field"] for one in ada_api.get(url, query).json()["errors"]] == [field]

    def test_who_may_not_see_the_run_gets_no_report(self, api: Any, bob: Any, eve: Any, url: str) -> None:
        assert api(bob).get(url).status_code == 202
        assert api(eve).get(url).status_code == 404
        assert api(eve).post(url).status_code == 404

    def test_the_cache_of_contexts_is_not_written_to(
        self, ada_api: Any, url: str, run_tasks: Any, contexts: Path
    ) -> None:
        before = contexts.read_bytes()
        contexts.chmod(0o444)
        ada_api.get(url)
        run_tasks()
        assert ada_api.get(url).status_code == 200
        assert contexts.read_bytes() == before
        assert [path.name for path in contexts.parent.iterdir()] == [contexts.name]


# --- Without contexts ------------------------------------------------------------------------------------------------


def test_without_contexts_it_is_said_what_to_run(ada_api: Any, url: str) -> None:
    refused = ada_api.get(url)
    assert refused.status_code == 503
    assert "manage.py warmcontexts" in refused.json()["message"]
    assert not CrateValidation.objects.exists()


def test_contexts_that_cannot_be_fetched_leave_the_old_ones(tmp_path: Path) -> None:
    target = tmp_path / "contexts.sqlite"
    target.write_bytes(b"old")
    with pytest.raises(ContextsNotFetched, match="nothing does not answer"):
        fetch_contexts(target, ["http://127.0.0.1:9/nothing"])
    assert target.read_bytes() == b"old"


def test_the_command_fetches_contexts(
    tmp_path: Path, settings: Any, context_server: str, capsys: Any, monkeypatch: Any
) -> None:
    settings.ROCRATE_CONTEXTS = str(tmp_path / "made" / "contexts.sqlite")
    monkeypatch.setattr("rocrate_export.contexts.ADDRESSES", [f"{context_server}/context"])
    call_command("warmcontexts")
    assert settings.ROCRATE_CONTEXTS in capsys.readouterr().out
    assert b"the terms of a crate" in Path(settings.ROCRATE_CONTEXTS).read_bytes()


def test_the_command_says_why_it_failed_and_may_be_told_not_to_mind(
    settings: Any, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    settings.ROCRATE_CONTEXTS = str(tmp_path / "contexts.sqlite")
    monkeypatch.setattr("rocrate_export.contexts.ADDRESSES", ["http://127.0.0.1:9/nothing"])
    with pytest.raises(CommandError, match="cannot be fetched"):
        call_command("warmcontexts")
    call_command("warmcontexts", "--if-possible")
    assert "until 'manage.py warmcontexts' succeeds" in capsys.readouterr().err


# --- What is laid out ------------------------------------------------------------------------------------------------


LARGE = b"x" * (laying_out.WHOLE + 1)


def archive_with(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path / "crate.zip", "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path / "crate.zip"


def test_large_members_are_holes_of_their_size(tmp_path: Path) -> None:
    members = [
        ("a/ro-crate-metadata.json", b"{}"),
        ("a/README.md", b"read"),
        ("a/data/b.bam", LARGE),
        ("a/none/", b""),
    ]
    with open_package(archive_with(tmp_path, *members)) as package:
        lay_out(package, tmp_path / "in")
    assert (tmp_path / "in/README.md").read_bytes() == b"read"
    assert (tmp_path / "in/ro-crate-metadata.json").read_bytes() == b"{}"
    assert (tmp_path / "in/none").is_dir()
    hole = tmp_path / "in/data/b.bam"
    assert hole.stat().st_size == len(LARGE)
    assert hole.stat().st_blocks == 0


def test_the_metadata_of_an_old_crate_keeps_its_name(tmp_path: Path) -> None:
    with open_package(archive_with(tmp_path, ("ro-crate-metadata.jsonld", b"{}"))) as package:
        lay_out(package, tmp_path / "in")
    assert [one.name for one in (tmp_path / "in").iterdir()] == ["ro-crate-metadata.jsonld"]


def test_our_crate_is_laid_out_as_its_archive_would_be(tmp_path: Path) -> None:
    archive = archive_of(RNASEQ)
    (tmp_path / "crate.zip").write_bytes(b"".join(archive))
    lay_out(package_of(archive), tmp_path / "ours")
    with open_package(tmp_path / "crate.zip") as package:
        lay_out(package, tmp_path / "written")
    assert _contents(tmp_path / "ours") == _contents(tmp_path / "written")
    assert "ro-crate-metadata.json" in _contents(tmp_path / "ours")


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    path = archive_with(tmp_path, ("ro-crate-metadata.json", b"{}"), ("../out.txt", b""))
    with pytest.raises(PackageRefused), open_package(path) as package:
        lay_out(package, tmp_path / "in")
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.parametrize(
    ("uris", "profile"),
    [
        (
            ["https://w3id.org/ro/wfrun/process/0.5", "https://w3id.org/ro/wfrun/workflow/0.4"],
            "workflow-run-crate",
        ),
        (["https://w3id.org/workflowhub/workflow-ro-crate/1.0"], "workflow-ro-crate"),
        (["https://example.org/other"], "ro-crate-1.1"),
    ],
)
def test_the_most_telling_profile_is_the_one_to_judge_by(uris: list[str], profile: str) -> None:
    root = {"@id": "./", "conformsTo": [{"@id": uri} for uri in uris]}
    assert profile_of(json.loads(json.dumps({"@graph": [root, 5]}))) == profile


def test_a_crate_whose_terms_are_explained_elsewhere_is_not_called_bad() -> None:
    """sapporo's own crates have a context of its own; the two messages are the validator's."""
    address = "https://w3id.org/ro/terms/sapporo"
    issues = [
        {
            "message": f"(\"Unable to retrieve the JSON-LD context '{address}'\", <Check object at 0x7feff55d3850>)"
        },
        {"message": f'Unable to retrieve the JSON-LD context "{address}"'},
    ]
    told = without_contexts({"passed": False, "counts": {"REQUIRED": 2}, "issues": issues})
    assert (told["passed"], told["issues"]) == (None, [])
    assert f"explained at {address}, which" in told["remark"]
    bad = {"passed": False, "counts": {"REQUIRED": 1}, "issues": [{"message": "The root has no name"}]}
    assert without_contexts(bad) == bad
