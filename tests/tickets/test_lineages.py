"""Rows that go by what an item is, when its type comes to extend another one."""

from __future__ import annotations

import pytest

from tests.hospital import HOSPITAL
from tests.tickets.conftest import MONDAY, World, item
from wardround.schema import actions as schema
from wardround.schema.drafts import DefinitionDraft
from wardround.schema.sources import Source

HEAD = 'pack: ours\nversion: "1"\nlabel: Ours\nrequires: [base, service]\n'
TYPES = """\
kind: item-type
name: apparatus
label: Apparatus
layer: hardware
---
kind: item-type
name: scanner
label: Scanner
extends: apparatus
---
kind: item-type
name: small-scanner
label: Small scanner
extends: scanner
"""
APART = TYPES.replace("extends: apparatus", "layer: hardware")
ROWS = """\
kind: assignment
name: ours
label: Ours
rules:
  - {name: devices, to: role, whom: engineer, when: {item_type: [apparatus, host]}}
  - {name: scanners, to: role, whom: engineer, when: {item_type: scanner}}
  - {name: others, to: role, whom: duty-engineer}
---
kind: alert-ticket
name: ours
label: Ours
order: 1
rows:
  - {name: bad-devices, when: {severity: critical, item_type: apparatus}, type: null}
"""


def pack(types: str = TYPES, rows: str = ROWS) -> Source:
    files = {"pack.yaml": HEAD, "types.yaml": types, "rows.yaml": rows}
    return Source("ours", {path: text.encode() for path, text in files.items()})


@pytest.fixture
def ours(world: World) -> None:
    schema.import_packs(HOSPITAL, [pack()], at=MONDAY)
    for number, of_type in enumerate(("scanner", "scanner", "small-scanner", "apparatus")):
        item(f"s-{number}", of_type, f"Scanner {number}")
    item("s-old", "scanner", "Scanner of before", retired_at=MONDAY)


def lost(
    types: str, rows: str = ROWS, renames: dict[tuple[str, str], str] | None = None
) -> dict[str, tuple[int, tuple[str, ...]]]:
    wanted = pack(types, rows)
    difference, problems = schema.check_packs(HOSPITAL, [wanted], renames=renames or {})
    assert problems == []
    return {
        change.name: (each.count, each.names)
        for change in difference.lost
        for each in change.lost
        if each.thing == "row-item"
    }


def test_items_that_rows_take_no_longer_are_counted_and_the_rows_named(ours: None) -> None:
    # another row takes all of it, so that nobody would see the difference
    rows = ("alert-ticket/ours/bad-devices", "assignment/ours/devices")
    assert lost(APART) == {"scanner": (3, rows)}
    with pytest.raises(schema.ConsentNeeded, match="3 个配置项的工单或告警不再由原来的行决定"):
        schema.import_packs(HOSPITAL, [pack(APART)], at=MONDAY)
    schema.import_packs(HOSPITAL, [pack(APART)], at=MONDAY, consent=True)
    assert lost(TYPES) == {}


def test_a_row_that_takes_it_by_another_name_loses_nothing(ours: None) -> None:
    text = ROWS.replace("item_type: [apparatus, host]", "item_type: [apparatus, scanner]")
    text = text.replace("item_type: apparatus}", "item_type: [apparatus, scanner]}")
    assert lost(APART, text) == {}


def test_a_type_that_gets_another_name_takes_nothing_with_it(ours: None) -> None:
    named = TYPES.replace("apparatus", "machine"), ROWS.replace("apparatus", "machine")
    assert lost(*named, {("item-type", "apparatus"): "machine"}) == {}
    apart = named[0].replace("extends: machine", "layer: hardware")
    assert lost(apart, named[1], {("item-type", "apparatus"): "machine"})["scanner"][0] == 3


def test_one_type_alone_is_told_it_too(ours: None) -> None:
    text = APART.split("---\n")[1]
    draft = DefinitionDraft(kind="item-type", name="scanner", text=text)
    difference, problems = schema.check_definition(HOSPITAL, draft)
    assert problems == []
    assert [each.count for change in difference.lost for each in change.lost] == [3]
