"""Who may open which door: every registered address with every method, for everyone who could stand before it.

``DOORS`` says what each address answers to each method. A route or a method that is not in it fails the test,
and so does an entry that leads nowhere. The people: Ada owns everything, Bob is in her group, Meg manages it,
Eve is in another group; Vera, Edie and Dele are strangers too, with whom Ada's records are shared: to view, to
edit, to delete.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from accounts.models import ApiToken, Group, User
from common.models import Annotation, Note, WorkerBeat
from rocrate_export.originals import keep_original
from tests.conftest import PASSWORD, Api, dropbox_of, member
from tests.factories import (
    a_collection,
    a_crate_import,
    a_dataset,
    a_file,
    a_galaxy_dataset,
    a_galaxy_import,
    a_galaxy_server,
    a_job,
    a_link,
    a_node,
    a_parameter,
    a_run,
    a_step,
    a_transfer,
    a_version,
    a_workflow,
    a_workflow_file,
    an_annotation_type,
    an_event,
    an_export,
    an_invocation,
    shared,
)
from tests.rocrate_import.crates import a_run_crate, packed
from tests.web.doors import OPEN_PAGES, PAGES
from web.models import SavedView
from workflows.logs import keep_log

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PEOPLE = ("ada", "bob", "meg", "eve", "vera", "edie", "dele", "root")
EVE_ONLY = "eve"
NOBODY = "00000000-0000-7000-8000-000000000000"


# --- what the table is written in ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """What one method of one address answers: a status for each person, and the body to send."""

    statuses: dict[str, int]
    anonymous: int = 401
    body: Callable[["World"], Any] = field(default=lambda world: None)
    query: str = ""
    format: str = "json"


def door(ok: int, *, may: str, sees: str, **more: Any) -> Door:
    """``may`` open it, others who ``see`` the record get a 403, and for all the rest there is nothing: 404."""
    statuses = {name: ok if name in may.split() else 403 if name in sees.split() else 404 for name in PEOPLE}
    return Door(statuses, **more)


GROUP, SHARED = "ada bob meg root", "vera edie dele"
EDITORS, DELETERS, OWNERS = "ada meg edie root", "ada meg dele root", "ada meg root"
SEEING = f"{GROUP} {SHARED}"


def everyone(ok: int, **more: Any) -> Door:
    """Whoever is signed in."""
    return Door(dict.fromkeys(PEOPLE, ok), **more)


def public(ok: int, **more: Any) -> Door:
    """Anybody, also a stranger who is not signed in."""
    return Door(dict.fromkeys(PEOPLE, ok), anonymous=ok, **more)


def seen(ok: int = 200, **more: Any) -> Door:
    """Whoever may see the record."""
    return door(ok, may=SEEING, sees=SEEING, **more)


def edited(ok: int = 200, **more: Any) -> Door:
    """Whoever may change the record."""
    return door(ok, may=EDITORS, sees=SEEING, **more)


def removed(ok: int = 204, **more: Any) -> Door:
    """Whoever may delete the record."""
    return door(ok, may=DELETERS, sees=SEEING, **more)


def given(ok: int, **more: Any) -> Door:
    """Whoever may say who else may: the owner, managers of the group, administrators."""
    return door(ok, may=OWNERS, sees=SEEING, **more)


# --- the table ----------------------------------------------------------------------------------------------


def named(world: "World") -> dict[str, Any]:
    return {"name": "Renamed"}


def of_record(create: Callable[["World"], Any]) -> dict[str, dict[str, Door]]:
    """What every record with an owner has below its list's address."""
    doors = {
        "": {"GET": everyone(200), "POST": everyone(201, body=create)},
        "<uuid:pk>/": {
            "GET": seen(),
            "PUT": edited(body=create),
            "PATCH": edited(body=named),
            "DELETE": removed(),
        },
        "<uuid:pk>/history/": {"GET": seen()},
        **of_remarks(),
    }
    return doors


def of_remarks() -> dict[str, dict[str, Door]]:
    """Notes and annotations. A note is its author's, so other editors are refused."""
    own = {"may": "ada root", "sees": SEEING}
    return {
        "<uuid:pk>/notes/": {"GET": seen(), "POST": edited(201, body=lambda w: {"content": "hm"})},
        "<uuid:pk>/notes/<uuid:note_id>/": {
            "PUT": door(200, **own, body=lambda w: {"content": "oh"}),
            "DELETE": door(204, **own),
        },
        "<uuid:pk>/annotations/": {
            "GET": seen(),
            "POST": edited(201, body=lambda w: {"name": "organism", "value": "human"}),
        },
        "<uuid:pk>/annotations/<uuid:annotation_id>/": {"DELETE": edited(204)},
    }


