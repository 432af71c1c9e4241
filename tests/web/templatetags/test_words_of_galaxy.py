"""How states, conditions and waiting are said."""

from datetime import timedelta

import pytest
from django.utils import timezone

from galaxy_import.values import Condition
from run_import.models import RunImport
from web.templatetags import galaxy, sources


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(seconds=-5), ">now<"),
        (timedelta(seconds=20.4), ">in 20 s<"),
        (timedelta(minutes=4, seconds=30), ">in 4 min<"),
        (timedelta(hours=3, minutes=10), ">in 3 h<"),
    ],
)
def test_how_long_it_is_until_then(left: timedelta, said: str) -> None:
    assert said in sources.until(timezone.now() + left)


@pytest.mark.parametrize("condition", list(Condition))
def test_every_condition_has_words_and_a_colour(condition: Condition) -> None:
    badge = galaxy.condition_badge(condition.value)
    assert condition.value not in badge
    assert 'class="badge badge-' in badge


@pytest.mark.parametrize("phase", list(RunImport.Phase))
def test_every_phase_has_words(phase: RunImport.Phase) -> None:
    said = sources.run_phase(RunImport(state="RUNNING", phase=phase))
    assert said != "waiting for a worker"
    assert phase.value not in said


def test_an_import_that_could_not_ask_waits_to_try_again() -> None:
    assert sources.run_phase(RunImport(phase="JOBS", error="It is away.")) == "waiting to try again"
    assert sources.run_phase(RunImport()) == "waiting for a worker"


@pytest.mark.parametrize(
    ("hashes", "expected"),
    [
        ({"MD5": "a", "SHA-256": "b"}, {"function": "SHA-256", "value": "b"}),
        ({"MD5": "a", "SHA-1": ""}, {"function": "MD5", "value": "a"}),
        ({}, None),
        (None, None),
    ],
)
def test_the_best_checksum_is_shown(hashes: object, expected: object) -> None:
    assert galaxy.best_checksum(hashes) == expected
