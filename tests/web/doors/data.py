"""How the pages of web/data answer."""

PAGES: dict[str, tuple[str, int]] = {
    "datasets/": ("GET", 200),
    "datasets/selected/": ("POST", 302),
    "datasets/<uuid:dataset_id>/": ("GET", 404),
    "datasets/<uuid:dataset_id>/edit/": ("GET", 404),
    "datasets/<uuid:dataset_id>/files.zip": ("GET", 404),
    "collections/": ("GET", 200),
    "collections/<uuid:collection_id>/": ("GET", 404),
    "collections/<uuid:collection_id>/edit/": ("GET", 404),
    "collections/<uuid:collection_id>/add/": ("GET", 404),
    "collections/<uuid:collection_id>/datasets/<uuid:dataset_id>/remove/": ("POST", 404),
    "collections/<uuid:collection_id>/files.zip": ("GET", 404),
    "files/": ("GET", 200),
    "files/<uuid:file_id>/": ("GET", 404),
    "files/<uuid:file_id>/edit/": ("GET", 404),
    "files/<uuid:file_id>/preview/": ("GET", 404),
    "files/<uuid:file_id>/raw/": ("GET", 404),
}
