"""How the pages of web/workflows answer."""

PAGES: dict[str, tuple[str, int]] = {
    "workflows/": ("GET", 200),
    "workflows/new/": ("GET", 200),
    "workflows/<uuid:workflow_id>/": ("GET", 404),
    "workflows/<uuid:workflow_id>/edit/": ("POST", 404),
    "workflows/<uuid:workflow_id>/versions/new/": ("POST", 404),
    "workflows/versions/<uuid:version_id>/": ("GET", 404),
    "workflows/versions/<uuid:version_id>/edit/": ("POST", 404),
    "workflows/versions/<uuid:version_id>/release/": ("POST", 404),
    "workflows/versions/<uuid:version_id>/state/": ("POST", 404),
    "workflows/versions/<uuid:version_id>/files/": ("POST", 404),
    "workflows/versions/<uuid:version_id>/types/": ("POST", 404),
    "workflows/files/<uuid:workflowfile_id>/": ("GET", 404),
    "workflows/files/<uuid:workflowfile_id>/replace/": ("POST", 404),
    "workflows/files/<uuid:workflowfile_id>/remove/": ("POST", 404),
}
