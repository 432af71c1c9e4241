"""How the pages of web/records answer."""

SHARED = ("run", "dataset", "collection", "workflow")
WORDS = (*SHARED, "version")

PAGES: dict[str, tuple[str, int]] = {
    **{f"records/{one}/<uuid:{one}_id>/share/": ("GET", 404) for one in SHARED},
    **{f"records/{one}/<uuid:{one}_id>/share/public/": ("POST", 404) for one in SHARED},
    **{f"records/{one}/<uuid:{one}_id>/share/<uuid:share_id>/remove/": ("POST", 404) for one in SHARED},
    **{f"records/{one}/<uuid:{one}_id>/delete/": ("POST", 404) for one in WORDS},
    **{f"records/{one}/<uuid:{one}_id>/restore/": ("POST", 404) for one in WORDS},
    **{f"records/{one}/<uuid:{one}_id>/notes/": ("POST", 404) for one in WORDS},
    **{f"records/{one}/<uuid:{one}_id>/notes/<uuid:note_id>/": ("POST", 404) for one in WORDS},
    **{f"records/{one}/<uuid:{one}_id>/annotations/": ("POST", 404) for one in WORDS},
    **{
        f"records/{one}/<uuid:{one}_id>/annotations/<uuid:annotation_id>/remove/": ("POST", 404)
        for one in WORDS
    },
}
