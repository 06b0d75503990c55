"""What is said of services in any hospital: as following failures by hand says, within reach."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.cmdb.conftest import AT, PLATFORM, base
from tests.hospital import Answer, ApiClient, client_of
from wardround.cmdb import actions, queries
from wardround.cmdb.types import (
    Condition,
    ConditionChange,
    Importance,
    ItemEntry,
    ItemsDefinition,
    RelationEntry,
    Standby,
)
from wardround.kernel.types import Scope

__all__ = ["base"]
pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOSPITALS, ITEMS = 30, 9
TYPES = ("business-system", "application", "database", "host", "interface")
KINDS = ("uses", "uses", "runs-on", "composed-of", "backs-up", "provides", "consumes")
CARRYING = {"uses": 1, "runs-on": 1, "composed-of": 1, "consumes": 1, "provides": -1}
WORKING = {Condition.OK, Condition.WARNING}


@dataclass
class Drawn:
    """Some items that nothing leads out of."""

    items: dict[str, str]
    relations: list[RelationEntry]
    retired: set[str] = field(default_factory=set)
    conditions: dict[str, Condition] = field(default_factory=dict)

    @property
    def failed(self) -> set[str]:
        return {key for key, said in self.conditions.items() if said is Condition.DOWN}

    def used(self) -> list[str]:
        return [key for key in self.items if key not in self.retired]


def drawn(chance: random.Random, number: int) -> Drawn:
    items = {
        f"h{number}-{place}": TYPES[0] if place < 2 else chance.choice(TYPES)
        for place in range(ITEMS)
    }
    relations: dict[tuple[str, str, str], RelationEntry] = {}
    for _time in range(chance.randint(4, 16)):
        kind, source, target = chance.choice(KINDS), *chance.sample(list(items), 2)
        if kind in {"provides", "consumes"} and items[target] != "interface":
            continue
        more: dict[str, Any] = {}
        if kind in {"uses", "runs-on", "composed-of"} and chance.random() < 0.7:
            more["group"] = chance.choice(["一", "二"])
            more["need"] = chance.choice([None, 1, 1, 2, 3])
            if chance.random() < 0.4:
                more |= {"standby": Standby.COLD, "switch_minutes": chance.choice([0.0, 5, 20])}
        entry = RelationEntry(kind=kind, source=source, target=target, **more)
        relations[kind, source, target] = entry
    return Drawn(items, list(relations.values()))


# By hand ------------------------------------------------------------------------------------------


def needs(of: Drawn) -> dict[tuple[str, str], dict[str, tuple[bool, int]]]:
    """By who needs and in which group: what, whether cold, how many."""
    found: dict[tuple[str, str], dict[str, tuple[bool, int]]] = {}
    for each in of.relations:
        if each.kind not in CARRYING or {each.source, each.target} & of.retired:
            continue
        whose, what = each.source, each.target
        if CARRYING[each.kind] < 0:
            whose, what = what, whose
        group = found.setdefault((whose, each.group or f"alone {what}"), {})
        cold, need = group.get(what, (True, 1))
        cold = cold and each.standby is Standby.COLD and bool(each.group)
        group[what] = (cold, max(need, each.need or 1))
    return found


def running(of: Drawn, failed: Iterable[str], *, cold: bool) -> set[str]:
    """All are up at first; then whoever lacks what it needs is not, until nothing changes."""
    up, groups = set(of.used()) - set(failed), needs(of)
    while True:
        fallen = set()
        for (whose, _group), inside in groups.items():
            need = min(max(number for _cold, number in inside.values()), len(inside))
            hot = [what for what, (is_cold, _number) in inside.items() if not is_cold]
            if len(hot) >= need and not cold:
                enough = sum(what in up for what in hot) >= need
            elif cold or len(inside) == need:
                enough = sum(what in up for what in inside) >= need
            elif not set(inside) <= up:  # cold ones count at once; which of them is not said
                raise Unsaid
            else:
                enough = True
            if not enough:
                fallen.add(whose)
        if not fallen & up:
            return up
        up -= fallen


class Unsaid(Exception):
    """The pages do not say."""


def below(of: Drawn, item: str) -> set[str]:
    """What it rests on, at any depth, with itself."""
    found, groups = {item}, needs(of)
    while True:
        more = {what for (whose, _g), inside in groups.items() if whose in found for what in inside}
        if more <= found:
            return found
        found |= more


def parts(of: Drawn, system: str) -> set[str]:
    """What serves it: along what carries impact, not through another system."""
    found = {system}
    while True:
        more = {
            each.target
            for each in of.relations
            if each.kind in CARRYING and each.source in found and each.target not in of.retired
            and of.items[each.target] != TYPES[0]
        }  # fmt: skip
        if more <= found:
            return found
        found |= more


def said(of: Drawn, system: str, failed: set[str], *, asked: bool) -> tuple[str, bool, set[str]]:
    """The word; whether it can be switched; what would stop it alone by now, until a switch or for
    good, and would not have.
    """
    up, rests = running(of, failed, cold=False), below(of, system)
    measured = not asked and of.conditions.get(system) in WORKING
    down = system not in up and not measured
    lost = set()
    if system in up:
        for item in rests - failed - {system}:
            if any(
                system not in running(of, failed | {item}, cold=cold)
                and system in running(of, {item}, cold=cold)
                for cold in (False, True)
            ):
                lost.add(item)
    switchable = down and system in running(of, failed, cold=True)
    if down:
        return "down", switchable, lost
    if rests - up:
        return "degraded", False, lost
    known = any(
        of.conditions.get(item, Condition.UNKNOWN) is not Condition.UNKNOWN
        for item in parts(of, system)
    )
    return "up" if known else "unknown", False, lost


# Through the door ---------------------------------------------------------------------------------


@pytest.fixture(params=[1, 2])
def world(base: None, request: pytest.FixtureRequest) -> tuple[list[Drawn], dict[str, UUID]]:
    chance = random.Random(request.param)  # noqa: S311  # no secret
    every = [drawn(chance, number) for number in range(HOSPITALS)]
    entries = [
        ItemEntry(
            key=key,
            type=type_,
            name=f"名{key}",
            importance=chance.choice([Importance.A, Importance.B]),
        )
        for of in every
        for key, type_ in of.items.items()
    ]
    relations = [relation for of in every for relation in of.relations]
    definition = ItemsDefinition(name="drawn", items=tuple(entries), relations=tuple(relations))
    actions.import_items(PLATFORM, [definition], at=AT)
    ids = {key: ref.id for key, ref in queries.items_by_key([e.key for e in entries]).items()}
    return every, ids


def happen(chance: random.Random, every: list[Drawn], ids: dict[str, UUID]) -> None:
    changes = []
    for of in every:
        for key in of.used():
            if chance.random() < 0.3:
                of.conditions[key] = chance.choice([*Condition, Condition.DOWN])
                changes.append(ConditionChange(ids[key], of.conditions[key]))
    actions.set_conditions(PLATFORM, changes, at=AT)


def test_the_words_are_those_of_following_failures(
    world: tuple[list[Drawn], dict[str, UUID]],
) -> None:
    every, ids = world
    li, chance = client_of("li", "administrator"), random.Random(7)  # noqa: S311
    checked = compare(li, every, ids)
    for _round in range(4):
        happen(chance, every, ids)
        checked += compare(li, every, ids)
        for of in every:
            if chance.random() < 0.3 and (
                last := [k for k in of.used() if of.items[k] != TYPES[0]]
            ):
                gone = chance.choice(last)
                assert li.post(f"/items/{ids[gone]}/retire").status == 200
                of.retired.add(gone)
        checked += compare(li, every, ids)
        wanted = [chance.sample(of.used(), 2) for of in every]
        answer = li.post("/impact/what-if", {"failed": [ids[k] for two in wanted for k in two]})
        told = {row["name"]: row for row in answer.body["services"]}
        for of, two in zip(every, wanted, strict=True):
            checked += compare_services(of, set(two), told, asked=True)
    assert checked > 500


@pytest.mark.parametrize("by", ["condition", "systems"])
def test_within_reach_the_words_are_the_same_and_nobody_else_is_named(
    world: tuple[list[Drawn], dict[str, UUID]], by: str
) -> None:
    every, ids = world
    li, chance = client_of("li", "administrator"), random.Random(7)  # noqa: S311
    mine = Scope(where=frozenset({'importance = "A"'}))
    if by == "systems":
        own = [ids[key] for of in every for key in of.used() if of.items[key] == TYPES[0]]
        mine = Scope(systems=frozenset(own[::3]))
    wang = client_of("wang", "reader", scope=mine)
    happen(chance, every, ids)
    seen = {row["id"] for row in pages(wang)}
    out = {str(id_): key for key, id_ in ids.items() if str(id_) not in seen}
    assert len(seen) > 50
    assert len(out) > 50
    hidden = same(li.get("/impact/state"), wang.get("/impact/state"), seen, out)
    assert hidden or by == "systems"
    wanted = chance.sample(sorted(seen), 30)
    body = {"failed": wanted}
    same(li.post("/impact/what-if", body), wang.post("/impact/what-if", body), seen, out)
    unseen = wang.post("/impact/what-if", {"failed": [*wanted, *list(out)[:3]]})
    nobody = wang.post("/impact/what-if", {"failed": [*wanted, *(uuid4() for _time in range(3))]})
    assert (unseen.status, unseen.body) == (404, nobody.body)
    whole = {row["id"]: row for row in li.get("/impact/state").body["services"]}
    for id_, row in whole.items():
        answer = wang.get(f"/impact/services/{id_}")
        if id_ in seen:
            assert answer.body["state"] == row["state"]
            text = json.dumps(answer.body, ensure_ascii=False)
            assert not [key for key in out.values() if f'名{key}"' in text]
        else:
            assert (answer.status, answer.body) == (
                404,
                wang.get(f"/impact/services/{uuid4()}").body,
            )


def pages(client: ApiClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        body = client.get("/items", limit=100, **after).body
        found += body["items"]
        if not body["next"]:
            return found
        after = {"cursor": body["next"]}


def same(whole: Answer, part: Answer, seen: set[str], out: dict[str, str]) -> int:
    """A part of what is told of everything, and nothing more; how often something is hidden."""
    text = json.dumps(part.body, ensure_ascii=False)
    assert not [key for id_, key in out.items() if id_ in text or f'名{key}"' in text]
    services = {row["id"]: row for row in whole.body["services"]}
    assert {row["id"] for row in part.body["services"]} == set(services) & seen
    hidden = 0
    for row in part.body["services"]:
        for name in ("state", "switch_minutes"):
            assert row[name] == services[row["id"]][name]
        for name in ("causes", "unprotected"):
            every, shown = services[row["id"]][name]["items"], row[name]["items"]
            assert shown == [ref for ref in every if ref["id"] in seen]
            assert row[name]["more"] == 0
            assert bool(row[name]["hidden"]) == (len(shown) < len(every))
            hidden += len(row[name]["hidden"])
    assert part.body["items"] == [row for row in whole.body["items"] if row["id"] in seen]
    assert part.body["more_items"] == 0
    failed = [ref for ref in whole.body["failed"]["items"] if ref["id"] in seen]
    assert {ref["id"] for ref in failed} <= {ref["id"] for ref in part.body["failed"]["items"]}
    assert part.body["failed"]["hidden"] == []
    return hidden


def test_of_a_group_of_which_some_is_out_of_reach_no_number_is_told(
    world: tuple[list[Drawn], dict[str, UUID]],
) -> None:
    every, ids = world
    wang = client_of("wang", "reader", scope=Scope(where=frozenset({'importance = "A"'})))
    seen = {row["id"] for row in pages(wang)}
    keys = {str(id_): key for key, id_ in ids.items()}
    told = [
        each
        for each in wang.get("/impact/state").body["doubts"]
        if each["kind"] in {"too-few", "only-cold"}
    ]
    of_item = {key: of for of in every for key in of.items}
    for doubt in told:
        (owner,) = (keys[ref["id"]] for ref in doubt["items"])
        groups = [
            set(inside)
            for (whose, name), inside in needs(of_item[owner]).items()
            if whose == owner and not name.startswith("alone")
        ]
        assert any({str(ids[key]) for key in group} <= seen for group in groups), doubt
    everybody = client_of("li", "administrator").get("/impact/state").body["doubts"]
    assert 0 < len(told) < len([e for e in everybody if e["kind"] in {"too-few", "only-cold"}])


def compare(client: ApiClient, every: list[Drawn], ids: dict[str, UUID]) -> int:
    answer = client.get("/impact/state")
    assert answer.status == 200
    told = {row["name"]: row for row in answer.body["services"]}
    return sum(compare_services(of, of.failed - of.retired, told, asked=False) for of in every)


def compare_services(of: Drawn, failed: set[str], told: dict[str, Any], *, asked: bool) -> int:
    number = 0
    for key in of.used():
        if of.items[key] != TYPES[0]:
            continue
        row = told[f"名{key}"]
        try:
            word, switchable, lost = said(of, key, failed, asked=asked)
        except Unsaid:
            continue
        why = "\n".join(
            map(
                str,
                (
                    of.conditions.get(key),
                    key,
                    failed,
                    of.retired,
                    row,
                    word,
                    switchable,
                    lost,
                    needs(of),
                ),
            )
        )
        assert row["state"] == word, why
        assert (row["switch_minutes"] is not None) == switchable, why
        causes = {ref["name"] for ref in row["causes"]["items"]}
        below_it = {f"名{item}" for item in below(of, key) & failed}
        assert causes <= below_it, why
        assert bool(causes) == (word in {"down", "degraded"}), why
        names = {ref["name"] for ref in row["unprotected"]["items"]}
        assert names == {f"名{item}" for item in lost}, why
        number += 1
    return number
