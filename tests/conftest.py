"""People, clients and directories that every test may ask for. Ada owns, Bob shares the group, Eve is a stranger."""

import socket
import urllib.request
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiToken, Group, Membership, User
from common.background import BackgroundTask, background_models
from data_management.models import Dropbox
from tests import migrated

PASSWORD = "a long enough passphrase"


class Api(APIClient):
    """A program that speaks JSON; ``user`` is whose token it sends, None for nobody's."""

    default_format = "json"

    def __init__(self, user: User | None) -> None:
        super().__init__()
        self.user = user
        if user is not None:
            token, key = ApiToken.issue(user=user, name="tests")
            # Its use is noted already, so that a first request costs what all others cost.
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now())
            self.credentials(HTTP_AUTHORIZATION=f"Token {key}")


@pytest.fixture(autouse=True, scope="session")
def _static_files_have_a_place() -> None:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # whitenoise warns where there is none


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest, django_db_modify_db_settings: None) -> bool:
    """Whether the tables are there before the migrations are asked for; then these only look."""
    kept = migrated.place(request.config)
    return bool(request.config.getvalue("reuse_db")) or bool(kept and migrated.copied(kept))


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_keepdb: bool, django_db_blocker: Any
) -> None:
    """The tables, which the next run need not make again."""
    kept = migrated.place(request.config)
    if kept and not django_db_keepdb:
        with django_db_blocker.unblock():
            migrated.keep(kept)


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    cache.clear()


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the network for anything fails."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(urllib.request, "urlopen", refuse)


def member(name: str, group: Group, role: str = "member") -> User:
    """A user in one group, which is the primary one."""
    user = User.objects.create_user(name, password=PASSWORD, primary_group=group)
    Membership.objects.create(user=user, group=group, role=role)
    return user


@pytest.fixture
def genomics(db: None) -> Group:
    """Ada's and Bob's group."""
    return Group.objects.create(name="Genomics Core")


@pytest.fixture
def proteomics(db: None) -> Group:
    """Eve's group."""
    return Group.objects.create(name="Proteomics Lab")


@pytest.fixture
def ada(genomics: Group) -> User:
    """Who owns things."""
    return member("ada", genomics)


@pytest.fixture
def bob(genomics: Group) -> User:
    """In the owner's group."""
    return member("bob", genomics)


@pytest.fixture
def meg(genomics: Group) -> User:
    """The manager of the owner's group."""
    return member("meg", genomics, "manager")


@pytest.fixture
def eve(proteomics: Group) -> User:
    """In another group."""
    return member("eve", proteomics)


@pytest.fixture
def admin(db: None) -> User:
    """An administrator, in no group."""
    return User.objects.create_superuser("root", password=PASSWORD)


@pytest.fixture
def api(db: None) -> Callable[[User | None], Api]:
    """``api(ada)``: a client that sends a token of Ada's; ``api(None)`` sends none."""
    return Api


@pytest.fixture
def ada_api(ada: User) -> Api:
    """Ada's client."""
    return Api(ada)


@pytest.fixture
def dropbox(ada: User, genomics: Group, tmp_path: Path) -> Path:
    """Ada's dropbox for her group: an empty directory."""
    return dropbox_of(ada, genomics, tmp_path / "dropboxes" / "ada")


def dropbox_of(user: User, group: Group, path: Path) -> Path:
    """Make a directory and let the user register from it."""
    path.mkdir(parents=True)
    Dropbox.objects.create(user=user, group=group, path=str(path))
    return path


@pytest.fixture
def run_tasks(db: None) -> Callable[[], int]:
    """A function that does what a worker would: every task that waits; says how many there were."""

    def run() -> int:
        done = 0
        for model in background_models():
            for row in model._base_manager.filter(state=BackgroundTask.State.PENDING):
                import_module(row.task_name.rpartition(".")[0])  # as a worker does when it starts
                current_app.tasks[row.task_name](str(row.pk))
                done += 1
        return done

    return run


@pytest.fixture
def body_of() -> Callable[[Any], bytes]:
    """The whole content of an answer, streamed or not."""

    def read(answer: Any) -> bytes:
        return b"".join(answer.streaming_content) if answer.streaming else answer.content

    return read
