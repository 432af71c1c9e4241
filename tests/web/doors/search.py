"""How the pages of web/search answer."""

PAGES: dict[str, tuple[str, int]] = {
    "search/": ("GET", 200),
    "search/suggestions/": ("GET", 200),
}
