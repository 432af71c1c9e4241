"""How the pages of web/lineage answer."""

PAGES: dict[str, tuple[str, int]] = {
    "runs/compare/": ("GET", 200),
    "whence/": ("GET", 200),
    "runs/<uuid:run_id>/lineage/": ("GET", 404),
    "datasets/<uuid:dataset_id>/lineage/": ("GET", 404),
    "files/<uuid:file_id>/lineage/": ("GET", 404),
}
