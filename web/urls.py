"""The addresses of the pages, room by room."""

from web.data.urls import urlpatterns as of_data
from web.imports.urls import urlpatterns as of_imports
from web.lineage.urls import urlpatterns as of_lineage
from web.people.urls import urlpatterns as of_people
from web.records.urls import urlpatterns as of_records
from web.run.urls import urlpatterns as of_run
from web.runs.urls import urlpatterns as of_runs
from web.search.urls import urlpatterns as of_search
from web.trash.urls import urlpatterns as of_trash
from web.workflows.urls import urlpatterns as of_workflows

app_name = "web"

urlpatterns = [
    *of_runs,
    *of_run,
    *of_records,
    *of_imports,
    *of_lineage,
    *of_data,
    *of_workflows,
    *of_search,
    *of_trash,
    *of_people,
]
