"""From one job to the next, without a database."""

from uuid import UUID

import pytest

from workflows.jobs.edges import JobNet, edges_of_files, edges_told, neighbours, net_of

FILES = {name: UUID(int=1000 + place) for place, name in enumerate("fghi")}


def key(number: int) -> UUID:
    return UUID(int=number)


def a_net(*after: tuple[str, list[str]], made: str = "", used: str = "") -> JobNet:
    """Jobs by external id with what they come after; ``made`` and ``used`` are pairs such as ``af bg``."""
    ids = {name: key(place) for place, (name, _) in enumerate(after, 1)}
    jobs = [(ids[name], name, 1, names) for name, names in after]
    links = [[(ids[pair[0]], FILES[pair[1]]) for pair in text.split()] for text in (made, used)]
    return net_of(jobs, *links)


def reached(
    net: JobNet, start: str, *, upstream: bool, depth: int | None = None
) -> list[tuple[str, int, str]]:
    found = neighbours(net, start, upstream=upstream, depth=depth)
    return [(one.place, one.distance, "+".join(one.through)) for one in found]


CHAIN = a_net(("a", []), ("b", ["a"]), ("c", ["b", "gone"]))


def test_jobs_are_followed_up_and_down() -> None:
    assert reached(CHAIN, "c", upstream=True) == [("b", 1, "after"), ("a", 2, "after")]
    assert reached(CHAIN, "a", upstream=False) == [("b", 1, "after"), ("c", 2, "after")]
    assert reached(CHAIN, "c", upstream=True, depth=1) == [("b", 1, "after")]


def test_a_file_leads_from_who_made_it_to_who_used_it() -> None:
    net = a_net(("a", []), ("b", []), ("c", ["a"]), made="af", used="bf cf")
    assert reached(net, "a", upstream=False) == [("c", 1, "after+files"), ("b", 1, "files")]
    assert reached(net, "b", upstream=True) == [("a", 1, "files")]


def test_a_circle_ends_and_leads_not_back_to_the_beginning() -> None:
    net = a_net(("a", ["c"]), ("b", ["a"]), ("c", ["b"]), ("d", ["d"]))
    assert [place for place, _, _ in reached(net, "a", upstream=True)] == ["c", "b"]
    assert reached(net, "d", upstream=True) == []


def test_attempts_stand_together_and_the_latest_speaks() -> None:
    jobs = [(key(3), "x", 1, []), (key(1), "x", 2, ["w"]), (key(2), "w", 1, [])]
    net = net_of(jobs, [], [])
    assert net.latest == {"x": key(1), "w": key(2)}
    assert reached(net, net.place_of[key(3)], upstream=True) == [("w", 1, "after")]


def test_jobs_without_external_ids_are_told_apart_and_no_id_is_taken_for_a_name() -> None:
    net = net_of([(key(1), "", 1, []), (key(2), "", 1, [str(key(1))])], [(key(1), FILES["f"])], [])
    assert reached(net, str(key(2)), upstream=True) == []
    assert len(net.latest) == 2


@pytest.mark.parametrize("after", [None, "a", {"a": 1}, [1, None, ["a"]]])
def test_what_is_no_list_of_names_tells_nothing(after: object) -> None:
    assert list(edges_told([(key(1), "a", []), (key(2), "b", after)], {key(1): "A", key(2): "B"})) == []


def test_edges_lie_between_places_and_not_within_one() -> None:
    places = {key(1): "align", key(2): "align", key(3): "count"}
    jobs = [(key(1), "1", []), (key(2), "2", ["1"]), (key(3), "3", ["2", "nobody"])]
    assert list(edges_told(jobs, places)) == [("align", "count")]
    assert set(edges_of_files({key(9): {"align"}}, {key(9): {"align", "count"}})) == {("align", "count")}
