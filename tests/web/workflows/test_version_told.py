"""What a version's page tells beside its files."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from web.workflows.told import declared_by, registries_of
from workflows.models import WorkflowVersion


def test_a_template_is_told_in_its_order_whatever_it_leaves_out() -> None:
    found = declared_by({"b": {"type": "int", "default": None}, "a": {}, "odd": "text"})
    assert [(one.name, one.type, one.has_default) for one in found.rows] == [
        ("b", "int", True),
        ("a", "any", False),
        ("odd", "any", False),
    ]
    assert found.more == 0
    assert declared_by({str(number): {} for number in range(501)}).more == 1


@pytest.mark.parametrize(
    ("told", "pairs"),
    [
        ({"quay.io": "mirror"}, [("quay.io", "mirror")]),
        ([{"upstream": "quay.io", "prefix": "q", "none": None}], [("quay.io", "q")]),
        (["plain", {}], [("", "plain"), ("", {})]),
        ("text", [("", "text")]),
    ],
)
def test_registries_are_pairs_however_they_are_written(told: Any, pairs: list[Any]) -> None:
    assert registries_of({"image_mappings": told}) == [("image mappings", pairs)]


@pytest.mark.django_db
def test_the_page_tells_what_is_known_and_changes_the_state(ada: Any, ada_browser: Client) -> None:
    facts = {
        "repository": {
            "full_id": "lab/rnaseq",
            "html": "https://git.example.org/lab",
            "bad": "javascript:x()",
        },
        "requirements": {"storage_gb": 1200},
        "tags": {"team": "genomics"},
        "parameter_template": {"genome": {"description": "Which reference"}},
    }
    version = factories.a_version(factories.a_workflow(ada), **facts)
    factories.a_workflow_file(version, "README.md", "README", b"# All\n\n**bold** <script>x</script>")
    address = reverse("web:version", args=[version.pk])
    page = ada_browser.get(address).content.decode()
    for said in (
        "lab/rnaseq",
        "1200",
        "genomics",
        "Which reference",
        "<strong>bold</strong>",
        "&lt;script&gt;x",
    ):
        assert said in page
    assert '<a href="https://git.example.org/lab" rel="noreferrer noopener">' in page
    assert 'href="javascript' not in page
    change = reverse("web:version-state", args=[version.pk])
    assert "cannot become" in ada_browser.post(change, {"state": "deprecated"}, follow=True).content.decode()
    assert (
        "is withdrawn now" in ada_browser.post(change, {"state": "withdrawn"}, follow=True).content.decode()
    )
    assert WorkflowVersion.objects.get(pk=version.pk).state == "withdrawn"