def of_shares() -> dict[str, dict[str, Door]]:
    """Sharing is for those whose record it is: whoever may edit could otherwise give away what they do not have."""
    return {
        "<uuid:pk>/shares/": {
            "GET": seen(),
            "POST": given(201, body=lambda w: {"user_id": w.ids["eve"], "can_delete": True}),
        },
        "<uuid:pk>/shares/<uuid:share_id>/": {"DELETE": given(204)},
    }


RESTORED = {"<uuid:pk>/restore/": {"POST": removed(200)}}
DOWNLOAD = {"<uuid:pk>/download/": {"GET": seen()}}
PARTS = {"GET": seen()}


def below(prefix: str, *tables: dict[str, dict[str, Door]]) -> dict[str, dict[str, Door]]:
    """The same addresses with something before them."""
    return {prefix + route: doors for table in tables for route, doors in table.items()}


def of_part(create: Callable[["World"], Any]) -> dict[str, dict[str, Door]]:
    """Parameters, steps and jobs have the rights of their run; to remove one is to edit the run."""
    return {
        "": {"GET": seen(), "POST": edited(201, body=create)},
        "<uuid:pk>/": {
            "GET": seen(),
            "PUT": edited(body=create),
            "PATCH": edited(body=create),
            "DELETE": edited(204),
        },
    }


def a_new_run(world: "World") -> dict[str, Any]:
    # Nothing that Eve cannot see may be named here: everyone may record a run of one's own.
    return {"name": "New", "workflowversion": None}


def a_new_version(world: "World") -> dict[str, Any]:
    return {"workflow": world.ids["workflow"], "name": "2.0"}


def a_new_file(world: "World") -> dict[str, Any]:
    upload = SimpleUploadedFile("ABOUT.md", b"# Read me\n")
    return {"workflowversion": world.ids["workflowversion"], "file": upload, "data_type": "README"}


def a_new_link(world: "World") -> dict[str, Any]:
    return {"workflowrun": world.ids["run"], "dataset": world.ids["dataset"], "data_type": "OUTPUT"}


def a_new_file_of_a_run(world: "World") -> dict[str, Any]:
    return {"file": SimpleUploadedFile("notes.txt", b"42\n"), "data_type": "REPORT"}


def a_new_log(world: "World") -> dict[str, Any]:
    return {"name": "engine", "text": "ended"}


def a_crate_to_import(world: "World") -> dict[str, Any]:
    return {"file": SimpleUploadedFile("a.crate.zip", packed(a_run_crate()))}


def a_galaxy_address(world: "World") -> dict[str, Any]:
    return {"url": f"https://galaxy.example.org/workflows/invocations/{'c' * 16}"}


# What waits cannot be tried again: who may, hears 409.
RETRIED = {"ada": 409, "meg": 409, "root": 409, "bob": 403}
MANAGED = {"PUT": edited(body=lambda w: {"datasets": [{"id": w.ids["dataset"]}], "data_type": "INPUT"})}
SIGN_IN = public(201, body=lambda w: {"username": "ada", "password": PASSWORD})
MINE = {name: 200 if name == "ada" else 404 for name in PEOPLE}
OF_THE_GROUP = {name: 200 if name in GROUP.split() else 404 for name in PEOPLE}

ASKED = {name: 200 if name in ("ada", "root") else 404 for name in PEOPLE}


def a_crate(world: "World") -> dict[str, Any]:
    return {"file": SimpleUploadedFile("a.crate.zip", _archive(b"another one"))}


def _archive(comment: bytes = b"") -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.writestr("ro-crate-metadata.json", '{"@graph": [{"@id": "ro-crate-metadata.json"}]}')
        target.comment = comment
    return archive.getvalue()


# The archive that was given is for those who may see the run with all its datasets, also where nothing is shared.
CRATE = {
    "": {"GET": seen(), "POST": edited(201, body=a_crate, format="multipart")},
    "metadata/": {"GET": seen()},
    "validation/": {"GET": seen(503), "POST": seen(503)},  # this installation has no contexts
    "originals/": {"GET": seen()},
    "originals/<uuid:original_id>/download/": {"GET": seen()},
}

