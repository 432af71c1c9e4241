"""Every page: the method to try, and what Eve, who may see nothing of Ada's, is answered."""

from tests.web.doors import data, imports, lineage, people, records, run, runs, search, trash, workflows

PAGES = {
    route: answer
    for room in (data, imports, lineage, people, records, run, runs, search, trash, workflows)
    for route, answer in room.PAGES.items()
}
OPEN_PAGES = {"sign-in/": "GET", "theme/": "POST"}
