"""Versions of workflows: open until they are released; then their files are what they are."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from accounts.models import User
from tests.conftest import Api
from tests.factories import a_version, a_workflow, a_workflow_file, sha256_of
from tests.workflows.conftest import FILES, VERSIONS
from workflows.models import Workflow, WorkflowVersion

CONTENT = b"rule all:\n  input: 'x'\n"


@pytest.fixture
def workflow(ada: User) -> Workflow:
    """A workflow of Ada's."""
    return a_workflow(ada)


@pytest.fixture
def version(workflow: Workflow) -> WorkflowVersion:
    """Its open version with a MAIN file."""
    version = a_version(workflow)
    a_workflow_file(version, content=CONTENT)
    return version


@pytest.fixture
def upload(ada_api: Api, version: WorkflowVersion) -> Callable[..., Any]:
    """Uploads a file into the version."""

    def post(
        path: str = "config.yaml", data_type: str = "CONFIG", content: bytes = b"a: 1\n", **more: Any
    ) -> Any:
        file = SimpleUploadedFile("upload.txt", content)
        body = {
            "workflowversion": str(version.pk),
            "file": file,
            "path": path,
            "data_type": data_type,
            **more,
        }
        return ada_api.post(FILES, body, format="multipart")

    return post


def release(api: Api, version: WorkflowVersion) -> Any:
    return api.post(f"{VERSIONS}{version.pk}/release/")


def test_a_file_is_uploaded_listed_downloaded_and_removed(
    ada_api: Api, upload: Any, version: WorkflowVersion, body_of: Any
) -> None:
    made = upload("conf/config.yaml")
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["path"], told["size"], told["sha256"]) == ("conf/config.yaml", 5, sha256_of(b"a: 1\n"))
    listed = ada_api.get(f"{FILES}?workflowversion={version.pk}&ordering=path").json()["results"]
    assert [one["path"] for one in listed] == ["Snakefile", "conf/config.yaml"]
    address = f"{FILES}{told['id']}/"
    got = ada_api.get(f"{address}download/")
    assert body_of(got) == b"a: 1\n"
    assert "config.yaml" in got["Content-Disposition"]
    assert ada_api.delete(address).status_code == 204
    assert ada_api.get(address).status_code == 404


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../x", "a/../b", "a//b", "./a", "a\\b", "a/", "..", ".", "a\nb/../..", "x" * 501]
)
def test_a_path_that_leads_out_of_the_version_is_refused(
    upload: Any, version: WorkflowVersion, path: str
) -> None:
    answer = upload(path)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "path"
    assert version.files.count() == 1


def test_one_path_stands_once_and_one_file_is_main(upload: Any) -> None:
    assert upload("Snakefile", "OTHER").status_code == 409
    answer = upload("second.smk", "MAIN")
    assert answer.status_code == 409
    assert "MAIN" in answer.json()["message"]


def test_a_second_file_cannot_become_main_later(ada_api: Api, upload: Any) -> None:
    address = f"{FILES}{upload().json()['id']}/"
    assert ada_api.patch(address, {"data_type": "MAIN"}).status_code == 409
    assert ada_api.patch(address, {"data_type": "TEST"}).json()["data_type"] == "TEST"


@override_settings(WORKFLOW_FILE_MAX_BYTES=3)
def test_a_file_above_the_limit_is_refused(upload: Any) -> None:
    assert upload().status_code == 413


def test_a_released_version_is_what_it_is(ada_api: Api, upload: Any, version: WorkflowVersion) -> None:
    file = f"{FILES}{version.files.get().pk}/"
    told = release(ada_api, version).json()
    assert told["is_committed"] is True
    assert told["released_at"]
    assert told["content_digest"] == version.digest_of_files()
    refused = [
        upload(),
        ada_api.patch(file, {"data_type": "OTHER"}),
        ada_api.put(file, {"data_type": "OTHER"}),
        ada_api.delete(file),
        release(ada_api, version),
    ]
    assert [one.status_code for one in refused] == [409] * 5
    assert [(one.path, one.data_type) for one in version.files.all()] == [("Snakefile", "MAIN")]


