"""The made-up workbooks are what they are said to be."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.cmdb.devices import LOCATIONS, MODELS, ROLES, as_csv, devices, in_chunks
from bench.cmdb.hospital import SHAPES
from bench.cmdb.workbooks import COUNTS, FILES, FRESH, HEADS, ROWS


@pytest.mark.parametrize(("file", "shape"), [("plain", "dense"), ("wide", "group")])
def test_every_row_is_about_an_item_of_its_own(file: str, shape: str) -> None:
    places = SHAPES[shape].places
    heads, *rows = FILES[file](SHAPES[shape])
    assert len(rows) == ROWS
    assert all(len(row) == len(heads) for row in rows)
    keys = [str(row[0]) for row in rows]
    assert len(set(keys)) == ROWS
    assert abs(sum(key.startswith("new-") for key in keys) - FRESH) < ROWS // 10
    of = {f"i{number}": layer for layer, numbers in places.items() for number in numbers}
    aliases = {"access": "switch"}
    for key, row in zip(keys, rows, strict=True):
        layer = of.get(key, str(row[2]))
        assert aliases.get(layer, layer) == row[2]
        assert row[-1] is None or file == "wide" or row[-1] in of


def test_the_wide_one_has_40_columns_six_types_and_more_gaps_than_values() -> None:
    heads, *rows = FILES["wide"](SHAPES["group"])
    assert tuple(heads) == HEADS
    assert len(set(HEADS)) == 40
    assert Counter(row[2] for row in rows) == COUNTS
    cells = [cell for row in rows[::50] for cell in row]
    assert cells.count(None) > len(cells) / 2


def test_devices_differ_by_name_serial_and_asset_number() -> None:
    made = devices(500, "B")
    for field in ("name", "serial", "asset"):
        assert len({row[field] for row in made}) == 500
    assert {row["role"] for row in made} == set(ROLES)
    assert {row["location"] for row in made} == set(LOCATIONS)
    assert {(row["manufacturer"], row["model"]) for row in made} == set(MODELS)
    assert [len(chunk) for chunk in in_chunks(made, 200)] == [200, 200, 100]


def test_a_file_has_the_heads_that_its_reader_wants() -> None:
    text = as_csv(devices(2, "F"), {"name": "Name", "location": "location__name"})
    assert text.splitlines() == [
        "Name,location__name", "F-00000,Building 0 Room 0", "F-00001,Building 1 Room 3"
    ]  # fmt: skip
