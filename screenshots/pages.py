"""Which pages there are: every route of the site, with the addresses of what the registry holds."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Count
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.urls.resolvers import URLPattern
from django.utils.http import urlencode

from accounts.models import Group, User
from data_management.models import DataFile, Dataset, DatasetCollection
from rocrate_import.models import CrateImport
from run_import.models import RunImport, RunServer
from run_registration.models import DirectoryRegistration
from screenshots import showpieces
from screenshots.camera import NOWHERE, Picture
from web.models import SavedView
from web.urls import urlpatterns
from workflows.models import WorkflowFile, WorkflowRun, WorkflowRunJob, WorkflowVersion

ODD = {
    "thousand": showpieces.THOUSAND,
    "nothing": showpieces.NOTHING,
    "long": showpieces.LONG,
    "scripts": showpieces.SCRIPTS,
    "hostile": showpieces.HOSTILE,
}
SIGN_IN = "sign-in"
WITH_QUERY = {
    "runs-filtered": "/?status=FAILED",
    "runs-many-filters": "/?status=FAILED&status=SUCCESS&engine=SNAKEMAKE&duration_min=1&started_after=2020-01-01",
    "runs-none": "/?search=nothing+is+called+that",
    "runs-wrong": "/?status=BROKEN",
    "runs-trash": "/?deleted=true",
    "workflows-none": "/workflows/?search=nothing+is+called+that",
    "trash-workflows": "/trash/?kind=workflows",
    "trash-datasets": "/trash/?kind=datasets",
    "imports-failed": "/runs/imports/?state=FAILED",
    "search-found": "/search/?q=rna",
    "search-none": "/search/?q=nothing+is+called+that",
}
IMPORTS: dict[str, Any] = {
    "galaxy-import": RunImport,
    "crate-import": CrateImport,
    "registration": DirectoryRegistration,
}
OUTSIDE = {"error-404": NOWHERE, SIGN_IN: "/sign-in/"}


def every_page() -> dict[str, str]:
    """The address of every page that answers, by a name for its picture."""
    browser, ids = _signed_in(), ids_of_the_lab()
    found = dict(_pages(ids))
    for kind, name in ODD.items():
        run = WorkflowRun.objects.filter(name=name).first()
        if run:
            others = {**ids, "run_id": run.pk}
            found |= {f"{page}-{kind}": where for page, where in _pages(others) if str(run.pk) in where}
    found |= dict(_imports()) | dict(_open_versions()) | WITH_QUERY
    shown = {name: where for name, where in found.items() if _is_page(browser, where)}
    return shown | OUTSIDE | _of_several_runs()


def _imports() -> Iterator[tuple[str, str]]:
    """Those of every state, the newest of each."""
    ada = User.objects.get(username="ada")
    for route, model in IMPORTS.items():
        for one in model.objects.visible_to(ada).order_by("pk"):
            goal = f"-{one.goal}" if isinstance(one, DirectoryRegistration) else ""
            yield f"{route}{goal}-{one.state}".lower(), reverse(f"web:{route}", args=[one.pk])
    for box in ada.dropboxes.all():
        yield "register-folder", f"{reverse('web:register')}?{urlencode({'path': box.path})}"


def _open_versions() -> Iterator[tuple[str, str]]:
    """A version that is not released, its file and what changed in it."""
    for version in WorkflowVersion.objects.filter(released_at=None, deleted=False):
        yield "version-open", reverse("web:version", args=[version.pk])
        yield "release-open", reverse("web:release-version", args=[version.pk])
        for file in version.files.all():
            page = reverse("web:workflow-file", args=[file.pk])
            yield f"workflow-file-{file.path.rpartition('.')[2]}", page
            yield f"workflow-file-changes-{file.path.rpartition('.')[2]}", f"{page}?diff=previous"


def handful(directory: Path) -> list[Picture]:
    """The pictures of the documentation, as far as their pages exist."""
    ids = ids_of_the_lab()
    thousand = {**ids, "run_id": WorkflowRun.objects.get(name=showpieces.THOUSAND).pk}
    wanted: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        ("runs", "run-list", ids, {}),
        ("run", "run", ids, {}),
        ("run-dark", "run", ids, {"scheme": "dark"}),
        ("datasets", "run-datasets", ids, {}),
        ("steps", "run-steps", thousand, {"scheme": "dark"}),
        ("lineage", "dataset-lineage", {**ids, "dataset_id": _most_shared(ids)}, {}),
        ("run-failed", "run", _failed(ids), {}),
        ("search", "run-list", ids, {"typed": "rna"}),
        ("run-phone", "run", ids, {"width": 390, "height": 844}),
    ]
    found = [_picture(directory, *one) for one in wanted]
    compare = [
        Picture(directory / f"{name}.png", where)
        for name, where in _of_several_runs().items()
        if name == "compare"
    ]
    return [one for one in found if one] + compare


def _most_shared(ids: dict[str, Any]) -> Any:
    """The dataset of a run whose only content most other datasets hold too: its lineage leads through many runs."""
    ada = User.objects.get(username="ada")
    files = DataFile.objects.filter(dataset__in=Dataset.objects.visible_to(ada)).exclude(sha256="")
    shared = (
        files.values("sha256").annotate(count=Count("dataset", distinct=True)).order_by("-count", "sha256")
    )
    found = files.filter(
        sha256__in=[row["sha256"] for row in shared[:1]], dataset__run_links__data_type="INPUT"
    )
    first = found.order_by("dataset__file_count", "pk").first()
    return first.dataset_id if first else ids["dataset_id"]


def _failed(ids: dict[str, Any]) -> dict[str, Any]:
    """The failed run with the most to show, in place of the run."""
    failed = WorkflowRun.objects.filter(status="FAILED").exclude(name__in=ODD.values())
    run = failed.annotate(jobs_count=Count("jobs")).order_by("-jobs_count", "pk").first()
    return {**ids, "run_id": run.pk} if run else ids


def ids_of_the_lab() -> dict[str, Any]:
    """One of everything that Ada sees, by the name that the routes have for it."""
    ada = User.objects.get(username="ada")
    run = _fullest(WorkflowRun.objects.visible_to(ada).exclude(name__in=ODD.values()))
    version = run.workflowversion or WorkflowVersion.objects.first()
    dataset = Dataset.objects.filter(run_links__workflowrun=run).first()
    rows = {
        "run_id": run,
        "version_id": version,
        "workflow_id": version and version.workflow,
        "workflowfile_id": WorkflowFile.objects.filter(workflowversion=version).first(),
        "job_id": WorkflowRunJob.objects.filter(workflowrun=run).first(),
        "dataset_id": dataset,
        "file_id": DataFile.objects.filter(dataset=dataset, status="ONLINE").first(),
        "collection_id": _first(DatasetCollection.objects.visible_to(ada)),
        "group_id": Group.objects.filter(memberships__user=ada).first(),
        "server_id": RunServer.objects.first(),
        "import_id": CrateImport.objects.first(),
        "galaxy_import_id": RunImport.objects.first(),
        "view_id": SavedView.objects.filter(user=ada).first(),
    }
    return {name: row.pk for name, row in rows.items() if row}


def _first(rows: Any) -> Any:
    return rows.order_by("pk").first()


def _fullest(runs: Any) -> Any:
    """The finished run with the most to show."""
    finished = runs.filter(status="SUCCESS").annotate(jobs_count=Count("jobs", distinct=True))
    datasets = Count("dataset_links", distinct=True)
    return finished.annotate(linked=datasets).order_by("-linked", "-jobs_count", "pk").first()


def _pages(ids: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for pattern in urlpatterns:
        if isinstance(pattern, URLPattern) and pattern.name and pattern.name != "sign-in":
            values = {name: ids.get(_key(name, pattern)) for name in _names(pattern)}
            if all(values.values()):
                yield pattern.name, reverse(f"web:{pattern.name}", kwargs=values)


def _names(pattern: URLPattern) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))


def _key(name: str, pattern: URLPattern) -> str:
    """Imports are of two kinds, and their routes say of which."""
    return f"galaxy_{name}" if name == "import_id" and "run-imports" in str(pattern.pattern) else name


def _of_several_runs() -> dict[str, str]:
    """The comparison of two runs of one workflow."""
    try:
        where = reverse("web:compare")
    except NoReverseMatch:
        return {}
    shared = (
        WorkflowVersion.objects.annotate(count=Count("runs")).filter(count__gt=1).order_by("-count").first()
    )
    runs: Any = WorkflowRun.objects.filter(workflowversion=shared).order_by("pk")[:3] if shared else []
    return {"compare": f"{where}?ids={','.join(str(run.pk) for run in runs)}"} if runs else {}


def _picture(
    directory: Path, name: str, route: str, ids: dict[str, Any], options: dict[str, Any]
) -> Picture | None:
    found = dict(_pages(ids)).get(route)
    return Picture(directory / f"{name}.png", found, **options) if found else None


def _signed_in() -> Client:
    browser = Client(HTTP_HOST="localhost", raise_request_exception=False)
    browser.force_login(User.objects.get(username="ada"))
    return browser


def _is_page(browser: Client, address: str) -> bool:
    """Whether it is shown when it is opened: no deed, no file, no part of a page. A fault is to be seen, too."""
    answer: Any = browser.get(address)
    if answer.status_code >= 500:
        return True
    is_html = answer.status_code == 200 and "text/html" in answer.get("Content-Type", "")
    return is_html and not answer.streaming and b"<h1" in answer.content
