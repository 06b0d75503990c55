"""Relations that rules keep: made where values are equal at both ends, taken away where they no
longer are. In the transaction that writes the items, a fixed number of statements for any number.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from wardround.cmdb import models, statements
from wardround.cmdb.relation_rows import RelationRow
from wardround.cmdb.rule_types import RULE, RelationRule
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.schema import queries as schema

ORIGIN = "rule/"
"""Stands before the rule's name in the origin of a relation that it keeps; no definition's name has
a slash."""
MOST = 5_000
"""Relations that one value may make. A value that so many hold tells nothing of them: a default, a
placeholder."""

MOST_OF_A_RULE = 200_000
"""Pairs of items that a rule may relate when it is declared, or by what is written at once."""

Value = tuple[str, str]
"""A rule and a value that is compared by it."""
_Place = tuple[str, UUID, UUID]
"""Kind, source, target."""


@dataclass(frozen=True, slots=True)
class Following:
    """What follows from what is written."""

    relations: Sequence[RelationRow] = ()
    unrelated: Collection[UUID] = ()
    said: Sequence[RelationRow] = ()
    """What is written beside, each in the keeping of the rule that draws it anyway."""


def in_force() -> Mapping[str, RelationRule]:
    return schema.definitions(RULE)


def keeper(origin: str) -> str:
    """The rule that keeps a relation of this origin; empty where none does."""
    return origin.removeprefix(ORIGIN) if origin.startswith(ORIGIN) else ""


def values_of(items: Collection[UUID]) -> frozenset[Value]:
    """What these items are compared by now, by the rules in force."""
    if not items or not in_force():
        return frozenset()
    rows = models.KeptValue.objects.filter(item__in=list(items), of__startswith="rule/")
    return frozenset((of.split("/")[1], value) for of, value in rows.values_list("of", "value"))


def following(  # noqa: PLR0913  # all are named
    values: Collection[Value],
    items: Collection[UUID],
    relations: Sequence[RelationRow],
    *,
    unrelated: Collection[UUID],
    retired: Collection[UUID],
    yielding: bool = False,
    limited: bool = False,
) -> Following:
    """What becomes of the relations that rules keep.

    Args:
        values: what the items were compared by until now.
        items: those that are written, and the ends of `unrelated`.
        relations: what is written beside; that goes before any rule.
        unrelated: relations that are taken away beside.
        retired: items that are taken out of use; their relations stay, as any do.
        yielding: new ones of `relations` that a rule draws anyway are the rule's.
        limited: refuse that a rule relates too many at once.

    Raises BadInput.

    """
    if not in_force():
        return Following(said=relations)
    looked_at = {*values, *values_of(items)}
    given = {
        "values": json.dumps([{"rule": rule, "value": value} for rule, value in looked_at]),
        "items": list(items),
        "everything": False,
    }
    if limited and len(looked_at) * MOST > MOST_OF_A_RULE:
        _refuse_too_many(given)
    wanted, kept = _wanted(given), _kept(given)
    apart = {_place(row) for row in relations}
    resting = {*retired}
    missing = {place: rule for place, rule in wanted.items() if place not in apart}
    drawn = {place: rule for place, rule in wanted.items() if place in apart} if yielding else {}
    keepers = {_place(row): row.origin for row in _made(drawn, passing={*unrelated})}
    said = [replace(row, origin=keepers.get(_place(row), row.origin)) for row in relations]
    return Following(
        _made(missing, passing={*unrelated}),
        [
            each.id
            for each in kept
            if each.place not in wanted
            and each.place not in apart
            and each.id not in unrelated
            and resting.isdisjoint(each.place)
            and (each.value is None or (each.rule, each.value) in looked_at)
        ],
        said,
    )


def everything(*, limited: bool = False) -> Following:
    """The same for all items and all rules, as definitions say it now. Raises BadInput where it is
    `limited` and a rule would relate too many.
    """
    given = {"values": "[]", "items": [], "everything": True}
    if limited:
        _refuse_too_many(given)
    wanted = _wanted(given)
    gone = [each.id for each in _kept(given) if each.place not in wanted]
    return Following(_made(wanted), gone)


def _refuse_too_many(given: Mapping[str, Any]) -> None:
    limits = {"most": MOST, "most_of_a_rule": MOST_OF_A_RULE}
    rules, text = (
        in_force(),
        _("“%(rule)s” would relate more than %(most)s pairs: compare what fewer share."),
    )
    problems = [
        FieldProblem("relation", text % {"rule": rules[name].label.text(), "most": MOST_OF_A_RULE})
        for (name,) in statements.returned("ruled_counts", {**given, **limits})
        if name in rules
    ]
    if problems:
        raise BadInput(problems=problems)


# What should be, and what is ---------------------------------------------------------------------


def _wanted(given: Mapping[str, Any]) -> dict[_Place, str]:
    """The relations that should be, with the rule that says so: the first by name of several."""
    rules, kinds, types = in_force(), schema.relation_kinds(), schema.remembered_item_types()
    found: dict[_Place, str] = {}
    for rule, source, from_, target, to in sorted(
        statements.returned("ruled_pairs", {**given, "most": MOST})
    ):
        kind = kinds.get(rules[rule].relation) if rule in rules else None
        if kind is not None and kind.admits(types[from_], types[to]):
            found.setdefault(_canonical(kind.name, source, target), rule)
    return found


@dataclass(frozen=True, slots=True)
class _Kept:
    id: UUID
    rule: str
    place: _Place
    value: str | None


def _kept(given: Mapping[str, Any]) -> list[_Kept]:
    rows = statements.returned("ruled_relations", {**given, "symmetric": sorted(_symmetric())})
    return [
        _Kept(id_, rule, _canonical(kind, source, target), value)
        for id_, rule, kind, source, target, value in rows
    ]


def _made(wanted: Mapping[_Place, str], passing: Collection[UUID] = ()) -> list[RelationRow]:
    """Those of the wanted that do not stand yet, drawn by whomever; what is `passing` counts as
    gone.
    """
    if not wanted:
        return []
    standing = _standing([*wanted], passing)
    return [
        RelationRow(kind, source, target, origin=f"{ORIGIN}{rule}")
        for (kind, source, target), rule in wanted.items()
        if (kind, source, target) not in standing
    ]


def _standing(places: Sequence[_Place], passing: Collection[UUID]) -> set[_Place]:
    symmetric = _symmetric()
    turned = [(kind, target, source) for kind, source, target in places if kind in symmetric]
    kinds, sources, targets = zip(*places, *turned, strict=True)
    given = {"kinds": list(kinds), "sources": list(sources), "targets": list(targets)}
    rows = statements.returned("relations_between", given)
    return {_canonical(*place) for id_, *place in (row[:4] for row in rows) if id_ not in passing}


def _place(row: RelationRow) -> _Place:
    return _canonical(row.kind, row.source, row.target)


def _canonical(kind: str, source: UUID, target: UUID) -> _Place:
    """One form of a relation whose ends stand for the same."""
    turned = kind in _symmetric() and target < source
    return (kind, target, source) if turned else (kind, source, target)


def _symmetric() -> frozenset[str]:
    return schema.derived("cmdb-symmetric-kinds", _symmetric_kinds)


def _symmetric_kinds() -> frozenset[str]:
    kinds = schema.remembered_relation_kinds().values()
    return frozenset(kind.name for kind in kinds if kind.symmetric)
