"""A small registry as the benchmarks fill it, and the two doors to it: ours and the floor's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from benchmarks.fill import MANY, PostgresDialect, SqliteDialect, fill_rows, token_of, user_id
from benchmarks.fill.population import KIND_GROUP, group_of, made_id
from benchmarks.payloads import Size, make_files
from data_management.models import Dropbox

RUNS = 50
SMALL = Size(datasets=6, files_each=2, folders=2)

Get = Callable[[str, int], Any]


@pytest.fixture
def filled(db: None, settings: Any) -> None:
    """Fifty runs with all that hangs on them, served beside the floor's addresses."""
    settings.ROOT_URLCONF = "benchmarks.floor.urls"
    dialect = SqliteDialect() if connection.vendor == "sqlite" else PostgresDialect()
    with connection.cursor() as cursor:
        fill_rows(cursor, dialect=dialect, runs=RUNS)
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO workflows_runtext_fts(workflows_runtext_fts) VALUES ('rebuild')")
        else:
            cursor.execute("SELECT setval(pg_get_serial_sequence('workflows_runtext', 'id'), 50)")


@pytest.fixture
def get(filled: None) -> Get:
    """Ask for JSON as one of the filled registry's people."""

    def ask(path: str, person: int = MANY) -> Any:
        answer = Client(headers={"Authorization": f"Token {token_of(person)}"}).get(path)
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


@pytest.fixture
def dropbox(filled: None, tmp_path: Path) -> Path:
    """A dropbox of the person who registers, with the files of a small registration."""
    group = made_id(KIND_GROUP, group_of(MANY))
    Dropbox.objects.create(user_id=user_id(MANY), group_id=group, path=str(tmp_path))
    make_files(SMALL, tmp_path)
    return tmp_path
