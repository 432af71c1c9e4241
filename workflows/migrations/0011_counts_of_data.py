"""How many datasets each run took in and gave out, counted by the database itself wherever associations are written.

On SQLite a migration that makes one of the two tables anew loses their triggers: it has to bring them back, by
``COUNTED_BY_SQLITE``.
"""

import django.db.models.deletion
from django.db import migrations, models

from common.migration_helpers import sql_for

COUNTS, RUNS, LINKS = "workflows_datacount", "workflows_workflowrun", "workflows_workflowrundataset"
FILLED = (
    f"INSERT INTO {COUNTS} (workflowrun_id, inputs, outputs) SELECT run.id, COALESCE(link.inputs, 0),"
    f" COALESCE(link.outputs, 0) FROM {RUNS} AS run LEFT JOIN (SELECT workflowrun_id,"
    " SUM(CASE WHEN data_type = 'INPUT' THEN 1 ELSE 0 END) AS inputs,"
    " SUM(CASE WHEN data_type = 'OUTPUT' THEN 1 ELSE 0 END) AS outputs"
    f" FROM {LINKS} GROUP BY workflowrun_id) AS link ON link.workflowrun_id = run.id"
)


def change_of(row: str, sign: str) -> str:
    """Add the association ``row`` to the numbers of its run, or take it away, on SQLite."""
    return (
        f"UPDATE {COUNTS} SET inputs = inputs {sign} ({row}.data_type = 'INPUT'),"
        f" outputs = outputs {sign} ({row}.data_type = 'OUTPUT') WHERE workflowrun_id = {row}.workflowrun_id;"
    )


COUNTED_BY_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS {COUNTS}_begins AFTER INSERT ON {RUNS} BEGIN"
    f" INSERT INTO {COUNTS} (workflowrun_id, inputs, outputs) VALUES (NEW.id, 0, 0); END",
    f"CREATE TRIGGER IF NOT EXISTS {COUNTS}_grows AFTER INSERT ON {LINKS}"
    f" WHEN NEW.data_type IN ('INPUT', 'OUTPUT') BEGIN {change_of('NEW', '+')} END",
    f"CREATE TRIGGER IF NOT EXISTS {COUNTS}_shrinks AFTER DELETE ON {LINKS}"
    f" WHEN OLD.data_type IN ('INPUT', 'OUTPUT') BEGIN {change_of('OLD', '-')} END",
    f"CREATE TRIGGER IF NOT EXISTS {COUNTS}_changes AFTER UPDATE OF data_type, workflowrun_id ON {LINKS}"
    f" BEGIN {change_of('OLD', '-')} {change_of('NEW', '+')} END",
]


def counting(event: str, rows: str) -> list[str]:
    """Triggers of PostgreSQL look once at all the rows of a statement: ``rows`` says which, and what each changes."""
    tables = {
        "INSERT": "NEW TABLE AS added",
        "DELETE": "OLD TABLE AS gone",
        "UPDATE": "OLD TABLE AS gone NEW TABLE AS added",
    }
    name = f"{COUNTS}_on_{event.lower()}"
    return [
        f"""CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            UPDATE {COUNTS} AS kept SET inputs = kept.inputs + more.inputs, outputs = kept.outputs + more.outputs
            FROM (SELECT workflowrun_id,
                COALESCE(SUM(change) FILTER (WHERE data_type = 'INPUT'), 0) AS inputs,
                COALESCE(SUM(change) FILTER (WHERE data_type = 'OUTPUT'), 0) AS outputs
                FROM ({rows}) AS changed GROUP BY workflowrun_id) AS more
            WHERE kept.workflowrun_id = more.workflowrun_id AND (more.inputs <> 0 OR more.outputs <> 0);
            RETURN NULL; END $$""",
        f"CREATE TRIGGER {name} AFTER {event} ON {LINKS} REFERENCING {tables[event]}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]


ADDED = "SELECT workflowrun_id, data_type, 1 AS change FROM added"
GONE = "SELECT workflowrun_id, data_type, -1 AS change FROM gone"
COUNTED_BY_POSTGRES = [
    f"""CREATE FUNCTION {COUNTS}_begins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO {COUNTS} (workflowrun_id, inputs, outputs) SELECT id, 0, 0 FROM added; RETURN NULL; END $$""",
    f"CREATE TRIGGER {COUNTS}_begins AFTER INSERT ON {RUNS} REFERENCING NEW TABLE AS added"
    f" FOR EACH STATEMENT EXECUTE FUNCTION {COUNTS}_begins()",
    *counting("INSERT", ADDED),
    *counting("DELETE", GONE),
    *counting("UPDATE", f"{ADDED} UNION ALL {GONE}"),
]
NOT_ON_SQLITE = [
    f"DROP TRIGGER IF EXISTS {COUNTS}_{name}" for name in ("begins", "grows", "shrinks", "changes")
]
NOT_ON_POSTGRES = [
    f"DROP FUNCTION {COUNTS}_{name}() CASCADE" for name in ("begins", "on_insert", "on_delete", "on_update")
]


class Migration(migrations.Migration):
    dependencies = [("workflows", "0010_indexes_of_times_again")]

    operations = [
        migrations.CreateModel(
            name="DataCount",
            fields=[
                (
                    "workflowrun",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="data_count",
                        serialize=False,
                        to="workflows.workflowrun",
                    ),
                ),
                ("inputs", models.PositiveIntegerField(default=0)),
                ("outputs", models.PositiveIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["inputs", "workflowrun"], name="run_by_inputs"),
                    models.Index(fields=["outputs", "workflowrun"], name="run_by_outputs"),
                ]
            },
        ),
        sql_for(vendor="sqlite", forward=[FILLED, *COUNTED_BY_SQLITE], backward=NOT_ON_SQLITE),
        sql_for(vendor="postgresql", forward=[FILLED, *COUNTED_BY_POSTGRES], backward=NOT_ON_POSTGRES),
    ]
