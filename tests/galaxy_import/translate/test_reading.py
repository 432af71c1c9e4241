"""Values of which nothing is certain."""

import pytest

from galaxy_import.translate.reading import number


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (0, 0),
        (7, 7),
        (7.0, 7),
        (-5, None),
        (2**63, None),
        (1e300, None),
        ("7", None),
        (True, None),
        (None, None),
    ],
)
def test_a_size_is_a_count_or_unknown(told: object, expected: int | None) -> None:
    assert number({"file_size": told}, "file_size", least=0) == expected
