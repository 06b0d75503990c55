"""What was about deleted items and comes back with them: relations, and who named them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from wardround.cmdb import bulk, models, pointing, rules
from wardround.cmdb.drafts import PEOPLE
from wardround.cmdb.import_types import Verdict
from wardround.cmdb.permissions import READ
from wardround.cmdb.reading import named_within, stored
from wardround.cmdb.relation_rows import DETAILS, RelationRow
from wardround.cmdb.rows import RelationSaid, Row
from wardround.cmdb.ruled import keeper
from wardround.cmdb.whys import Why
from wardround.cmdb.writing import Writing, write
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor, system_actor
from wardround.schema import queries as schema

BIN = system_actor("recycle-bin")
"""Settles relations that stood before, whoever could have drawn them."""


@dataclass(slots=True)
class Back:
    """An item on its way back."""

    row: models.Binned
    refused: bool = False
    relations: int = 0
    left: list[str] = field(default_factory=list)

    def refuse(self, why: str) -> None:
        self.refused = True
        self.left.append(why)


# What was about them -----------------------------------------------------------------------------


def relate(actor: Actor, backs: Sequence[Back], at: datetime, why: Why) -> None:
    """Relations come back where both ends are there; where one lies in the bin, with that one."""
    kept = {UUID(each["id"]): each for back in backs for each in back.row.relations}
    ends = {UUID(each[end]) for each in kept.values() for end in ("source", "target")}
    there = set(models.Item.objects.filter(id__in=ends).values_list("id", flat=True))
    mine = {back.row.id: back for back in backs}
    wanted = _told_missing(actor, kept, there, mine)
    good, refused = standing_again(actor, wanted)
    made = write(actor, Writing(relations=good, why=why), at=at).made
    seen = seen_of(actor, good)
    for row in good:
        if row.id in made:
            created = kept[row.id]["created_at"]
            models.Relation.objects.filter(id=row.id).update(created_at=created)
        for end in {row.source, row.target} & mine.keys() if row in seen else ():
            mine[end].relations += 1
    for row, text in ((row, text) for row, text in refused if text):
        for end in {row.source, row.target} & mine.keys():
            mine[end].left.append(text)


def _told_missing(
    actor: Actor,
    kept: Mapping[UUID, Mapping[str, Any]],
    there: Collection[UUID],
    mine: Mapping[UUID, Back],
) -> list[RelationRow]:
    """The relations both of whose ends are there; of the others is told why not."""
    wanted, missing = [], dict[UUID, list[Mapping[str, Any]]]()
    for id_, each in kept.items():
        source, target = UUID(each["source"]), UUID(each["target"])
        if keeper(each["origin"]):
            continue
        if source in there and target in there:
            details = {name: each[name] for name in DETAILS}
            wanted.append(
                RelationRow(each["kind"], source, target, origin=each["origin"], id=id_, **details)
            )
        else:
            missing.setdefault(source if target in there else target, []).append(each)
    waiting = models.Binned.objects.filter(id__in=missing, purged_at=None)
    waiting = waiting.select_for_update(no_key=True)
    lying = {row.id: row for row in waiting.order_by("id")}
    seen, whole = named_within(reach(actor, READ), set(missing)), reach(actor, READ).everything
    for other, several in missing.items():
        if other in lying:
            lying[other].relations = _joined(lying[other].relations, several)
            lying[other].save(update_fields=["relations"])
        if other not in seen and not whole:
            continue
        name = seen[other].name if other in seen else _("something that is no more")
        text = (
            _("Relations to “%(name)s” (%(count)s) come back with that: it lies in the bin, too.")
            if other in lying
            else _("Relations to “%(name)s” (%(count)s) are lost: that is no more.")
        )
        for end in {UUID(r[end]) for r in several for end in ("source", "target")} & mine.keys():
            mine[end].left.append(text % {"count": len(several), "name": name})
    return wanted


def _joined(
    held: Iterable[Mapping[str, Any]], more: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    return [*{each["id"]: dict(each) for each in (*held, *more)}.values()]


def standing_again(
    actor: Actor, wanted: Sequence[RelationRow]
) -> tuple[list[RelationRow], list[tuple[RelationRow, str]]]:
    """Of relations between items that are there: those that may stand, and why the others may not.
    What leads to something out of use carries nothing, and is asked nothing.
    """
    ends = {end for each in wanted for end in (each.source, each.target)}
    rows = models.Item.objects.filter(id__in=ends).exclude(retired_at=None)
    out_of_use = set(rows.values_list("id", flat=True)) if ends else set()
    resting = [each for each in wanted if out_of_use & {each.source, each.target}]
    good, refused = _settled(actor, [each for each in wanted if each not in resting])
    return [*good, *resting], refused


def _settled(
    actor: Actor, wanted: Sequence[RelationRow]
) -> tuple[list[RelationRow], list[tuple[RelationRow, str]]]:
    """Those that may still stand, and why the others may not: nothing where the actor does not see
    both ends.
    """
    if not wanted:
        return [], []
    rows = [Row(number, relations=(_said(each),)) for number, each in enumerate(wanted, start=1)]
    outcomes = bulk.prepared(BIN, rows).rows
    whole = reach(actor, READ).everything
    good, refused = [], []
    for row, outcome in zip(wanted, outcomes, strict=True):
        if outcome.verdict is not Verdict.REFUSED:
            good.append(row)
            continue
        known = named_within(reach(actor, READ), {row.source, row.target})
        if not whole and {row.source, row.target} - known.keys():
            refused.append((row, ""))
            continue
        told = " ".join(str(problem.message) for problem in outcome.problems) if whole else ""
        called = " – ".join(known[end].name for end in (row.source, row.target) if end in known)
        text = _("The relation %(ends)s does not come back. %(why)s")
        refused.append((row, (text % {"ends": called, "why": told}).strip()))
    return good, refused


def seen_of(actor: Actor, rows: Sequence[RelationRow]) -> list[RelationRow]:
    """Those of relations of which the actor may know."""
    seen, ends = reach(actor, READ), {end for row in rows for end in (row.source, row.target)}
    inside = models.Item.objects.filter(seen.condition(), id__in=ends)
    there = set(inside.values_list("id", flat=True))
    return [row for row in rows if {row.source, row.target} <= there]


def _said(row: RelationRow) -> RelationSaid:
    details = dict(zip(DETAILS, row.details, strict=True))
    return RelationSaid(row.kind, str(row.source), str(row.target), details)


def name_again(actor: Actor, backs: Sequence[Back], at: datetime, why: Why) -> None:
    """Fields of others that named them name them again where they are empty still."""
    wanted: dict[UUID, dict[str, str]] = {}
    for back in backs:
        for each in back.row.pointers:
            wanted.setdefault(UUID(each["item"]), {})[each["field"]] = str(back.row.id)
    _name_in_bin(wanted)
    types = schema.remembered_item_types()
    said = []
    for row in models.Item.objects.filter(id__in=wanted).order_by("id"):
        its_type, values = types.get(row.type), stored(row).values()
        references = {f"{pointing.ATTRIBUTE}{name}" for name in rules.reference_names(its_type)}
        empty = {
            name: text
            for name, text in wanted[row.id].items()
            if (name in PEOPLE or name in references) and not values.get(name)
        }
        if empty:
            said.append((row, empty))
    pointing.say(actor, said, at=at, why=why)


def _name_in_bin(wanted: Mapping[UUID, Mapping[str, str]]) -> None:
    """Who named them and lies in the bin by now names them again when it comes back."""
    waiting = models.Binned.objects.filter(id__in=wanted, purged_at=None).order_by("id")
    rows = list(waiting.select_for_update(no_key=True)) if wanted else []
    for row in rows:
        held = dict(row.held or {})
        for said, text in wanted[row.id].items():
            name, place = said.removeprefix(pointing.ATTRIBUTE), row.attributes
            if name == said:
                place = held
            if not place.get(name):
                place[name] = text
        row.held = held
    models.Binned.objects.bulk_update(rows, ["held", "attributes"])


def hand_over(backs: Iterable[Back], missing: Collection[UUID]) -> None:
    """What an item named and lies in the bin itself is named again when that comes back."""
    waiting = models.Binned.objects.filter(id__in=missing, purged_at=None).order_by("id")
    lying = {row.id: row for row in waiting.select_for_update(no_key=True)} if missing else {}
    for back in backs:
        for name, id_ in names_of(back.row):
            if id_ in lying:
                field = name if name in PEOPLE else f"{pointing.ATTRIBUTE}{name}"
                lying[id_].pointers.append({"item": str(back.row.id), "field": field})
    models.Binned.objects.bulk_update(lying.values(), ["pointers"])


def names_of(row: models.Binned) -> list[tuple[str, UUID]]:
    """The fields of an item that name another, and which."""
    its_type = schema.remembered_item_types().get(row.type)
    held = {name: (row.held or {}).get(name) for name in PEOPLE}
    held |= {name: row.attributes.get(name) for name in rules.reference_names(its_type)}
    return [(name, id_) for name, text in held.items() if text and (id_ := rules.as_id(str(text)))]