DATA = {
    **below("datasets/", of_record(lambda w: {"name": "New"}), of_shares(), RESTORED),
    **below("datasetcollections/", of_record(lambda w: {"name": "New"}), of_shares(), RESTORED),
    "datasetcollections/<uuid:pk>/datasets/": {
        "PUT": edited(body=lambda w: {"datasets": [{"id": w.ids["dataset"]}]})
    },
    "datasetcollections/<uuid:pk>/datasets/<uuid:dataset_id>/": {"DELETE": edited(204)},
    "datasetcollections/register/": {
        "POST": everyone(201, body=lambda w: {"datasets": [{"name": "New", "new": True}]})
    },
    **below("datafiles/", DOWNLOAD),
    "datafiles/": {"GET": everyone(200)},
    "datasets/<uuid:pk>/lineage/": {"GET": seen()},
    "datafiles/<uuid:pk>/lineage/": {"GET": seen()},
    "datafiles/whence/": {"GET": everyone(200, query="path=reads.fastq")},
    "datafiles/known/": {"POST": everyone(200, body=lambda w: {"sha256": ["0" * 64]})},
    "datafiles/<uuid:pk>/": {
        "GET": seen(),
        "PUT": edited(body=lambda w: {"name": "a.txt"}),
        "PATCH": edited(body=lambda w: {"format": "txt"}),
    },
    "dropbox/": {"GET": everyone(200)},
    "dropbox/browse/": {
        "GET": Door({name: 200 if name == "ada" else 400 for name in PEOPLE}, query="path={dropbox}")
    },
    "transfers/": {"GET": everyone(200)},
    "transfers/<uuid:pk>/": {"GET": Door(OF_THE_GROUP)},
    "transfers/<uuid:pk>/retry/": {"POST": Door({**OF_THE_GROUP, "bob": 403})},
}

