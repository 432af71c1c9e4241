"""The collector of garbage while something large is built."""

import gc

import pytest

from rocrate_packages.collector import collector_paused


def test_the_collector_rests_and_works_again() -> None:
    with collector_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_works_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="no"), collector_paused():
        raise ValueError("no")
    assert gc.isenabled()


def test_who_found_the_collector_at_rest_leaves_it_so() -> None:
    with collector_paused():
        with collector_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
