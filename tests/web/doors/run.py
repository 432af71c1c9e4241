"""How the pages of web/run answer."""

PAGES: dict[str, tuple[str, int]] = {
    "runs/<uuid:run_id>/": ("GET", 404),
    "runs/<uuid:run_id>/rocrate/": ("GET", 404),
    "runs/<uuid:run_id>/steps/": ("GET", 404),
    "runs/<uuid:run_id>/graph.json": ("GET", 404),
    "runs/<uuid:run_id>/jobs/<uuid:job_id>/log.txt": ("GET", 404),
    "runs/<uuid:run_id>/datasets/": ("GET", 404),
    "runs/<uuid:run_id>/datasets/files.zip": ("GET", 404),
    "runs/<uuid:run_id>/datasets/add/": ("GET", 404),
    "runs/<uuid:run_id>/datasets/<uuid:link_id>/remove/": ("POST", 404),
    "runs/<uuid:run_id>/logs/": ("GET", 404),
    "runs/<uuid:run_id>/environment/": ("GET", 404),
    "runs/<uuid:run_id>/notes/": ("GET", 404),
    "runs/<uuid:run_id>/history/": ("GET", 404),
    "runs/<uuid:run_id>/live/": ("GET", 404),
    "runs/<uuid:run_id>/edit/": ("GET", 404),
    "runs/<uuid:run_id>/status/": ("GET", 404),
    "runs/<uuid:run_id>/again/": ("GET", 404),
    "runs/<uuid:run_id>/rocrate/about/": ("GET", 404),
}