WORKFLOWS = {
    **below("workflows/", of_record(lambda w: {"name": "New"}), of_shares(), RESTORED),
    **below("workflowversions/", of_record(a_new_version), RESTORED),
    "workflowversions/": {"GET": everyone(200), "POST": edited(201, body=a_new_version)},
    "workflowversions/<uuid:pk>/release/": {"POST": edited()},
    "workflowversions/<uuid:pk>/definition/": {"GET": seen()},
    "workflowversions/<uuid:pk>/readme/": {"GET": seen()},
    "workflowfiles/": {"GET": everyone(200), "POST": edited(201, body=a_new_file, format="multipart")},
    "workflowfiles/<uuid:pk>/": {
        "GET": seen(),
        "PUT": edited(body=lambda w: {"data_type": "CONFIG"}),
        "PATCH": edited(body=lambda w: {"data_type": "CONFIG"}),
        "DELETE": removed(),
    },
    **below("workflowfiles/", DOWNLOAD),
    **below("workflowruns/", of_record(a_new_run), of_shares(), RESTORED),
    "workflowruns/<uuid:pk>/manage_datasets/": MANAGED,
    "workflowruns/<uuid:pk>/lineage/": {"GET": seen()},
    "workflowruns/<uuid:pk>/parameters/checked/": {"GET": seen()},
    "workflowruns/compare/": {"GET": seen(query="ids={run},{second run}")},
    "workflowruns/import_rocrate/": {"POST": everyone(202, body=a_crate_to_import, format="multipart")},
    "rocrateimports/": {"GET": everyone(200)},
    "rocrateimports/<uuid:pk>/": {"GET": Door(OF_THE_GROUP)},
    "rocrateimports/<uuid:pk>/cancel/": {"POST": Door({**OF_THE_GROUP, "bob": 403})},
    "rocrateimports/<uuid:pk>/retry/": {"POST": Door({**OF_THE_GROUP, **RETRIED})},
    "workflowruns/import/": {"POST": everyone(202, body=a_galaxy_address)},
    "workflowruns/import/sources/": {"GET": everyone(200)},
    "runimports/": {"GET": everyone(200)},
    "runimports/<uuid:pk>/": {"GET": Door(OF_THE_GROUP)},
    "runimports/<uuid:pk>/cancel/": {"POST": Door({**OF_THE_GROUP, "bob": 403})},
    "runimports/<uuid:pk>/retry/": {"POST": Door({**OF_THE_GROUP, **RETRIED})},
    "runservers/": {"GET": everyone(200)},
    "runservers/<uuid:pk>/": {"GET": everyone(200)},
    # What cannot be credentials is not tested at the server.
    "runservers/<uuid:pk>/credentials/": {
        "GET": everyone(404),
        "PUT": everyone(400, body=lambda w: {"values": {"colour": "red"}}),
        "DELETE": everyone(204),
    },
    "workflowruns/<uuid:pk>/imported/": {"GET": seen()},
    "workflowruns/<uuid:pk>/imported/answers/": {"GET": door(409, may=EDITORS, sees=SEEING)},
    "workflowruns/<uuid:pk>/imported/refresh/": {"POST": given(202)},
    "workflowruns/<uuid:pk>/imported/files/": {"POST": given(202, body=lambda w: {"paths": ["*"]})},
    "workflowruns/import_from_galaxy/": {"POST": everyone(202, body=a_galaxy_address)},
    "galaxyimports/": {"GET": everyone(200)},
    "galaxyimports/<uuid:pk>/": {"GET": Door(OF_THE_GROUP)},
    "galaxyimports/<uuid:pk>/cancel/": {"POST": Door({**OF_THE_GROUP, "bob": 403})},
    "galaxyimports/<uuid:pk>/retry/": {"POST": Door({**OF_THE_GROUP, **RETRIED})},
    "galaxyservers/": {"GET": everyone(200)},
    "galaxyservers/<uuid:pk>/": {"GET": everyone(200)},
    # A key is tested at its server, but for one that cannot be a key.
    "galaxyservers/<uuid:pk>/key/": {
        "PUT": everyone(400, body=lambda w: {"key": "two words"}),
        "DELETE": everyone(204),
    },
    "workflowruns/<uuid:pk>/galaxy/": {"GET": seen()},
    "workflowruns/<uuid:pk>/galaxy/datasets/": {"GET": seen()},
    "workflowruns/<uuid:pk>/galaxy/answers/": {"GET": door(409, may=EDITORS, sees=SEEING)},
    **below("workflowruns/<uuid:pk>/rocrate/", CRATE),
    **below("workflowversions/<uuid:pk>/rocrate/", CRATE),
    "rocrateexports/": {"GET": everyone(200)},
    "rocrateexports/<uuid:pk>/": {"GET": Door(ASKED)},
    "rocrateexports/<uuid:pk>/cancel/": {"POST": Door({**ASKED, "ada": 409, "root": 409})},
    "rocrateexports/<uuid:pk>/retry/": {"POST": Door(ASKED)},
    **below("workflowruns/<uuid:run_pk>/parameters/", of_part(lambda w: {"name": "q", "value": 1})),
    **below("workflowruns/<uuid:run_pk>/steps/", of_part(lambda w: {"name": "sort", "key": "sort"})),
    "workflowruns/<uuid:run_pk>/files/": {
        "GET": seen(),
        "POST": edited(201, body=a_new_file_of_a_run, format="multipart"),
    },
    "workflowruns/<uuid:run_pk>/files/<uuid:pk>/": {"GET": seen()},
    "workflowruns/<uuid:run_pk>/files/<uuid:pk>/content/": {"GET": seen()},
    "workflowruns/<uuid:run_pk>/files/content/": {"GET": seen(query="path=reads.fastq")},
    "workflowruns/<uuid:run_pk>/files/zip/": {"POST": seen(body=lambda w: {"glob": "**"})},
    "workflowruns/<uuid:run_pk>/logs/": {"GET": seen(), "POST": edited(201, body=a_new_log)},
    "workflowruns/<uuid:run_pk>/logs/<uuid:pk>/": {"GET": seen(), "DELETE": edited(204)},
    "workflowruns/<uuid:run_pk>/logs/<uuid:pk>/content/": {"GET": seen()},
    "workflowruns/<uuid:run_pk>/logs/search/": {"GET": seen(query="q=started")},
    "workflowruns/<uuid:run_pk>/jobs/<uuid:job_pk>/logs/": {
        "GET": seen(),
        "POST": edited(201, body=a_new_log),
    },
    **below("workflowruns/<uuid:run_pk>/jobs/", of_part(lambda w: {"name": "sort (1)"})),
    "workflowruns/<uuid:run_pk>/jobs/bulk/": {"POST": edited(body=lambda w: [{"name": "sort (2)"}])},
    "workflowruns/<uuid:run_pk>/jobs/<uuid:pk>/attempts/": {"GET": seen()},
    "workflowruns/<uuid:run_pk>/jobs/<uuid:pk>/upstream/": {"GET": seen()},
    "workflowruns/<uuid:run_pk>/jobs/<uuid:pk>/downstream/": {"GET": seen()},
    **below("workflowruns/<uuid:run_pk>/nodes/", of_part(lambda w: {"key": "node-9"})),
    "workflowruns/<uuid:pk>/graph/": {"GET": seen(query="kind=steps&format=dot")},
    "workflowruns/<uuid:pk>/completeness/": {"GET": seen()},
    "workflowversions/<uuid:pk>/efficiency/": {"GET": seen()},
    "workflowruns/<uuid:pk>/status/": {"GET": seen(), "PUT": edited(body=lambda w: {"status": "SUCCESS"})},
    "workflowruns/<uuid:pk>/status/history/": {"GET": seen()},
    "workflowruns/<uuid:run_pk>/events/": {
        "GET": seen(),
        "POST": edited(201, body=lambda w: {"type": "job.started"}),
    },
    "workflowruns/<uuid:run_pk>/events/<uuid:pk>/": {"GET": seen()},
    "workflowruns/<uuid:run_pk>/events/latest/": {"GET": seen()},
    # The run is over: there is nothing to wait for.
    "workflowruns/<uuid:run_pk>/events/stream/": {"GET": seen(204, query="after=latest")},
    "workflowrundatasets/": {"GET": everyone(200), "POST": edited(201, body=a_new_link)},
    "workflowrundatasets/<uuid:pk>/": {"GET": seen(), "DELETE": edited(204)},
}

