"""What Galaxy has of the inputs and outputs of runs, in the admin pages."""

from django.contrib import admin

from galaxy_import.models import GalaxyDataset
from run_import.admin import Kept


@admin.register(GalaxyDataset)
class GalaxyDatasetAdmin(Kept):
    """What is known of their inputs and outputs."""

    list_display = ("name", "src", "galaxy_id", "data_type", "condition", "size", "workflowrun")
    list_filter = ("condition", "data_type")
    search_fields = ("name", "galaxy_id")
    list_select_related = ("workflowrun",)
