"""Lists as CSV: what has other names in each row is not lost."""

import csv

from common.api.renderers import csv_lines

ROWS = [
    {"name": "sort", "step": {"id": 1, "name": "sort"}, "resources": {}, "tags": {"a": "1"}},
    {
        "name": "count",
        "step": {"id": 2, "name": "count"},
        "resources": {"cpu_seconds": 2.5},
        "tags": {"b": "2"},
    },
]


def test_objects_of_one_shape_become_columns_and_all_others_one_cell_of_json() -> None:
    heading, *rows = csv.reader(csv_lines(ROWS))
    assert heading == ["name", "step.id", "step.name", "resources", "tags"]
    assert rows == [
        ["sort", "1", "sort", "{}", '{"a":"1"}'],
        ["count", "2", "count", '{"cpu_seconds":2.5}', '{"b":"2"}'],
    ]
