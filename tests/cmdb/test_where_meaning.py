"""What SQL finds is what `Evaluation` says of each item, whatever is asked, for whoever asks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cmdb.conftest import AT, PLATFORM
from wardround.cmdb import actions, models, where
from wardround.cmdb.types import Importance, ItemEntry, ItemsDefinition, RelationEntry
from wardround.cmdb.where.names import Names
from wardround.cmdb.where.reading import read
from wardround.cmdb.where.respelling import Renaming, respelled
from wardround.kernel.among import Among
from wardround.kernel.among import problem as problem_of
from wardround.kernel.reach import EVERYTHING, Held, Reach
from wardround.schema import actions as schema_actions
from wardround.schema.errors import ExpressionError
from wardround.schema.expressions import Expression, Kind
from wardround.schema.sources import Source
from wardround.schema.types import ItemAttribute

MODEL = """
kind: item-type
name: meter
label: {zh: 电表, en: Meter}
layer: hardware
attributes:
  - name: maker
    label: Maker
    type: choice
    choices:
      - {value: abb, label: {zh: 阿西, en: ABB}}
      - {value: siemens, label: {zh: 西门子, en: Siemens}}
  - {name: volts, label: Volts, type: number, seen_by: [engineer]}
  - {name: amps, label: Amps, type: number}
  - {name: checked_on, label: Checked on, type: date}
  - {name: seen_at, label: Seen at, type: datetime}
  - {name: sealed, label: Sealed, type: boolean}
  - {name: place, label: Place, type: reference, to: location}
  - {name: keeper, label: Keeper, type: reference, seen_by: [engineer, auditor]}
  - {name: remark, label: Remark, type: text, seen_by: [engineer]}
  - {name: code, label: Code, type: secret}
  - {name: team, label: Team, type: reference, to: [team, department]}
---
kind: item-type
name: smart-meter
label: {zh: 智能电表, en: Smart meter}
extends: meter
attributes:
  - {name: remark, label: Remark, type: text, seen_by: auditor}
---
kind: item-type
name: sign
label: {zh: 标牌, en: Sign}
layer: hardware
attributes:
  - {name: place, label: Place, type: text}
  - {name: volts, label: Volts, type: text}
  - {name: checked_on, label: Checked on, type: text}
  - {name: sealed, label: Sealed, type: boolean}
