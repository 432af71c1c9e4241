"""What the pages of a run tell of what its jobs asked for, where they ran, and what is missing."""

from typing import Any

from django.test import Client

from tests.factories import a_job, a_node, a_run, a_step

GB = 10**9


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_was_asked_for_stands_beside_what_was_used(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    asked = {"memory_bytes": 8 * GB, "cpus": 4, "runtime_seconds": 7200}
    a_job(run, step=a_step(run), requested=asked, resources={"max_rss_bytes": 2 * GB}, node="n17",
          scheduler={"kind": "slurm", "partition": "long"})  # fmt: skip
    text = page(ada_browser, f"/runs/{run.pk}/steps/")
    assert "of 8.00 GB" in text
    assert "Asked for" in text
    assert all(f'<span class="muted">{name}</span> {value}' in text for name, value in
               (("runtime", "2 h"), ("kind", "slurm"), ("partition", "long"), ("node", "n17")))  # fmt: skip


def test_the_nodes_that_jobs_ran_on_stand_with_the_environment(ada: Any, ada_browser: Client) -> None:
    run = a_run(ada)
    a_node(run, "n17", hostname="node-17.example.org", cpus=64, memory_bytes=256 * GB, kind="slurm")
    text = page(ada_browser, f"/runs/{run.pk}/environment/")
    assert "Compute nodes" in text
    assert "node-17.example.org" in text
    assert "256 GB" in text


def test_the_overview_says_what_is_missing(ada: Any, ada_browser: Client) -> None:
    declared = [{"path": f"out/<{n}>.tsv", "data_type": "OUTPUT", "optional": False} for n in range(2)]
    text = page(ada_browser, f"/runs/{a_run(ada, declared=declared).pk}/")
    assert "2 declared outputs are absent." in text
    assert "out/&lt;0&gt;.tsv" in text
    assert "Not complete" not in page(ada_browser, f"/runs/{a_run(ada).pk}/")
