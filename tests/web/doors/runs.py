"""How the pages of web/runs answer."""

PAGES: dict[str, tuple[str, int]] = {
    "": ("GET", 200),
    "runs/strip/": ("GET", 200),
    "runs/filters/": ("GET", 200),
    "runs/csv/": ("GET", 200),
    "runs/columns/": ("POST", 302),
    "runs/batch/": ("POST", 302),
    "runs/crates/": ("GET", 200),
    "runs/views/": ("POST", 302),
    "runs/views/<uuid:view_id>/": ("POST", 404),
    "runs/views/<uuid:view_id>/delete/": ("POST", 404),
}
