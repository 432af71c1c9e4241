"""SQL that differs by database, for migrations."""

from typing import Any

from django.db import migrations


def sql_for(*, vendor: str, forward: list[str], backward: list[str]) -> migrations.RunPython:
    """An operation that runs SQL statements on one kind of database and nothing on the others."""

    def run(statements: list[str]) -> Any:
        def act(apps: Any, schema_editor: Any) -> None:
            if schema_editor.connection.vendor == vendor:
                for statement in statements:
                    schema_editor.execute(statement)

        return act

    return migrations.RunPython(run(forward), run(backward), elidable=False)
