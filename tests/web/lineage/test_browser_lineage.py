"""Comparing, following, and looking files up, in a real browser."""

import hashlib
import os
from typing import Any

from django.urls import reverse

from data_management.models import DataFile
from tests.web.browser import IN_A_BROWSER, a_browser, a_page, let_in, may_sign_in, sign_in, violations
from tests.web.lineage_rows import a_chain, a_fan, datasets_of, link, runs_of
from tests.web.rows import a_dataset, a_run, a_version, used
from tests.web.walk import walked
from workflows.models import WorkflowRunParameter

pytestmark = IN_A_BROWSER


def a_file_for(dataset: Any, path: Any, size: int) -> tuple[str, str]:
    """A file on this machine with the content of the dataset's only file: its path and its SHA-256."""
    path.write_bytes(os.urandom(size))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    DataFile.objects.filter(dataset=dataset).update(sha256=digest)
    return str(path), digest


def test_a_file_is_looked_up_by_its_content_which_never_leaves_the_browser(
    live_server: Any, ada: Any, tmp_path: Any
) -> None:
    may_sign_in(ada)
    dataset = a_dataset(ada, "counts.tsv", name="Counts")
    used(a_run(ada, "the maker"), dataset, "OUTPUT")
    known, digest = a_file_for(dataset, tmp_path / "found on a disk.tsv", 9_500_000)
    (tmp_path / "unheard of.txt").write_text("nobody registered this")
    (tmp_path / "empty.txt").write_text("")
    unknown = [str(tmp_path / name) for name in ("unheard of.txt", "empty.txt")]
    with a_browser() as chromium, a_page(chromium) as page:
        sign_in(page, live_server.url)
        sent: list[Any] = []
        page.on("request", lambda request: sent.append(request))
        page.get_by_role("link", name="Where is this file from?").click()
        box = page.get_by_role("dialog")
        box.get_by_text("not uploaded").wait_for()
        page.set_input_files("#whence-files", known)
        box.get_by_text("Created by the maker").first.wait_for()
        page.set_input_files("#whence-files", unknown)
        box.get_by_text("Unknown").first.wait_for()
        box.get_by_text("all empty files have it").first.wait_for(state="attached")
        page.set_input_files("#whence-files", [known, *unknown])
        box.get_by_text("Created by the maker").first.wait_for()
        assert [request.method for request in sent if request.method != "GET"] == []
        assert all(len(request.url) < 200 and not request.post_data_buffer for request in sent)
        assert any(request.url.endswith(f"?checksum={digest}") for request in sent)
        assert violations(page) == []
        box.locator("summary").first.click()
        box.get_by_role("link", name="Open lineage").click()
        page.wait_for_url("**/lineage/")
        assert page.get_by_role("heading", level=1).inner_text() == "Lineage of counts.tsv"
        page.get_by_role("link", name="the maker").first.wait_for()


def test_files_are_dropped_cancelled_and_lead_to_their_lineage(
    live_server: Any, ada: Any, tmp_path: Any
) -> None:
    may_sign_in(ada)
    dataset = a_dataset(ada, "counts.tsv")
    used(a_run(ada, "the maker"), dataset, "OUTPUT")
    DataFile.objects.filter(dataset=dataset).update(sha256=hashlib.sha256(b"known text").hexdigest())
    drop = """async (text) => {
      const files = new DataTransfer();
      files.items.add(new File([text], "dropped.txt"));
      for (const kind of ["dragover", "drop"])
        document.querySelector("#whence h2").dispatchEvent(
          new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: files }));
    }"""
    with a_browser() as chromium, a_page(chromium) as page:
        sign_in(page, live_server.url)
        page.get_by_role("link", name="Where is this file from?").press("Enter")
        page.evaluate(drop, "some text")
        page.get_by_role("dialog").locator("summary", has_text="Unknown").wait_for()
        many = """() => { const files = [1, 2].map((n) => new File([new Uint8Array(3e7)], `large ${n}.bin`));
          window.runstead.whence.take(files); }"""
        page.evaluate(many)
        page.get_by_role("button", name="Cancel large 2.bin").click()
        page.get_by_text("Cancelled.").wait_for()
        page.keyboard.press("Escape")
        assert not page.get_by_role("dialog").is_visible()
        page.get_by_role("link", name="Where is this file from?").press("Enter")
        page.evaluate(drop, "known text")
        page.get_by_role("dialog").get_by_role("link", name="Open lineage").click()
        page.get_by_role("heading", level=1, name="Lineage of counts.tsv").wait_for()


