"""Indexes of the orders that had none, of when runs were registered, and of how many started when.

The runs of a version are counted by status, too, without a look at the table. On SQLite the indexes of times come
back: the migrations after theirs made the table anew, and what Django does not know of is lost thereby.
"""

from django.db import migrations, models

from common.migration_helpers import sql_for

TABLE = "workflows_workflowrun"
DROP = "DROP INDEX IF EXISTS run_by_{column}"
# What says who sees a run and in which colour: runs are counted by day without a look at the table.
COVER = "status, owner_id, owned_by_id, public, deleted"


def index_of(column: str, *, nulls: str = "", more: str = "", cover: str = "") -> list[str]:
    """The statements that make the index of a time or duration, in place of another one."""
    made = f"CREATE INDEX run_by_{column} ON {TABLE} ({column} DESC{nulls}, id DESC{more}){cover}"
    return [DROP.format(column=column), made]


class Migration(migrations.Migration):
    """Rows lie in the order of registration: a BRIN index of it takes no room and no time worth telling."""

    dependencies = [("workflows", "0006_indexes_of_versions_and_trash")]

    operations = [
        migrations.AddIndex(
            model_name="workflowrun",
            index=models.Index(fields=["-modified", "-id"], name="run_by_modified"),
        ),
        migrations.AddIndex(
            model_name="workflowrun", index=models.Index(fields=["source", "id"], name="run_by_source")
        ),
        migrations.RemoveIndex(model_name="workflowrun", name="run_of_version"),
        migrations.AddIndex(
            model_name="workflowrun",
            index=models.Index(
                condition=models.Q(("deleted", False)),
                fields=["workflowversion", "-id", "owner", "owned_by", "public", "status"],
                name="run_of_version",
            ),
        ),
        sql_for(
            vendor="sqlite",
            forward=[
                *index_of("started_at", more=f", {COVER}"),
                *index_of("completed_at"),
                *index_of("duration"),
            ],
            backward=index_of("started_at"),
        ),
        sql_for(
            vendor="postgresql",
            forward=[
                *index_of("started_at", nulls=" NULLS LAST", cover=f" INCLUDE ({COVER})"),
                f"CREATE INDEX run_by_created ON {TABLE} USING brin (created)",
            ],
            backward=["DROP INDEX run_by_created", *index_of("started_at", nulls=" NULLS LAST")],
        ),
    ]