PEOPLE_AND_SYSTEM = {
    "ping/": {"GET": public(200)},
    "health/": {"GET": public(200)},
    "version/": {"GET": public(200)},
    "schema/": {"GET": public(200, query="format=json")},
    "schema/swagger/": {"GET": public(200)},
    "schema/redoc/": {"GET": public(200)},
    "auth/token/": {"POST": SIGN_IN},
    "auth/tokens/": {"GET": everyone(200), "POST": everyone(201, body=lambda w: {"name": "laptop"})},
    "auth/tokens/<uuid:pk>/": {
        "GET": Door(MINE),
        "DELETE": Door({name: 204 if status == 200 else 404 for name, status in MINE.items()}),
    },
    "users/": {"GET": everyone(200)},
    "users/me/": {"GET": everyone(200), "PATCH": everyone(200, body=lambda w: {"first_name": "New"})},
    "groups/": {"GET": everyone(200)},
    "groups/<uuid:pk>/": {
        "GET": Door(OF_THE_GROUP),
        "PATCH": door(200, may="meg root", sees=GROUP, body=lambda w: {"description": "Sequencing"}),
    },
    "groups/<uuid:pk>/members/": {
        "GET": Door(OF_THE_GROUP),
        "POST": door(201, may="meg root", sees=GROUP, body=lambda w: {"username": "eve"}),
    },
    "groups/<uuid:pk>/members/<uuid:user_id>/": {
        "PATCH": door(200, may="meg root", sees=GROUP, body=lambda w: {"role": "manager"}),
        "DELETE": door(204, may="bob meg root", sees=GROUP),  # it is Bob's place
    },
    "annotationtypes/": {"GET": everyone(200)},
    "annotationtypes/<uuid:pk>/": {"GET": everyone(200)},
}

DOORS = below(
    "api/v2/",
    below("workflows/", WORKFLOWS),
    below("data-management/", DATA),
    below("data_management/", DATA),
    PEOPLE_AND_SYSTEM,
)

# Pages: what Eve gets; everyone who is not signed in is sent to the sign-in page.
# --- the world behind the doors -----------------------------------------------------------------------------


