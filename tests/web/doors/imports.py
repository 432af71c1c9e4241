"""How the pages of web/imports answer."""

PAGES: dict[str, tuple[str, int]] = {
    "runs/import/": ("GET", 200),
    "runs/import/runs/": ("POST", 400),
    "runs/import/runs/check/": ("POST", 200),
    "runs/import/galaxy/": ("GET", 302),
    "runs/import/crate/": ("GET", 200),
    "runs/register/": ("GET", 200),
    "runs/registrations/<uuid:import_id>/": ("GET", 404),
    "runs/imports/": ("GET", 200),
    "runs/imports/<uuid:import_id>/": ("GET", 404),
    "runs/imports/<uuid:import_id>/row/": ("GET", 404),
    "runs/run-imports/<uuid:import_id>/": ("GET", 404),
    "runs/galaxy-imports/<uuid:import_id>/": ("GET", 302),
    "runs/<uuid:run_id>/import-again/": ("POST", 404),
}