def test_without_javascript_a_checksum_is_pasted(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    used(a_run(ada, "the maker"), a_dataset(ada, "counts.tsv"), "OUTPUT")
    with a_browser() as chromium, a_page(chromium, java_script_enabled=False) as page:
        sign_in(page, live_server.url)
        page.get_by_role("link", name="Where is this file from?").click()
        page.get_by_label("SHA-256, MD5, path or address").fill("CD" * 32)
        page.get_by_role("button", name="Look up").click()
        page.get_by_role("link", name="Lineage of counts.tsv").click()
        page.wait_for_url("**/lineage/")
        page.get_by_text("1 run away").wait_for()


def test_two_runs_are_compared_a_third_is_added_and_one_left_out(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    version = a_version(ada)
    runs = [a_run(ada, name, workflowversion=version) for name in ("liver", "kidney", "spleen")]
    for number, run in enumerate(runs):
        WorkflowRunParameter.objects.create(workflowrun=run, name="cutoff", value=number)
        WorkflowRunParameter.objects.create(workflowrun=run, name="threads", value=4)
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(live_server.url + reverse("web:compare"))
        for name in ("liver", "kidney"):
            page.get_by_role("searchbox", name="Search runs to add").fill(name)
            page.get_by_role("search", name="Runs to add").get_by_role("button").click()
            page.get_by_role("link", name=f"Add {name}", exact=True).click()
        table = page.get_by_role("table")
        table.get_by_role("row", name="cutoff").wait_for()
        assert table.get_by_role("row", name="threads").count() == 0
        page.get_by_role("link", name="Show all").click()
        table.get_by_role("row", name="threads").wait_for()
        page.get_by_role("searchbox", name="Search runs to add").type("spleen")
        page.get_by_role("link", name="Add spleen", exact=True).click()
        page.get_by_role("heading", name="Compare 3 runs").wait_for()
        page.get_by_role("link", name="Remove run A from the comparison").click()
        page.get_by_role("heading", name="Compare 2 runs").wait_for()
        assert "kidney" in table.get_by_role("columnheader").nth(1).inner_text()


def test_the_picture_unfolds_step_by_step_and_names_what_is_chosen(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    chain = a_chain(ada, 300)
    a_fan(ada, chain[-1], 12)
    with a_browser() as chromium, a_page(chromium) as page:
        let_in(page, live_server.url)
        page.goto(live_server.url + reverse("web:dataset-lineage", args=[chain[-1].pk]))
        picture = page.get_by_role("group", name="Lineage of link 300; the list below says the same")
        picture.get_by_role("button", name="chained run 299").wait_for()
        assert picture.get_by_role("button", name="chained run 298").count() == 0
        picture.get_by_role("button", name="+1 more, before this").click()
        picture.get_by_role("button", name="chained run 297").wait_for()
        assert picture.get_by_role("button", name="chained run 296").count() == 0
        assert picture.get_by_role("button", name="fanned run").count() == 0
        picture.get_by_role("button", name="12 runs").press("Enter")
        picture.get_by_role("button", name="fanned run 11").wait_for()
        picture.get_by_role("button", name="chained run 297").press("Enter")
        panel = page.get_by_role("region", name="Selected in the graph")
        panel.get_by_text("3 runs away").wait_for()
        panel.get_by_role("link", name="Continue lineage from here").click()
        page.get_by_role("heading", level=1, name="Lineage of chained run 297").wait_for()


SEEN_ACROSS = """() => {
  const graph = document.querySelector(".graph").graph;
  const { x, width } = graph.view;
  return [...graph.places.values()].every((at) => at.x - at.width / 2 >= x && at.x + at.width / 2 <= x + width);
}"""


def test_on_a_phone_a_wide_fan_is_a_column_that_needs_no_panning(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    [root] = datasets_of(ada, "reference genome", 1)
    a_fan(ada, root, 12)
    [run] = runs_of(ada, "prolific", 1)
    link(ada, [run] * 7, datasets_of(ada, "output of many", 7), "OUTPUT")
    phone = {"viewport": {"width": 390, "height": 844}}
    with a_browser() as chromium, a_page(chromium, **phone) as page:
        let_in(page, live_server.url)
        page.goto(live_server.url + reverse("web:run-lineage", args=[run.pk]))
        page.get_by_role("button", name="output of many 6").wait_for()
        assert page.evaluate(SEEN_ACROSS)
        page.goto(live_server.url + reverse("web:dataset-lineage", args=[root.pk]))
        page.get_by_role("button", name="12 runs").press("Enter")
        page.get_by_role("button", name="fanned 11").wait_for()
        assert page.locator(".g-node").count() == 25
        assert page.evaluate(SEEN_ACROSS)


ENDS = """() => {
  const graph = document.querySelector(".graph").graph;
  const at = (id) => graph.places.get(id);
  const backwards = [...graph.edges.values()].filter((edge) => edge.kind !== "same" && edge.kind !== "more"
    && at(edge.from).x + at(edge.from).width / 2 >= at(edge.to).x - at(edge.to).width / 2);
  return [backwards.length, [...graph.edges.values()].filter((edge) => edge.kind === "same").length];
}"""


def test_equal_content_turns_no_arrow_around_and_is_explained(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    runs = [a_run(ada, name) for name in ("sort", "sort again")]
    for run in runs:
        used(run, a_dataset(ada, "B.txt", name=f"samples of {run.name}"))
        used(run, a_dataset(ada, "B.sorted.txt", name=f"sorted by {run.name}"), "OUTPUT")
    with a_browser() as chromium, a_page(chromium) as page:
        sign_in(page, live_server.url)
        page.goto(live_server.url + reverse("web:run-lineage", args=[runs[0].pk]))
        page.get_by_role("button", name="sort again, run, success").wait_for()
        backwards, ties = page.evaluate(ENDS)
        assert backwards == 0
        assert ties == 2
        page.get_by_role("button", name="samples of sort, 1 file").press("Enter")
        panel = page.get_by_role("region", name="Selected in the graph")
        panel.get_by_role("link", name="B.txt").wait_for()
        panel.get_by_text("Same content: B.sorted.txt = B.txt, SHA-256 cdcdcdcdcdcd").first.wait_for()
        panel.get_by_text("output of sort again").wait_for()
        panel.get_by_role("link", name="sort", exact=True).wait_for()


def test_a_thousand_ancestors_stay_fluent_and_are_shown_by_steps(live_server: Any, ada: Any) -> None:
    may_sign_in(ada)
    chain = a_chain(ada, 330)
    end = runs_of(ada, "gathering", 1)
    link(ada, end * 330, chain[1:], "INPUT")
    link(ada, end * 300, datasets_of(ada, "leaf", 300), "INPUT")
    [result] = datasets_of(ada, "result", 1)
    link(ada, end, [result], "OUTPUT")
    watch = """window.longest = 0; new PerformanceObserver((list) => {
      for (const one of list.getEntries()) window.longest = Math.max(window.longest, one.duration);
    }).observe({ type: "longtask", buffered: true });"""
    with a_browser() as chromium, a_page(chromium) as page:
        page.add_init_script(watch)
        sign_in(page, live_server.url)
        page.goto(live_server.url + reverse("web:dataset-lineage", args=[result.pk]) + "?direction=up")
        graph = page.locator(".graph")
        graph.get_by_role("button", name="gathering").wait_for()
        assert graph.locator(".g-node").count() < 40
        for _ in range(3):
            graph.locator('.g-node[aria-label*="more,"], .g-node[aria-label*="click to show"]').first.press(
                "Enter"
            )
            page.wait_for_timeout(400)
        shown = graph.locator(".g-node").count()
        assert 10 < shown < 200
        assert page.evaluate("window.longest") < 1000  # generous: the machine of a test is busy


def test_pages_are_accessible_and_quiet_and_fit_in_both_themes_on_desk_and_phone(
    live_server: Any, ada: Any
) -> None:
    may_sign_in(ada)
    version = a_version(ada)
    facts = {"workflowversion": version, "run_command": "salmon quant " * 40}
    runs = [a_run(ada, name, **facts) for name in ("x" * 200, "肝臓サンプル", "تحليل الكبد")]
    chain = a_chain(ada, 5, version)
    run = runs_of(ada, "prolific", 1)[0]
    link(ada, [run], chain[-1:], "INPUT")
    link(ada, [run] * 20, datasets_of(ada, "y" * 150, 20), "OUTPUT")
    used(runs[0], a_dataset(ada, "z" * 150), "OUTPUT")
    compared = f"{reverse('web:compare')}?ids={','.join(str(one.pk) for one in runs)}"
    addresses = [
        compared,
        f"{compared}&all=1",
        reverse("web:dataset-lineage", args=[chain[3].pk]),
        reverse("web:run-lineage", args=[run.pk]),
        f"{reverse('web:whence')}?checksum={'cd' * 32}",
        f"{reverse('web:whence')}?checksum={'01' * 32}",
    ]
    with a_browser() as chromium:
        assert walked(chromium, live_server.url, addresses) == []