class World:
    """One of everything, all of it Ada's, shared with Vera, Edie and Dele; ``ids`` are their ids."""

    def __init__(self, directory: Path) -> None:
        genomics, imaging = Group.objects.create(name="Genomics Core"), Group.objects.create(name="Imaging")
        self.people: dict[str, User] = {
            "ada": member("ada", genomics),
            "bob": member("bob", genomics),
            "meg": member("meg", genomics, "manager"),
            "eve": member("eve", Group.objects.create(name="Proteomics Lab")),
            "vera": member("vera", imaging),
            "edie": member("edie", Group.objects.create(name="Editors")),
            "dele": member("dele", Group.objects.create(name="Deleters")),
            "root": User.objects.create_superuser("root", password=PASSWORD),
        }
        self.ids: dict[str, Any] = {name: user.pk for name, user in self.people.items()}
        self.ids |= {
            "group": genomics.pk,
            "dropbox": str(dropbox_of(self.people["ada"], genomics, directory)),
        }
        self.clients = {name: Api(user) for name, user in self.people.items()}
        self.clients["nobody"] = Api(None)
        self._records(self.people["ada"])
        WorkerBeat.objects.create(name="worker", at=timezone.now())

    def _records(self, ada: User) -> None:
        workflow = a_workflow(ada)
        version = a_version(workflow)
        dataset = a_dataset(ada)
        run = a_run(ada, workflowversion=version)
        collection = a_collection(ada, dataset)
        rows = {
            "workflow": workflow,
            "workflowversion": version,
            "dataset": dataset,
            "run": run,
            "datasetcollection": collection,
            "workflowfile": a_workflow_file(version),
            "readme": a_workflow_file(version, "README.md", "README"),
            "datafile": a_file(dataset, content=b"ACGT"),
            "workflowrundataset": a_link(run, dataset),
            "parameter": a_parameter(run, "k", 31),
            "step": a_step(run),
            "job": a_job(run),
            "node": a_node(run),
            "log": keep_log(run=run, name="started", text="started"),
            "event": an_event(run),
            "transfer": a_transfer(ada, state="FAILED"),
            "rocrateexport": an_export(run, ada, state="FAILED"),
            "rocrateimport": a_crate_import(ada),
            "galaxyserver": a_galaxy_server(),
            "galaxyimport": a_galaxy_import(ada),
            "runimport": a_galaxy_import(ada, external_id="b" * 16),
            "runserver": a_galaxy_server(),
            "annotationtype": an_annotation_type(),
            "token": ApiToken.issue(user=ada, name="laptop")[0],
            "savedview": SavedView.objects.create(user=ada, name="Failed", query="status=FAILED"),
        }
        self.ids |= {name: row.pk for name, row in rows.items()}
        a_galaxy_dataset(an_invocation(run))
        second = a_run(ada, "second")
        self.ids["second run"] = second.pk
        for record in (run, second, workflow, dataset, collection):
            self._share(record)
        for name, record in (("run", run), ("version", version)):
            kept = keep_original(stream=io.BytesIO(_archive()), name="a.zip", user=ada, **{name: record})
            self.ids[f"original of {record.pk}"] = kept.pk
        for record in (run, workflow, version, dataset, collection):
            self._remark(record, ada, rows["annotationtype"])

    def _share(self, record: Any) -> None:
        shared(record, group=self.people["vera"].primary_group)
        shared(record, self.people["edie"], edit=True)
        self.ids[f"share of {record.pk}"] = shared(record, self.people["dele"], delete=True).pk

    def _remark(self, record: Any, ada: User, kind: Any) -> None:
        about = {"kind": record.record_kind(), "object_id": record.pk, "created_by": ada}
        self.ids[f"note of {record.pk}"] = Note.objects.create(content="see", **about).pk
        made = Annotation.objects.create(annotation_type=kind, value="human", **about)
        self.ids[f"annotation of {record.pk}"] = made.pk

    def address(self, route: str) -> str:
        """The address of Ada's record behind a route."""
        record = self._record_of(route)
        known = {
            "pk": record,
            **self._ids_of_pages(),
            "run_pk": self.ids["run"],
            "job_pk": self.ids["job"],
            "original_id": self.ids.get(f"original of {record}"),
            "run_id": self.ids["run"],
            "dataset_id": self.ids["dataset"],
            "workflow_id": self.ids["workflow"],
            "token_id": self.ids["token"],
            "import_id": self.ids["galaxyimport" if "galaxy" in route else "rocrateimport"],
            "server_id": self.ids["galaxyserver"],
            "user_id": self.people["bob"].pk,
            "note_id": self.ids.get(f"note of {record or self.ids['run']}"),
            "annotation_id": self.ids.get(f"annotation of {record or self.ids['run']}"),
            "share_id": self.ids.get(f"share of {record or self.ids['run']}"),
        }
        for name, value in known.items():
            route = route.replace(f"<uuid:{name}>", str(value))
        return f"/{route}"

    def _ids_of_pages(self) -> dict[str, Any]:
        names = {"file_id": "datafile", "collection_id": "datasetcollection", "version_id": "workflowversion"}
        names |= {"link_id": "workflowrundataset", "view_id": "savedview"}
        names |= {f"{name}_id": name for name in ("workflowfile", "job", "step", "group")}
        return {name: self.ids[kind] for name, kind in names.items()}

    def _record_of(self, route: str) -> UUID | None:
        kinds = {
            "workflowrun": "run",
            "/parameter": "parameter",
            "/step": "step",
            "/job": "job",
            "/log": "log",
            "/file": "datafile",
        }
        kinds |= {"/event": "event", "/node": "node"}
        kinds |= {
            one: one for one in ("workflowversion", "workflowfile", "workflowrundataset", "datasetcollection")
        }
        kinds |= {
            one: one
            for one in (
                "datafile",
                "transfer",
                "rocrateexport",
                "rocrateimport",
                "galaxyimport",
                "runimport",
                "runserver",
                "galaxyserver",
                "annotationtype",
                "token",
                "group",
            )
        }
        last = route.split("<uuid:pk>")[0]
        for kind, name in {"/dataset": "dataset", "workflows/workflow": "workflow", **kinds}.items():
            if last.rstrip("/").endswith(f"{kind}s"):
                return self.ids[name]
        return None

    def prepare(self, route: str) -> None:
        """Put a record into the trash where the address takes it out again."""
        if route.endswith("restore/"):
            model = {"datasets": "dataset", "datasetcollections": "datasetcollection"}
            model |= {
                "workflows": "workflow",
                "workflowversions": "workflowversion",
                "workflowruns": "workflowrun",
            }
            name = model[route.split("/")[-4]]
            app = "workflows" if name.startswith("workflow") else "data_management"
            from django.apps import apps

            rows = apps.get_model(app, name)._base_manager.filter(pk=self._record_of(route))
            rows.update(deleted=True, **({"is_latest": False} if name == "workflowversion" else {}))
        if route.endswith("workflowversions/"):
            from workflows.models import WorkflowVersion

            WorkflowVersion.objects.update(released_at=timezone.now())


