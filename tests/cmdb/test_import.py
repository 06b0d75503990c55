"""Items from definitions: by key, the same twice as once, in a fixed number of statements."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cmdb.conftest import AT, ITEMS, PLATFORM, RELATIONS
from wardround.cmdb import actions, models, queries
from wardround.cmdb.types import Imported, ItemEntry, ItemsDefinition, RelationEntry
from wardround.kernel.errors import BadInput
from wardround.kernel.reach import EVERYTHING
from wardround.schema import actions as schema_actions
from wardround.schema import differences
from wardround.schema.attributes import MASK
from wardround.schema.sources import Source


def bring(*items: ItemEntry, relations: tuple[RelationEntry, ...] = ()) -> Imported:
    return actions.import_items(
        PLATFORM, [ItemsDefinition(name="ward", items=items, relations=relations)], at=AT
    )


def test_twice_is_the_same_as_once(hospital: dict[str, UUID]) -> None:
    before = list(models.Item.objects.order_by("id").values())
    assert bring(*ITEMS, relations=RELATIONS) == Imported()
    assert list(models.Item.objects.order_by("id").values()) == before


def test_what_is_named_wins_and_what_is_not_named_stays(hospital: dict[str, UUID]) -> None:
    changed = [
        one.model_copy(update={"name": "PACS 主机", "attributes": {"model": "R750"}})
        if one.key == "host-1"
        else one
        for one in ITEMS
    ]
    assert bring(*changed, relations=RELATIONS) == Imported(changed=1)
    item = queries.item(EVERYTHING, hospital["host-1"])
    assert (item.name, item.attributes["serial"], item.attributes["model"]) == (
        "PACS 主机",
        "SN1",
        "R750",
    )
    history = queries.changes(EVERYTHING, item.id).changes
    assert [(one.field, one.old, one.new) for one in history] == [
        ("attributes.model", None, "R750"),
        ("name", "物理服务器 1", "PACS 主机"),
        ("relation.connects", None, "核心交换机 1"),
        ("relation.runs-on", None, "PACS 数据库"),
        ("created", None, "物理服务器 1"),
    ]


def test_what_a_definition_no_longer_names_is_retired(hospital: dict[str, UUID]) -> None:
    kept = [one for one in ITEMS if one.key != "spare"]
    assert bring(*kept, relations=RELATIONS[:-1]) == Imported(retired=1, relations_removed=1)
    assert queries.item(EVERYTHING, hospital["spare"]).retired_at == AT
    assert bring(*ITEMS, relations=RELATIONS) == Imported(changed=1, relations_written=1)
    assert queries.item(EVERYTHING, hospital["spare"]).retired_at is None


def test_every_bad_row_is_told_and_nothing_is_written(hospital: dict[str, UUID]) -> None:
    with pytest.raises(BadInput) as caught:
        bring(
            ItemEntry(key="a", type="host", name="A", owner="nobody"),
            ItemEntry(key="b", type="hsot", name="B"),
            ItemEntry(
                key="c", type="host", name="C", attributes={"memory": "much", "department": "x"}
            ),
            ItemEntry(key="d", type="device", name="D"),
            relations=(RelationEntry(kind="uses", source="a", target="zzz"),),
        )
    assert [(one.field, one.row) for one in caught.value.problems] == [
        ("owner", 1),
        ("type", 2),
        ("attributes.memory", 3),
        ("attributes.department", 3),
        ("type", 4),
        ("to", 1),
    ]
    assert queries.items_by_key(["a"]) == {}


def statements_for(count: int) -> int:
    items = [
        ItemEntry(key=f"m-{count}-{n}", type="host", name=f"M {n}", owner="zhou")
        for n in range(count)
    ]
    relations = tuple(
        RelationEntry(kind="connects", source=one.key, target="switch-1") for one in items
    )
    with CaptureQueriesContext(connection) as captured:
        actions.import_items(
            PLATFORM,
            [ItemsDefinition(name=f"m-{count}", items=tuple(items), relations=relations)],
            at=AT,
        )
    return len(captured)


def test_the_number_of_statements_is_fixed(hospital: dict[str, UUID]) -> None:
    assert statements_for(200) <= statements_for(20) + 1  # from 100 on, one ANALYZE


# Through the pack's door -------------------------------------------------------------------------

HEAD = b'pack: ward\nversion: "1"\nlabel: X\nrequires: [base]\n'


def problems_of(text: str) -> list[tuple[str, str, str]]:
    source = Source("ward", {"pack.yaml": HEAD, "i.yaml": text.encode()})

    found = differences.loaded([source]).problems
    return [(str(one.place), one.dotted, one.suggestion) for one in found]


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ("items:\n  - {key: a, type: hots, name: A}\n", ("4:20", "items[0].type", "host")),
        ("items:\n  - {key: a, type: device, name: A}\n", ("4:20", "items[0].type", "")),
        ("items:\n  - {key: a b, type: host, name: A}\n", ("4:11", "items[0].key", "")),
        ("items:\n  - {key: a, type: host, nmae: A}\n", ("4:5", "items[0]", "")),
        (
            "items:\n  - {key: a, type: host, name: A, importance: D}\n",
            ("4:47", "items[0].importance", ""),
        ),
        (
            "items:\n  - {key: a, type: host, name: A, attributes: {memory: x}}\n",
            ("4:56", "items[0].attributes.memory", ""),
        ),
        (
            "items:\n  - {key: a, type: host, name: A, attributes: {memroy: 1}}\n",
            ("4:48", "items[0].attributes.memroy", ""),
        ),
        (
            "items:\n  - {key: a, type: host, name: A, owner: zho}\n",
            ("4:42", "items[0].owner", ""),
        ),
        (
            "items:\n  - {key: a, type: host, name: A}\n  - {key: a, type: host, name: B}\n",
            ("5:11", "items[1].key", ""),
        ),
        (
            "relations:\n  - {kind: sues, from: pacs, to: lis}\n",
            ("4:12", "relations[0].kind", "uses"),
        ),
        ("relations:\n  - {kind: uses, from: pacs, to: lsi}\n", ("4:34", "relations[0].to", "")),
        ("relations:\n  - {kind: uses, from: lis, to: lis}\n", ("4:33", "relations[0].to", "")),
        (
            "relations:\n  - &r {kind: uses, from: lis, to: pacs}\n  - *r\n",
            ("5:5", "relations[1]", ""),
        ),
        (
            "items: [{key: a, type: host, name: A}]\nrelations: [{kind: holds, from: a, to: a}]\n",
            ("4:20", "relations[0].kind", ""),
        ),
    ],
)
def test_a_mistake_in_a_pack_is_told_with_its_place(
    hospital: dict[str, UUID], rest: str, told: tuple[str, str, str]
) -> None:
    place, path, meant = told
    found = problems_of(f"kind: items\nname: more\n{rest}")
    assert (f"ward/i.yaml:{place}", path, meant) in found


def test_importing_a_pack_brings_its_items(hospital: dict[str, UUID]) -> None:
    """Keys may name items that are in the database only."""
    text = (
        "kind: items\nname: more\nitems:\n  - {key: host-9, type: host, name: H, owner: zhou}\n"
        "relations:\n  - {kind: connects, from: host-9, to: switch-1}\n"
    )
    source = Source("ward", {"pack.yaml": HEAD, "i.yaml": text.encode()})
    schema_actions.import_packs(PLATFORM, [source], at=AT)
    ref = queries.items_by_key(["host-9"])["host-9"]
    owner = queries.item(EVERYTHING, ref.id).owner
    assert owner is not None
    assert owner.key == "zhou"


def secrets_at_rest() -> list[Any]:
    return [
        row.attributes["password"]
        for row in models.Item.objects.filter(attributes__has_key="password")
    ]


def test_a_secret_is_sealed_at_rest_and_absent_from_history(hospital: dict[str, UUID]) -> None:
    assert "tiger" not in str(secrets_at_rest())
    assert queries.item(EVERYTHING, hospital["host-1"]).attributes["password"] == MASK
    assert not models.ItemChange.objects.filter(new__icontains="tiger").exists()