"""
HEAD = b'pack: meters\nversion: "1"\nlabel: Meters\nrequires: [base]\n'
SEALED = "gAAAA" + "x" * 95 + "="


def entry(key: str, of_type: str, name: str = "", **said: Any) -> ItemEntry:
    people = {who: said.pop(who) for who in ("owner", "vendor", "importance") if who in said}
    return ItemEntry(key=key, type=of_type, name=name or f"表 {key}", attributes=said, **people)


ITEMS = (
    entry("north", "machine-room", "北机房"),
    entry("south", "machine-room", "South ROOM"),
    entry("it", "department", "信息科"),
    entry("campus", "campus", "东院"),
    entry("nets", "team", "网络组"),
    entry("zhou", "person", "周海涛", department="it"),
    entry("li", "person", "Li ΑΣß"),
    entry("v", "vendor", "影联"),
    entry("pacs", "business-system", "PACS", importance=Importance.A, owner="zhou", vendor="v"),
    entry("lis", "business-system", "LIS", importance=Importance.B, owner="li"),
    entry("m1", "meter", maker="abb", volts=220, amps=0.1, checked_on="2026-01-10",
          seen_at="2026-03-01T08:00:00+08:00", sealed=True, place="south", keeper="zhou",
          owner="zhou", remark="Ärger"),
    entry("m2", "meter", "zz", maker="siemens", volts=1000, amps=0, sealed=False, place="north",
          keeper="m1", vendor="v", importance=Importance.C, remark="ärger ß"),
    entry("m3", "smart-meter", maker="abb", volts=24.5, amps=-3, checked_on="2025-12-31",
          keeper="pacs", owner="li", remark="x"),
    entry("m4", "meter", code="hush", team="nets"),
    entry("s1", "sign", "出口", place="南机房", volts="220", checked_on="2026-01-10"),
    entry("s2", "sign", "South ROOM", place="South ROOM", sealed=True, owner="zhou"),
)  # fmt: skip
RELATIONS = (
    RelationEntry(kind="belongs-to", source="it", target="campus"),
    RelationEntry(kind="belongs-to", source="nets", target="it"),
    RelationEntry(kind="belongs-to", source="s1", target="nets"),
    RelationEntry(kind="belongs-to", source="campus", target="it"),
    RelationEntry(kind="uses", source="pacs", target="m1"),
    RelationEntry(kind="uses", source="pacs", target="m2"),
    RelationEntry(kind="uses", source="lis", target="m2"),
    RelationEntry(kind="uses", source="lis", target="s1"),
)
_RAW = {
    "m4": {"volts": "much", "amps": 1e200, "remark": SEALED, "checked_on": "2026-02-30"},
    "s2": {"volts": 12, "checked_on": "soon"},
}
"""What stands there from former times, and is not what the type takes now."""


@pytest.fixture
def meters(base: None) -> dict[str, UUID]:
    pack = Source("meters", {"pack.yaml": HEAD, "model.yaml": MODEL.encode()})
    schema_actions.import_packs(PLATFORM, [pack], at=AT)
    definition = ItemsDefinition(name="meters", items=ITEMS, relations=RELATIONS)
    actions.import_items(PLATFORM, [definition], at=AT)
    for key, raw in _RAW.items():
        row = models.Item.objects.get(key=key)
        row.attributes |= raw
        row.save()
    models.Item.objects.filter(key="m1").update(condition="down", condition_since=AT)
    return dict(models.Item.objects.values_list("key", "id"))


class Oracle:
    """The values of names, one item at a time."""

    def __init__(self, names: Names, reach: Reach) -> None:
        self.names, self.reach = names, reach
        self.rows = {row.id: row for row in models.Item.objects.all()}

    def covers(self, row: models.Item) -> bool:
        return self.reach.covers(row.id, row.systems)

    def values(self, row: models.Item, wanted: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.value(row, name) for name in wanted}

    def value(self, row: models.Item, name: str) -> Any:
        first, _dot, rest = name.partition(".")
        if not rest:
            return self.own(row, name)
        other = self.leads(row, first)
        if other is None or not (self.covers(other) or self.named(other, first, rest)):
            return None
        return self.value(other, rest)

    def named(self, other: models.Item, way: str, rest: str) -> bool:
        """It serves no system, so whoever sees what names it may know what it is called."""
        person = way in ("owner", "vendor")
        told = rest in ("name", "key", "type", "layer") and not person
        return told and not other.systems

    def leads(self, row: models.Item, name: str) -> models.Item | None:
        if name in ("owner", "vendor"):
            return getattr(row, name)
        attribute = self.names.types[row.type].attribute(name)
        if attribute is None or attribute.type != "reference" or self.hidden(row, attribute):
            return None
        return next((self.rows[i] for i in self.rows if str(i) == row.attributes.get(name)), None)

    def own(self, row: models.Item, name: str) -> Any:
        kind = self.names.types[row.type]
        known = {
            "type": Kind(row.type, kind.lineage),
            "layer": kind.layer,
            "systems": tuple(self.rows[id_].name for id_ in self.reach.of(row.systems)),
            "organisations": tuple(self.organisations(row)),
        }
        if name in self.names.own:
            return known[name] if name in known else getattr(row, name)
        attribute = kind.attribute(name)
        if attribute is None or self.hidden(row, attribute):
            return None
        return self.kept(str(attribute.type), row.attributes.get(name))

    def organisations(self, row: models.Item) -> set[str]:
        """By name and key: itself, what it leads to, its owner leads to, and so on from these."""
        found, waiting = set[UUID](), [row.id]
        if row.owner is not None and self.covers(row.owner):
            waiting += [row.owner.id]
        while waiting:
            here = self.rows[waiting.pop()]
            if here.id not in found:
                found.add(here.id)
                waiting += self.above(here)
        named = [self.rows[id_] for id_ in found if self.is_organisation(self.rows[id_])]
        return {said for each in named for said in (each.name, each.key)}

    def above(self, row: models.Item) -> list[UUID]:
        ends = models.Relation.objects.filter(source=row, kind="belongs-to")
        related = [end for end in ends.values_list("target", flat=True) if self.organised(end)]
        names = ("department", "team") if row.type in ("person", "post", "meter") else ()
        led = [
            self.leads(row, name) for name in names if self.names.types[row.type].attribute(name)
        ]
        told = (each for each in led if each and (self.covers(each) or not each.systems))
        return [*related, *(each.id for each in told)]

    def organised(self, id_: UUID) -> bool:
        return self.covers(self.rows[id_]) and self.is_organisation(self.rows[id_])

    def is_organisation(self, row: models.Item) -> bool:
        return self.names.types[row.type].is_a("organisation")

    def hidden(self, row: models.Item, attribute: ItemAttribute) -> bool:
        """No role that may see it reaches this very item."""
        return bool(attribute.seen_by) and not any(
            held.role in ("*", *attribute.seen_by) and held.reach.covers(row.id, row.systems)
            for held in self.reach.held
        )

    def kept(self, sort: str, value: Any) -> Any:
        fits: dict[str, Any] = {"number": (int, float), "boolean": bool, "reference": ()}
        a_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not isinstance(value, fits.get(sort, str)) or (sort == "number") is not a_number:
            return None
        if sort in ("date", "datetime"):
            return self.moment(date if sort == "date" else datetime, value)
        return None if value == SEALED else value

    def moment(self, kind: type[date], value: str) -> date | None:
        try:
            return kind.fromisoformat(value)
        except ValueError:
            return None


TEXTS = ["name", "key", "importance", "condition", "maker", "remark", "owner.name", "vendor",
         "keeper.remark", "place.name", "layer", "keeper.owner.name", "type", "place"]  # fmt: skip
NUMBERS = ["amps", "keeper.amps", "1", "0", "220", "0.1", "-3", "9000000000000"]
MOMENTS = ["seen_at", "condition_since", "keeper.checked_on", "updated_at", "owner.updated_at"]
MIXED = ["volts", "checked_on", "keeper.volts", "null"]
BOOLEANS = ["sealed", "keeper.sealed", "true", "false"]
LITERALS = ['""', '"abb"', '"南机房"', '"South ROOM"', '"south"', '"ärger"', '"SS"', '"A"', '"b"',
            '"周海涛"', '"信息科"', '"220"', '"m1"', '"r"', '"Σ"']  # fmt: skip
DATES = ['"2026-01-10"', '"2026-03-01T00:00:00Z"', '"1999-12-31"']

text = st.recursive(
    st.sampled_from(TEXTS + LITERALS),
    lambda inner: st.one_of(
        st.builds("{}({})".format, st.sampled_from(["lower", "upper", "trim"]), inner),
        st.builds("coalesce({}, {})".format, inner, inner),
    ),
    max_leaves=3,
)
numeric = st.recursive(
    st.one_of(
        st.sampled_from(NUMBERS),
        st.builds("len({})".format, text),
        st.builds("days_since({})".format, st.sampled_from(MOMENTS + DATES)),
        st.builds("days_until({})".format, st.sampled_from(MOMENTS)),
    ),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
        st.builds("{}({})".format, st.sampled_from(["abs", "round", "-"]), inner),
        st.builds("coalesce({}, {})".format, inner, inner),
    ),
    max_leaves=6,
)
mixed = st.sampled_from(MIXED)
EQUAL, ORDER = ["=", "==", "!="], ["<", "<=", ">", ">="]
listed = st.lists(text, min_size=1, max_size=3).map(lambda parts: f"[{', '.join(parts)}]")
atom = st.one_of(
    *(
        st.builds("{} {} {}".format, one, st.sampled_from(EQUAL + ORDER), other)
        for one, other in (
            (text, text), (numeric, numeric), (mixed, numeric), (mixed, text), (mixed, mixed),
            (st.sampled_from(MOMENTS), st.sampled_from(MOMENTS + DATES)),
            (mixed, st.sampled_from(DATES)),
        )
    ),
    st.builds("{} {} {}".format, st.sampled_from(BOOLEANS), st.sampled_from(EQUAL),
              st.sampled_from(BOOLEANS)),
    st.builds("{} {} {}".format, text, st.sampled_from(["in", "not in"]), st.one_of(text, listed)),
    st.builds("{} {} type".format, st.sampled_from(["meter", '"smart-meter"', '"Sign"', "host"]),
              st.sampled_from(EQUAL)),
    st.builds("type {} [{}, sign]".format, st.sampled_from(["in", "not in"]),
              st.sampled_from(["meter", "business-system"])),
    st.builds("{} {} {}".format, st.sampled_from(["owner", "place", "keeper", "keeper.place",
              "keeper.owner"]), st.sampled_from(EQUAL),
              st.sampled_from(["owner", "place", "keeper", "null", "keeper.owner", *LITERALS])),
    st.builds("is_set({})".format, st.one_of(text, numeric, mixed, st.sampled_from(
        ["owner", "place", "keeper.owner", "systems", "sealed", *MOMENTS]))),
    st.builds("{}({}, {})".format, st.sampled_from(["contains", "starts_with", "ends_with"]),
              text, text),
    st.builds('"{}" {} systems'.format, st.sampled_from(["PACS", "LIS", "none"]),
              st.sampled_from(["in", "not in"])),
    st.builds('"{}" {} {}organisations'.format,
              st.sampled_from(["信息科", "campus", "网络组", "周海涛"]),
              st.sampled_from(["in", "not in"]), st.sampled_from(["", "", "owner.", "keeper."])),
    st.sampled_from(BOOLEANS),
)  # fmt: skip
conditions = st.recursive(
    atom,
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("not {}".format, inner),
        st.builds("(({}) = ({}))".format, inner, inner),
    ),
    max_leaves=4,
)


def found(expression: str, reach: Reach) -> set[str]:
    """What it is true of; the same, whether what it asks of others is looked up before or not."""
    first, second = (
        set(models.Item.objects.filter(condition).values_list("key", flat=True))
        for condition in (
            where.compiled(expression, where.names(), reach, AT, at_once=at_once)
            for at_once in (False, True)
        )
    )
    assert first == second
    return first


def why_refused(expression: str, reach: Reach) -> str:
    try:
        found(expression, reach)
    except ExpressionError as refused:
        return str(refused)
    return ""


def true_of(expression: str, oracle: Oracle) -> set[str]:
    plain = read(expression, oracle.names)
    condition = Expression(expression, plain.root)
    return {
        row.key
        for row in oracle.rows.values()
        if condition.holds(oracle.values(row, plain.meanings), at=AT)
    }


@settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(expression=conditions, seen=st.sampled_from(
    ["all", "pacs", "lis", "it", "nothing", "reader", "engineer of pacs", "auditor", "two roles",
     "of abb", "engineer of abb"]
))  # fmt: skip
def test_sql_means_what_evaluation_says(
    meters: dict[str, UUID], expression: str, seen: str
) -> None:
    pacs, lis = (Reach(systems=frozenset({meters[key]})) for key in ("pacs", "lis"))
    engineer = Held("engineer", pacs)
    abb = Reach(
        among=frozenset({Among('maker = ABB or key = "lis" or is_set(post)', "reader", AT)})
    )
    reach = {
        "of abb": replace(lis | abb, held=(Held("auditor", abb),)),
        "engineer of abb": Reach(everything=True, held=(Held("engineer", abb), engineer)),
        "all": EVERYTHING,
        "nothing": Reach(),
        "it": Reach(organisations=frozenset({meters["it"]})),
        "pacs": replace(pacs, held=(engineer,)),
        "lis": lis,
        "reader": Reach(everything=True),
        "engineer of pacs": Reach(everything=True, held=(engineer,)),
        "auditor": Reach(everything=True, held=(Held("auditor", Reach(everything=True)),)),
        "two roles": replace(pacs | lis, held=(Held("auditor", lis), engineer)),
    }[seen]
    refused = why_refused(expression, reach)
    if refused:
        assert re.search(r"needed|never|compared|no date|leads|called with", refused)
        return
    oracle = Oracle(where.names(), reach)
    assert found(expression, reach) == true_of(expression, oracle), expression


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(expression=conditions, role=st.sampled_from(["*", "engineer", "reader"]))
def test_a_grant_reaches_what_evaluation_says(
    meters: dict[str, UUID], expression: str, role: str
) -> None:
    """Whatever is granted: by the list's condition, by ids alone and item by item; and nothing of
    what the role does not see, or what means nothing.
    """
    reach = Reach(among=frozenset({Among(expression, role, AT)}))
    rows = models.Item.objects.all()
    reached = set(rows.filter(reach.condition()).values_list("key", flat=True))
    if problem := problem_of(expression, role):
        assert why_refused(expression, EVERYTHING) or re.search("volts|remark|keeper", expression)
        assert (problem.offset is not None, reached) == (True, set())
    else:
        assert reached == true_of(expression, Oracle(where.names(), EVERYTHING)), expression
    assert {row.key for row in rows if reach.covers(row.id, row.systems)} == reached
    changes = models.ItemChange.objects.filter(reach.condition(item="item_id", systems="x"))
    assert set(changes.values_list("item__key", flat=True)) == reached


AMPS = {("meter", "amps"): "current", ("smart-meter", "amps"): "current"}
PLACE = {("meter", "place"): "room", ("smart-meter", "place"): "room"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('amps > 1 and keeper.amps = -3 or name = "amps"',
         'current > 1 and keeper.current = -3 or name = "amps"'),
        ("type = smart-meter", "type = clever-one"),
        ('not ("smart-meter" = keeper.type) and type in [meter, smart-meter]',
         'not ("clever-one" = keeper.type) and type in [meter, clever-one]'),
        ('attribute.amps > 1 and contains(name, "smart-meter")',
         'attribute.current > 1 and contains(name, "smart-meter")'),
        ("layer = hardware and amps = volts", "layer = metal and current = volts"),
        ('place = "x"', None),  # of signs it is called so still
        ('type = meter and not (place = "x" or amps = 1)',
         'type = meter and not (room = "x" or current = 1)'),
        ("type in [meter, sign] and is_set(place)", None),
        ("remark = place.name", None),
        ("type = meter and is_set(checked_on)", None),  # that one is lost
        ("maker = amps", "maker = current"),
        ("no such thing", "no such thing"),
    ],
)  # fmt: skip
def test_what_is_kept_follows_new_names(
    meters: dict[str, UUID], source: str, said: str | None
) -> None:
    words = {("type", "smart-meter"): "clever-one", ("layer", "hardware"): "metal"}
    lost = {("meter", "checked_on")}
    assert respelled(source, Renaming(where.names(), words, {**AMPS, **PLACE}, lost)) == said


def test_position_in_the_organisation(meters: dict[str, UUID]) -> None:
    """A circle in it ends; who owns, and what these lie under, counts at every level."""
    keys = {
        called: found(f'"{called}" in organisations', EVERYTHING) for called in ("网络组", "信息科")
    }
    assert keys["网络组"] == {"nets", "m4", "s1"}
    assert keys["信息科"] == {*keys["网络组"], "it", "campus", "zhou", "pacs", "m1", "s2"}
    assert found('"it" in organisations', EVERYTHING) == keys["信息科"]
    assert why_refused("organisations = 1", EVERYTHING)
    assert why_refused("is_set(organisations)", EVERYTHING)
