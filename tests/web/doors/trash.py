"""How the pages of web/trash answer."""

PAGES: dict[str, tuple[str, int]] = {
    "trash/": ("GET", 200),
    "trash/restore/": ("POST", 302),
}