@pytest.fixture(autouse=True, scope="module")
def _the_description_is_made_once() -> Iterator[None]:
    """It is the same for everybody, and to make it takes a second."""
    make, made = SchemaGenerator.get_schema, {}

    def remembered(self: SchemaGenerator, request: Any = None, public: bool = False) -> Any:
        if public not in made:
            made[public] = make(self, request, public)
        return made[public]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SchemaGenerator, "get_schema", remembered)
        yield


@pytest.fixture(scope="module")
def whole_world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Made once, as it is looked at more than changed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World(tmp_path_factory.mktemp("doors") / "dropbox")
        transaction.set_rollback(True)


@pytest.fixture
def world(whole_world: World) -> Iterator[World]:
    """One of everything; what a test changes in the database is undone."""
    with transaction.atomic():
        yield whole_world
        transaction.set_rollback(True)


# --- the walk -----------------------------------------------------------------------------------------------


def routes_of(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every route below a resolver with its pattern."""
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes_of(pattern, route)
        else:
            yield route, pattern


ROUTES = [(route, pattern) for route, pattern in routes_of(get_resolver()) if not route.startswith("admin/")]
API_ROUTES = {route: pattern for route, pattern in ROUTES if route.startswith("api/")}
PAGE_ROUTES = {route for route, _ in ROUTES if not route.startswith("api/")}


def methods_of(pattern: URLPattern) -> set[str]:
    """What a route answers to, by its view."""
    view: Any = pattern.callback.cls
    served = getattr(pattern.callback, "actions", None) or {
        name: name for name in METHODS for name in [name.lower()] if hasattr(view, name)
    }
    allowed = view.http_method_names
    return {name.upper() for name in served if name in allowed and name.upper() in METHODS}


def test_the_table_knows_every_route_and_method_and_nothing_else() -> None:
    registered = {route: methods_of(pattern) for route, pattern in API_ROUTES.items()}
    assert {route: set(doors) for route, doors in DOORS.items()} == registered


def test_the_table_knows_every_page_and_nothing_else() -> None:
    assert {*PAGES, *OPEN_PAGES} == PAGE_ROUTES


def test_the_other_spelling_is_served_by_the_same_views() -> None:
    for route, pattern in API_ROUTES.items():
        if "data_management" in route:
            first: Any = API_ROUTES[route.replace("data_management", "data-management")].callback
            second: Any = pattern.callback
            assert (second.cls, getattr(second, "actions", 0)) == (first.cls, getattr(first, "actions", 0))


@pytest.mark.parametrize("route", sorted(route for route in API_ROUTES if "data_management" not in route))
def test_every_door_opens_to_those_it_should_and_to_nobody_else(world: World, route: str) -> None:
    world.prepare(route)
    table = DOORS[route]
    expected = {(method, name): status for method in METHODS for name, status in _expected(table, method)}
    assert {(method, name): _knock(world, route, method, name) for method, name in expected} == expected


def _expected(table: dict[str, Door], method: str) -> Iterator[tuple[str, int]]:
    if method in table:
        yield from table[method].statuses.items()
        yield "nobody", table[method].anonymous
    else:
        is_public = any(one.anonymous != 401 for one in table.values())
        yield "ada", 405
        yield "nobody", 405 if is_public else 401


def _knock(world: World, route: str, method: str, name: str) -> int:
    """The status that somebody gets; what the request did is undone."""
    found = DOORS[route].get(method, everyone(405))
    address = world.address(route)
    if found.query:
        address += f"?{found.query.format(**world.ids)}"
    body = found.body(world)
    sent: dict[str, Any] = {} if body is None else {"data": body, "format": found.format}
    with transaction.atomic():
        answer = getattr(world.clients[name], method.lower())(address, **sent)
        transaction.set_rollback(True)
    return int(answer.status_code)


LISTS = sorted(
    route for route, doors in DOORS.items() if doors.get("GET") == everyone(200) and "dropbox" not in route
)
OPEN_LISTS = (
    "/users/", "/users/me/", "/annotationtypes/", "/annotationtypes/<uuid:pk>/", "/galaxyservers/",
    "/galaxyservers/<uuid:pk>/", "/runservers/", "/runservers/<uuid:pk>/", "/workflowruns/import/sources/",
)  # fmt: skip


@pytest.mark.parametrize("route", [one for one in LISTS if not one.endswith(OPEN_LISTS)])
def test_what_is_adas_stands_in_no_list_of_eves(world: World, route: str) -> None:
    theirs = {name: world.clients[name].get(world.address(route)).json()["count"] for name in ("ada", "eve")}
    own_token = 1 if "tokens" in route else 1 if "groups" in route else 0
    assert theirs["ada"] >= 1
    assert theirs["eve"] == own_token


PUT_INTO_BODIES = [
    ("workflowruns/", lambda w: {"name": "x", "workflowversion": w.ids["workflowversion"]}),
    ("workflowversions/", lambda w: {"name": "x", "workflow": w.ids["workflow"]}),
    ("workflowrundatasets/", lambda w: {**a_new_link(w), "workflowrun": w.ids["eves run"]}),
    ("workflowrundatasets/", lambda w: {**a_new_link(w), "dataset": w.ids["eves dataset"]}),
    (
        "workflowruns/{eves run}/manage_datasets/",
        lambda w: {"datasets": [{"id": w.ids["dataset"]}], "data_type": "INPUT"},
    ),
    ("workflowruns/{eves run}/steps/", lambda w: {"name": "x", "key": "x", "parent": w.ids["step"]}),
    ("workflowruns/{eves run}/jobs/", lambda w: {"name": "x", "step": w.ids["step"]}),
]


@pytest.mark.parametrize(("route", "body"), PUT_INTO_BODIES)
def test_what_eve_cannot_see_is_not_there_inside_a_body_either(world: World, route: str, body: Any) -> None:
    world.ids["eves run"] = a_run(world.people["eve"]).pk
    world.ids["eves dataset"] = a_dataset(world.people["eve"]).pk
    eve = world.clients["eve"]
    send = eve.put if "manage" in route else eve.post
    answer = send(f"/api/v2/workflows/{route.format(**world.ids)}", body(world))
    assert answer.status_code == 404, answer.content
    assert answer.json()["errors"][0]["message"].startswith("there is no such")


@pytest.mark.parametrize("field", ["owned_by", "group"])
def test_a_record_cannot_be_given_to_a_group_that_one_is_not_in(world: World, field: str) -> None:
    body = {"name": "x", "workflowversion": None, "owned_by": world.ids["group"]}
    assert world.clients["eve"].post("/api/v2/workflows/workflowruns/", body).status_code == 404


@pytest.mark.parametrize("change", [{"public": True}, {"owned_by": "own group"}])
def test_whoever_may_only_edit_cannot_widen_who_else_may(world: World, change: dict[str, Any]) -> None:
    edie = world.people["edie"]
    change = {name: value if value is True else edie.primary_group_id for name, value in change.items()}
    address = f"/api/v2/workflows/workflowruns/{world.ids['run']}/"
    assert world.clients["edie"].patch(address, change).status_code == 403
    assert world.clients["ada"].patch(address, {"public": True}).status_code == 200


def test_what_is_public_is_seen_by_all_and_changed_by_none_of_them(world: World) -> None:
    run = a_run(world.people["ada"], public=True)
    address = f"/api/v2/workflows/workflowruns/{run.pk}/"
    assert world.clients["eve"].get(address).status_code == 200
    assert world.clients["eve"].patch(address, {"name": "mine"}).status_code == 403
    assert world.clients["eve"].delete(address).status_code == 403


# --- pages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", sorted(PAGES))
def test_pages_send_strangers_to_the_sign_in_and_hide_what_is_not_theirs(world: World, route: str) -> None:
    method, status = PAGES[route]
    address = world.address(route)
    answer = getattr(Client(), method.lower())(address)
    assert answer.status_code == 302
    assert "sign-in" in answer["Location"]
    browser = Client()
    browser.force_login(world.people["eve"])
    assert getattr(browser, method.lower())(address).status_code == status


@pytest.mark.parametrize("route", sorted(OPEN_PAGES))
def test_some_pages_are_for_everybody(world: World, route: str) -> None:
    assert getattr(Client(), OPEN_PAGES[route].lower())(f"/{route}").status_code in (200, 302)
