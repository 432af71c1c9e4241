"""The page of a version, its files, and what can be done while it is open."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.factories import a_version, a_workflow, a_workflow_file, shared
from tests.web.workflow_rows import runs_of
from workflows.models import WorkflowFile, WorkflowVersion
from workflows.versions import add_version, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(ada: Any) -> WorkflowVersion:
    """An open version without files."""
    return a_version(a_workflow(ada, "Variants"), index=1)


def page_of(version: WorkflowVersion) -> str:
    return reverse("web:version", args=[version.pk])


def a_file(name: str, content: bytes = b"rule all:\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "text/plain")


def uploaded(browser: Client, version: WorkflowVersion, *files: Any, **more: str) -> Any:
    return browser.post(reverse("web:upload-files", args=[version.pk]), {"files": files, **more}, follow=True)


def said(answer: Any) -> list[str]:
    return [str(one) for one in answer.context["messages"]]


def test_a_version_tells_its_files_and_how_its_runs_went(
    ada: Any, bob_browser: Client, version: WorkflowVersion
) -> None:
    file = a_workflow_file(version)
    runs_of(ada, version, 10, 20, 30)
    answer = bob_browser.get(page_of(version))
    page = answer.content.decode()
    for text in (file.path, reverse("web:workflow-file", args=[file.pk]), file.sha256[:12], "run 2"):
        assert text in page
    assert answer.context["figures"].typical == 20
    assert reverse("web:upload-files", args=[version.pk]) not in page


def test_several_files_are_uploaded_at_once_and_typed_by_their_names(
    ada_browser: Client, version: WorkflowVersion
) -> None:
    answer = uploaded(
        ada_browser, version, a_file("Snakefile"), a_file("README.md"), a_file("LICENCE"), a_file("x.smk")
    )
    assert said(answer) == ["4 files are added to version v1."]
    types = dict(version.files.values_list("path", "data_type"))
    assert types == {"Snakefile": "MAIN", "README.md": "README", "LICENCE": "LICENSE", "x.smk": "OTHER"}


def test_a_type_that_is_chosen_goes_before_the_name_and_a_folder_before_the_path(
    ada: Any, ada_browser: Client, version: WorkflowVersion
) -> None:
    uploaded(ada_browser, version, a_file("Snakefile"), folder="/rules/deep/", data_type="TEST")
    file = version.files.get()
    assert (file.path, file.data_type, file.created_by) == ("rules/deep/Snakefile", "TEST", ada)


def test_what_is_wrong_with_one_file_keeps_no_other_out(
    ada_browser: Client, version: WorkflowVersion, settings: Any
) -> None:
    settings.WORKFLOW_FILE_MAX_BYTES = 20
    a_workflow_file(version, "a.smk", "OTHER")
    answer = uploaded(ada_browser, version, a_file("a.smk"), a_file("large", b"x" * 21), a_file("b.smk"))
    assert sorted(version.files.values_list("path", flat=True)) == ["a.smk", "b.smk"]
    assert said(answer) == [
        "a.smk: This version has a file a.smk already: only one is possible.",
        "large: It is larger than 20 B, which is the limit.",
        "1 file is added to version v1.",
    ]


def test_a_folder_that_leads_out_is_refused(ada_browser: Client, version: WorkflowVersion) -> None:
    answer = uploaded(ada_browser, version, a_file("x"), folder="../outside")
    assert "must be a relative path" in said(answer)[0]
    assert not version.files.exists()


def test_nobody_uploads_without_the_right_to_edit(
    eve: Any, bob_browser: Client, eve_browser: Client, version: WorkflowVersion
) -> None:
    assert "not change it" in said(uploaded(bob_browser, version, a_file("x")))[0]
    assert uploaded(eve_browser, version, a_file("x")).status_code == 404
    assert not version.files.exists()
    shared(version.workflow, eve, edit=True)
    uploaded(eve_browser, version, a_file("x"))
    assert version.files.exists()


def test_nothing_is_uploaded_into_a_released_version(
    ada: Any, ada_browser: Client, version: WorkflowVersion
) -> None:
    a_workflow_file(version)
    release(version=version, user=ada)
    answer = uploaded(ada_browser, version, a_file("late"))
    assert "is released: its files cannot change" in said(answer)[0]
    assert "Add files" not in answer.content.decode()


def test_without_a_file_the_page_says_so(ada_browser: Client, version: WorkflowVersion) -> None:
    assert said(uploaded(ada_browser, version)) == ["Choose at least one file."]


def test_the_main_file_is_changed_in_one_go(ada_browser: Client, version: WorkflowVersion) -> None:
    old, new = a_workflow_file(version, "old"), a_workflow_file(version, "a-new", "OTHER")
    types = {f"type-{old.pk}": "CONFIG", f"type-{new.pk}": "MAIN"}
    answer = ada_browser.post(reverse("web:save-types", args=[version.pk]), types, follow=True)
    assert said(answer) == ["The type of 2 files is saved."]
    assert dict(version.files.values_list("path", "data_type")) == {"old": "CONFIG", "a-new": "MAIN"}


def test_two_main_files_are_refused_in_words(ada_browser: Client, version: WorkflowVersion) -> None:
    a_workflow_file(version, "one")
    other = a_workflow_file(version, "two", "OTHER")
    types = {f"type-{other.pk}": "MAIN"}
    answer = ada_browser.post(reverse("web:save-types", args=[version.pk]), types, follow=True)
    assert "MAIN file already" in said(answer)[0]


def test_a_file_is_replaced_under_its_path_and_type(
    ada: Any, ada_browser: Client, bob_browser: Client, version: WorkflowVersion
) -> None:
    file = a_workflow_file(version)
    address = reverse("web:replace-file", args=[file.pk])
    bob_browser.post(address, {"file": a_file("other.txt", b"new\n")})
    assert version.files.get() == file
    answer = ada_browser.post(address, {"file": a_file("other.txt", b"new\n")}, follow=True)
    assert said(answer) == ["Snakefile is replaced."]
    now = version.files.get()
    assert (now.path, now.data_type, now.size) == ("Snakefile", "MAIN", 4)


def test_if_the_new_content_is_refused_the_old_one_stays(
    ada_browser: Client, version: WorkflowVersion, settings: Any
) -> None:
    settings.WORKFLOW_FILE_MAX_BYTES = 20
    file = a_workflow_file(version)
    ada_browser.post(reverse("web:replace-file", args=[file.pk]), {"file": a_file("x", b"x" * 21)})
    assert version.files.get().sha256 == file.sha256


def test_a_file_is_removed_while_the_version_is_open(
    ada: Any, ada_browser: Client, version: WorkflowVersion
) -> None:
    kept, gone = a_workflow_file(version), a_workflow_file(version, "gone", "OTHER")
    ada_browser.post(reverse("web:remove-file", args=[gone.pk]), follow=True)
    release(version=version, user=ada)
    answer = ada_browser.post(reverse("web:remove-file", args=[kept.pk]), follow=True)
    assert "cannot change" in said(answer)[0]
    assert list(version.files.all()) == [kept]


def test_releasing_asks_first_and_says_what_freezes(ada_browser: Client, version: WorkflowVersion) -> None:
    a_workflow_file(version)
    address = reverse("web:release-version", args=[version.pk])
    page = ada_browser.get(address).content.decode()
    assert "This cannot be undone" in page
    assert "Snakefile" in page
    version.refresh_from_db()
    assert not version.is_committed
    ada_browser.post(address)
    version.refresh_from_db()
    assert version.is_committed


def test_an_empty_version_is_not_released(ada_browser: Client, version: WorkflowVersion) -> None:
    answer = ada_browser.post(reverse("web:release-version", args=[version.pk]), follow=True)
    assert "has no files" in said(answer)[0]


def test_the_next_version_starts_with_the_files_of_the_last(
    ada: Any, ada_browser: Client, version: WorkflowVersion
) -> None:
    a_workflow_file(version)
    address = reverse("web:new-version", args=[version.workflow_id])
    assert "not released yet" in ada_browser.post(address, {"name": "2"}).content.decode()
    release(version=version, user=ada)
    assert "starts with the files of v1" in ada_browser.get(address).content.decode()
    ada_browser.post(address, {})
    made = WorkflowVersion.objects.get(index=2)
    assert (made.name, made.files.get().path) == ("v2", "Snakefile")


def test_what_is_said_of_a_version_can_be_changed(ada_browser: Client, version: WorkflowVersion) -> None:
    address = reverse("web:edit-version", args=[version.pk])
    state = ada_browser.get(address).context["state"]
    ada_browser.post(
        address, {"name": "1.0", "description": "*Faster*", "commit_hash": "abc", "state": state}
    )
    assert "<em>Faster</em>" in ada_browser.get(page_of(version)).content.decode()
    version.refresh_from_db()
    assert (version.name, version.commit_hash) == ("1.0", "abc")


def test_a_deleted_version_lies_in_the_trash(ada: Any, ada_browser: Client, version: WorkflowVersion) -> None:
    page = ada_browser.get(page_of(version)).content.decode()
    address = reverse("web:into-trash-version", args=[version.pk])
    assert address in page
    ada_browser.post(address)
    version.refresh_from_db()
    assert (version.deleted, version.deleted_by) == (True, ada)


def test_lines_are_numbered_and_can_be_linked_to(ada_browser: Client, version: WorkflowVersion) -> None:
    file = a_workflow_file(version, content=b"rule all:\r\n  input: '<b>'\n")
    page = ada_browser.get(reverse("web:workflow-file", args=[file.pk])).content.decode()
    assert 'id="L2"><a href="#L2" data-line="2"' in page
    assert "input: &#x27;&lt;b&gt;&#x27;" in page
    assert "2 lines" in page


def text_shown(browser: Client, file: WorkflowFile) -> Any:
    return browser.get(reverse("web:workflow-file", args=[file.pk])).context["text"]


def test_a_long_file_is_cut_off_and_the_page_says_so(
    ada_browser: Client, version: WorkflowVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = a_workflow_file(version, content=b"x\n" * 5001)
    page = ada_browser.get(reverse("web:workflow-file", args=[lines.pk])).content.decode()
    assert 'id="L5000"' in page
    assert 'id="L5001"' not in page
    assert "Only the beginning is shown" in page
    monkeypatch.setattr("web.workflows.text.MOST_BYTES", 3)
    letters = a_workflow_file(version, "letters", "OTHER", "aää".encode())
    assert text_shown(ada_browser, letters).lines == ("aä",)  # no half of a letter
    wide = a_workflow_file(version, "wide", "OTHER", "aaää".encode())
    assert (text_shown(ada_browser, wide).lines, text_shown(ada_browser, wide).is_whole) == (("aa",), False)


def test_an_empty_file_has_one_empty_line(ada_browser: Client, version: WorkflowVersion) -> None:
    assert text_shown(ada_browser, a_workflow_file(version, content=b"")).lines == ("",)


@pytest.mark.parametrize("content", [b"\x89PNG\xff", b"text\0text", b"\xff\xfe"])
def test_what_is_no_text_is_offered_for_download_only(
    ada_browser: Client, version: WorkflowVersion, content: bytes
) -> None:
    file = a_workflow_file(version, content=content)
    page = ada_browser.get(reverse("web:workflow-file", args=[file.pk])).content.decode()
    assert "not a text file" in page
    assert f"/api/v2/workflows/workflowfiles/{file.pk}/download/" in page


def test_content_that_is_gone_is_said_to_be_missing(ada_browser: Client, version: WorkflowVersion) -> None:
    file = a_workflow_file(version)
    WorkflowFile.objects.update(storage_key="workflows/gone")
    page = ada_browser.get(reverse("web:workflow-file", args=[file.pk])).content.decode()
    assert "does not hold the content" in page


def test_markdown_is_formatted_and_inert_and_still_readable_as_text(
    ada_browser: Client, version: WorkflowVersion
) -> None:
    content = b"# Title\n<script>alert(1)</script>\n[x](javascript:alert(1))\n"
    address = reverse("web:workflow-file", args=[a_workflow_file(version, "README.md", content=content).pk])
    page = ada_browser.get(address).content.decode()
    assert "<h3>Title</h3>" in page
    assert "<script>alert" not in page
    assert 'href="javascript:' not in page
    assert 'id="L1"' in ada_browser.get(address, {"as": "text"}).content.decode()


def test_a_file_is_compared_with_the_version_before(
    ada: Any, ada_browser: Client, version: WorkflowVersion
) -> None:
    old = a_workflow_file(version, content=b"one\n--- two\nthree\n")
    release(version=version, user=ada)
    newer = add_version(workflow=version.workflow, user=ada)
    newer.files.all().delete()
    new = a_workflow_file(newer, content=b"one\n+++ two\nthree\n")
    address = reverse("web:workflow-file", args=[new.pk])
    answer = ada_browser.get(address, {"diff": "previous"})
    told = [(line.kind, line.text) for line in answer.context["changes"]]
    assert told[1:] == [("same", "one"), ("removed", "--- two"), ("added", "+++ two"), ("same", "three")]
    assert reverse("web:workflow-file", args=[old.pk]) in answer.content.decode()
    page = ada_browser.get(reverse("web:workflow-file", args=[old.pk])).content.decode()
    assert address in page


def test_too_long_files_are_not_compared(
    ada: Any, ada_browser: Client, version: WorkflowVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.workflows.text.MOST_COMPARED", 1)
    a_workflow_file(version, content=b"one\n")
    release(version=version, user=ada)
    newer = add_version(workflow=version.workflow, user=ada)
    newer.files.all().delete()
    address = reverse("web:workflow-file", args=[a_workflow_file(newer, content=b"1\n2\n").pk])
    assert "too long to compare" in ada_browser.get(address, {"diff": "previous"}).content.decode()


def test_strangers_find_no_file(eve_browser: Client, version: WorkflowVersion) -> None:
    file = a_workflow_file(version)
    for name in ("workflow-file", "replace-file", "remove-file"):
        address = reverse(f"web:{name}", args=[file.pk])
        method = eve_browser.get if name == "workflow-file" else eve_browser.post
        assert method(address).status_code == 404


def test_twenty_files_cost_no_more_queries_than_one(
    ada: Any, ada_browser: Client, version: WorkflowVersion, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        a_workflow_file(version, f"{number}.smk", "OTHER")
        runs_of(ada, version, 10)
    with django_assert_max_num_queries(15):
        assert ada_browser.get(page_of(version)).status_code == 200


def test_a_script_that_uploads_is_answered_briefly(ada_browser: Client, version: WorkflowVersion) -> None:
    address = reverse("web:upload-files", args=[version.pk]) + "?quietly=1"
    content = io.BytesIO(b"x")
    content.name = "x.txt"
    assert ada_browser.post(address, {"files": content}).status_code == 204
    assert "1 file is added" in ada_browser.get(page_of(version)).content.decode()
