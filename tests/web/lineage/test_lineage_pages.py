"""What something was made from, and what was made from it, as pages."""

from typing import Any

from django.test import Client
from django.urls import reverse

from data_management.models import DataFile, Dataset
from tests.web.lineage_rows import a_chain, a_fan, datasets_of, link, runs_of
from tests.web.rows import a_dataset, a_run, used
from web.models import Preferences


def of_dataset(browser: Client, dataset: Dataset, **query: Any) -> Any:
    """The page of a dataset's lineage."""
    return browser.get(reverse("web:dataset-lineage", args=[dataset.pk]), query)


def side(answer: Any, direction: str) -> Any:
    """The runs of one direction: (distance, name), the nearest first."""
    distances = next(found for one, _, found in answer.context["sides"] if one == direction)
    return [(one.steps, passage.run["name"]) for one in distances for passage in one.passages]


def test_the_list_tells_what_came_before_and_after_by_distance(ada: Any, ada_browser: Client) -> None:
    chain = a_chain(ada, 4)
    answer = of_dataset(ada_browser, chain[2])
    assert side(answer, "up") == [(1, "chained run 1"), (2, "chained run 0")]
    assert side(answer, "down") == [(1, "chained run 2"), (2, "chained run 3")]
    assert "1 run away" in answer.text
    assert "2 runs away" in answer.text
    assert "4 runs and 5 datasets, this dataset included" in answer.text


def test_one_direction_is_shown_alone(ada: Any, ada_browser: Client) -> None:
    answer = of_dataset(ada_browser, a_chain(ada, 2)[1], direction="up")
    assert [one for one, _, _ in answer.context["sides"]] == ["up"]
    assert "direction=up" in answer.context["address"]


def test_the_same_content_ties_the_runs_of_different_people_together(
    ada: Any, bob: Any, ada_browser: Client
) -> None:
    made, taken = a_dataset(ada, "out.txt", name="made"), a_dataset(bob, "in.txt", name="taken")
    used(a_run(ada, "maker"), made, "OUTPUT")
    used(a_run(bob, "taker"), taken)
    assert side(of_dataset(ada_browser, made), "down") == [(1, "taker")]
    [content] = of_dataset(ada_browser, made).context["contents"]
    assert [(node["name"], name) for node, name in content.shown] == [
        ("made", "out.txt"),
        ("taken", "in.txt"),
    ]
    assert "Files with the same content" in of_dataset(ada_browser, made).text
    [reason] = of_dataset(ada_browser, made).context["sides"][1][2][0].passages[0].reasons
    assert reason.file == {"sha256": "cd" * 32, "source": "out.txt", "target": "in.txt"}
    file = DataFile.objects.get(dataset=taken)
    answer = ada_browser.get(reverse("web:file-lineage", args=[file.pk]))
    assert side(answer, "up") == [(1, "maker")]


def test_the_lineage_of_a_run_begins_with_what_it_used_and_made(ada: Any, ada_browser: Client) -> None:
    a_chain(ada, 3)
    run = runs_of(ada, "alone", 1)[0]
    link(ada, [run], datasets_of(ada, "in", 1), "INPUT")
    link(ada, [run], datasets_of(ada, "out", 1), "OUTPUT")
    answer = ada_browser.get(reverse("web:run-lineage", args=[run.pk]))
    sides = {one: distances[0].passages[0] for one, _, distances in answer.context["sides"]}
    assert [node["name"] for node in sides["up"].used] == ["in 0"]
    assert [node["name"] for node in sides["down"].made] == ["out 0"]
    assert sides["up"].made == sides["down"].used == []


def test_runs_datasets_and_files_lead_to_their_lineage_and_back(ada: Any, ada_browser: Client) -> None:
    dataset, run = a_dataset(ada, "counts.tsv"), a_run(ada)
    file = DataFile.objects.get(dataset=dataset)
    for kind, key in (("run", run.pk), ("dataset", dataset.pk), ("file", file.pk)):
        page, lineage = (reverse(f"web:{name}", args=[key]) for name in (kind, f"{kind}-lineage"))
        assert f'href="{lineage}"' in ada_browser.get(page).text
        assert f'href="{page}"' in ada_browser.get(lineage).text
    assert f"{reverse('web:compare')}?ids={run.pk}" in ada_browser.get(reverse("web:run", args=[run.pk])).text


def test_the_picture_is_told_the_zone_that_the_person_chose(ada: Any, ada_browser: Client) -> None:
    Preferences.objects.create(user=ada, time_zone="Asia/Tokyo")
    assert 'data-zone="Asia/Tokyo"' in of_dataset(ada_browser, a_chain(ada, 2)[1]).text


def test_data_without_any_run_says_so(ada: Any, ada_browser: Client) -> None:
    answer = of_dataset(ada_browser, a_dataset(ada, "alone.txt"))
    assert "it came from outside" in answer.text
    assert "data-lineage=" not in answer.text