def test_a_version_without_files_cannot_be_released(ada_api: Api, workflow: Workflow) -> None:
    assert release(ada_api, a_version(workflow)).status_code == 409


def test_a_new_version_begins_with_the_files_of_the_latest(
    ada_api: Api, version: WorkflowVersion, workflow: Workflow, upload: Any, body_of: Any
) -> None:
    body = {"workflow": str(workflow.pk), "name": "2.0"}
    assert ada_api.post(VERSIONS, body).status_code == 409, "there are never two open versions"
    release(ada_api, version)
    made = ada_api.post(VERSIONS, body)
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["index"], told["is_latest"], told["is_committed"]) == (2, True, False)
    copy = ada_api.get(f"{FILES}?workflowversion={told['id']}").json()["results"][0]
    assert (copy["path"], copy["data_type"]) == ("Snakefile", "MAIN")
    assert ada_api.delete(f"{FILES}{copy['id']}/").status_code == 204
    older = ada_api.get(f"{FILES}{version.files.get().pk}/download/")
    assert body_of(older) == CONTENT
    assert [one["is_latest"] for one in ada_api.get(f"{VERSIONS}?ordering=index").json()["results"]] == [
        False,
        True,
    ]


def test_a_first_version_is_made_with_a_name_of_its_own(ada_api: Api, workflow: Workflow) -> None:
    told = ada_api.post(VERSIONS, {"workflow": str(workflow.pk)}).json()
    assert (told["name"], told["index"], told["is_latest"]) == ("v1", 1, True)


def test_a_version_stays_with_its_workflow(ada_api: Api, version: WorkflowVersion, ada: User) -> None:
    other = a_workflow(ada, "Other")
    answer = ada_api.patch(f"{VERSIONS}{version.pk}/", {"workflow": str(other.pk)})
    assert answer.status_code == 409


def test_a_deleted_version_is_hidden_with_its_files_and_comes_back(
    ada_api: Api, version: WorkflowVersion, workflow: Workflow, django_capture_on_commit_callbacks: Any
) -> None:
    release(ada_api, version)
    newer = ada_api.post(VERSIONS, {"workflow": str(workflow.pk)}).json()["id"]
    ada_api.delete(f"{VERSIONS}{newer}/")
    listed = ada_api.get(VERSIONS).json()["results"]
    assert [(one["index"], one["is_latest"]) for one in listed] == [(1, True)]
    assert ada_api.get(f"{FILES}?workflowversion={newer}").json()["count"] == 0
    assert [one["index"] for one in ada_api.get(f"{VERSIONS}?deleted=true").json()["results"]] == [2]
    with django_capture_on_commit_callbacks(execute=True):
        assert ada_api.post(f"{VERSIONS}{newer}/restore/").status_code == 200
    latest = ada_api.get(f"{VERSIONS}?is_latest=true").json()["results"]
    assert [one["index"] for one in latest] == [2]


def test_an_open_version_in_the_trash_stands_in_nobodys_way(
    ada_api: Api, version: WorkflowVersion, workflow: Workflow, django_capture_on_commit_callbacks: Any
) -> None:
    release(ada_api, version)
    open_one = ada_api.post(VERSIONS, {"workflow": str(workflow.pk)}).json()["id"]
    ada_api.delete(f"{VERSIONS}{open_one}/")
    made = ada_api.post(VERSIONS, {"workflow": str(workflow.pk)})
    assert made.status_code == 201, made.content
    assert made.json()["index"] == 3
    assert ada_api.post(f"{VERSIONS}{open_one}/restore/").status_code == 409, (
        "there are never two open versions"
    )


def test_a_version_whose_files_lie_in_its_repository_needs_none_here(ada: User, ada_api: Api) -> None:
    remote = a_workflow(ada, repository_url="https://example.org/lab/variants")
    version = a_version(remote, commit_hash="5e0f1a2")
    assert ada_api.post(f"{VERSIONS}{version.pk}/release/").status_code == 200
    local = a_version(a_workflow(ada, repository_url="https://example.org/lab/variants"))
    assert ada_api.post(f"{VERSIONS}{local.pk}/release/").status_code == 409