def test_hundreds_of_ancestors_stay_a_short_page_that_says_there_is_more(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    chain = a_chain(ada, 300)
    with django_assert_max_num_queries(20):
        answer = of_dataset(ada_browser, chain[-1])
    assert len(side(answer, "up")) == 30
    assert "the nearest ones, there are more" in answer.text
    assert 'aria-label="1 more run before link 270">+1</a>' in answer.text
    longer = of_dataset(ada_browser, chain[-1], limit=answer.context["next_limit"])
    assert len(side(longer, "up")) == 100


def test_a_wide_fan_stays_bounded_too(
    ada: Any, ada_browser: Client, django_assert_max_num_queries: Any
) -> None:
    root = datasets_of(ada, "root", 1)[0]
    a_fan(ada, root, 400)
    with django_assert_max_num_queries(20):
        answer = of_dataset(ada_browser, root)
    assert len(answer.context["told"]["nodes"]) <= 62
    assert len(answer.content) < 100_000


def test_a_run_with_many_outputs_names_a_few(ada: Any, ada_browser: Client) -> None:
    run = runs_of(ada, "prolific", 1)[0]
    outputs = datasets_of(ada, "out", 30)
    link(ada, [run] * 30, outputs, "OUTPUT")
    answer = ada_browser.get(reverse("web:run-lineage", args=[run.pk]))
    assert "and 22 more" in answer.text


def test_what_one_may_not_see_is_counted_and_not_named(ada: Any, eve: Any, eve_browser: Client) -> None:
    dataset = a_dataset(eve, "hers.txt", name="hers")
    used(a_run(ada, "secret run"), dataset)
    answer = of_dataset(eve_browser, dataset)
    assert "1 more that you have no access to" in answer.text
    assert "secret run" not in answer.text


def test_strangers_find_no_lineage(ada: Any, eve_browser: Client) -> None:
    dataset, run = a_dataset(ada, "a.txt"), a_run(ada)
    file = DataFile.objects.get()
    for kind, one in (("dataset", dataset), ("file", file), ("run", run)):
        assert eve_browser.get(reverse(f"web:{kind}-lineage", args=[one.pk])).status_code == 404


def test_the_page_as_an_api_call_tells_the_same_nodes(ada: Any, ada_browser: Client) -> None:
    answer = of_dataset(ada_browser, a_chain(ada, 3)[1])
    told = ada_browser.get(answer.context["address"]).json()
    assert told["nodes"] == answer.context["told"]["nodes"]


def test_senseless_queries_show_the_usual_page(ada: Any, ada_browser: Client) -> None:
    dataset = a_chain(ada, 2)[1]
    answer = of_dataset(ada_browser, dataset, direction="sideways", limit="999999999999")
    assert answer.context["direction"] == "both"
    assert "limit=60" in answer.context["address"]


def test_names_are_shown_inert(ada: Any, ada_browser: Client) -> None:
    evil = '"><script>alert(1)</script>'
    dataset = a_dataset(ada, evil, name=evil)
    used(a_run(ada, evil), dataset, "OUTPUT")
    assert "<script>alert" not in of_dataset(ada_browser, dataset).text


def test_the_list_says_how_much_of_a_fan_is_not_on_the_page(ada: Any, ada_browser: Client) -> None:
    root = datasets_of(ada, "root", 1)[0]
    a_fan(ada, root, 100)
    answer = of_dataset(ada_browser, root)
    assert f"and {100 - len(side(answer, 'down'))} more next to it that are not on this page" in answer.text


def test_a_run_that_only_passed_the_content_on_is_told_apart_from_what_made_it(
    ada: Any, ada_browser: Client
) -> None:
    samples, other = a_dataset(ada, "B.txt", name="samples"), a_dataset(ada, "B.txt", name="other samples")
    run, copy = a_run(ada, "sort"), a_run(ada, "sort again")
    for one, taken in ((run, samples), (copy, other)):
        used(one, taken)
        used(one, a_dataset(ada, "B.sorted.txt", name=f"sorted by {one.name}"), "OUTPUT")
    answer = ada_browser.get(reverse("web:run-lineage", args=[run.pk]))
    assert side(answer, "up") == [(0, "sort"), (None, "sort again")]
    assert "Same content only" in answer.text
    assert "2 runs and 4 datasets, this run included" in answer.text
    assert len(answer.context["contents"]) == 1


def test_data_of_one_name_says_of_which_run_it_is(ada: Any, ada_browser: Client) -> None:
    runs = [a_run(ada, name) for name in ("sort", "sort again")]
    for run in runs:
        used(run, a_dataset(ada, "B.txt", name="Samples"))
        used(run, a_dataset(ada, "B.sorted.txt", name=f"Sorted by {run.name}"), "OUTPUT")
    answer = ada_browser.get(reverse("web:run-lineage", args=[runs[0].pk]))
    contents = answer.text.partition('id="contents"')[2]
    assert "(input of sort again)" in contents
    assert "(output of sort" not in contents
