"""An item, and what a business system stands on, at two moments: rebuilt from the history, told as
far as the reader reaches now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from wardround.cmdb import models
from wardround.cmdb.errors import UnknownItem
from wardround.cmdb.items import ItemRef
from wardround.cmdb.past import (
    Details,
    Differing,
    Link,
    Logged,
    State,
    differences,
    shown,
    taken_back,
)
from wardround.cmdb.reading import Names, names, stored
from wardround.cmdb.relation_rows import DETAILS
from wardround.cmdb.restricted import Sight
from wardround.cmdb.rules import as_id, reference_names
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.attributes import masked
from wardround.schema.sealing import MASK
from wardround.schema.types import ItemType, Label

_ATTRIBUTE = "attributes."
MOST_CHANGES = 20_000
"""Of one question: a longer way back is refused."""


@dataclass(frozen=True, slots=True)
class FieldDiffers:
    field: str
    old: Any
    new: Any
    """What is named is an ItemRef, or OutOfReach."""
    restricted: bool = False
    """Of an attribute that is kept from the reader: neither value is told."""


@dataclass(frozen=True, slots=True)
class LinkDiffers:
    """A relation that came, went or is said otherwise; None: it was not there."""

    kind: str
    kind_label: Label
    outward: bool | None
    other: ItemRef
    old: Details | None
    new: Details | None


@dataclass(frozen=True, slots=True)
class Presence:
    there: bool
    in_use: bool


@dataclass(frozen=True, slots=True)
class ItemCompared:
    since: datetime
    until: datetime
    known_since: datetime | None
    """The history does not reach farther back; None where it reaches as far as was asked."""
    was: Presence
    becomes: Presence
    fields: tuple[FieldDiffers, ...]
    relations: tuple[LinkDiffers, ...]


def compare(reach: Reach, item_id: UUID, since: datetime, until: datetime) -> ItemCompared:
    """An item at two moments. Raises UnknownItem, BadInput naming `from` or `to`."""
    row = models.Item.objects.filter(reach.condition(), id=item_id).first()
    if row is None:
        raise UnknownItem(field="item")
    in_order(since, until)
    its_type = schema.remembered_item_types().get(row.type)
    log, others = _log(row, since, its_type), _related(row.id)
    seen = names(reach, {link.other for link in others} | {c.other for c in log if c.other})
    inside = seen.inside
    log = [change for change in log if change.other is None or change.other in inside]
    now = State(
        in_use=row.retired_at is None,
        values=_values(row, its_type),
        links={link: said for link, said in others.items() if link.other in inside},
    )
    at_end = taken_back(now, (change for change in log if change.at > until))
    between = [change for change in log if change.at <= until]
    at_begin = taken_back(at_end, between)
    hiding = _Hiding(row, its_type, Sight(reach))
    states = shown(at_begin), shown(at_end)
    found = list(differences(*states, between, MASK, hiding.hides))
    return ItemCompared(
        since,
        until,
        known_since(row.id, since),
        Presence(at_begin.there, at_begin.there and at_begin.in_use),
        Presence(at_end.there, at_end.there and at_end.in_use),
        tuple(_fields(reach, hiding, found)),
        tuple(_links(found, seen.refs)),
    )


def in_order(since: datetime, until: datetime) -> None:
    if since >= until:
        message = _("The first moment must be before the second.")
        raise BadInput(problems=[FieldProblem("from", message)])


def known_since(item_id: UUID, since: datetime) -> datetime | None:
    """The oldest entry of an item whose beginning nobody wrote down, if it is after `since`."""
    log = models.ItemChange.objects.filter(item=item_id)
    oldest = log.order_by("id").values_list("at", "field").first()
    if oldest is None:
        return models.Item.objects.values_list("created_at", flat=True).get(id=item_id)
    at, field = oldest
    return at if field != "created" and at > since else None


# What is, and what was changed -------------------------------------------------------------------


def _values(row: models.Item, its_type: ItemType | None) -> dict[str, Any]:
    """As the history tells them: secrets masked, what the type does not have left out."""
    own = stored(row).values()
    attributes = masked(its_type.attributes, row.attributes) if its_type else {}
    kept = {name: value for name, value in own.items() if not name.startswith("attributes.")}
    kept |= {f"attributes.{name}": value for name, value in attributes.items()}
    return {name: value for name, value in kept.items() if value is not None}


def _related(item_id: UUID) -> dict[Link, Details]:
    found: dict[Link, Details] = {}
    for end, other, outward in (("source", "target_id", True), ("target", "source_id", False)):
        rows = models.Relation.objects.filter(**{end: item_id})
        for kind, id_, *said in rows.values_list("kind", other, *DETAILS):
            details = zip(DETAILS, said, strict=True)
            found[Link(kind, id_, outward)] = {n: v for n, v in details if v is not None}
    return found


_LOGGED = ("id", "item_id", "at", "field", "old", "new", "other_id", "outward")


def logged(rows: Any) -> list[Logged]:
    """Entries of histories, newest first. Raises BadInput where they are too many."""
    found = rows.order_by("-id").values_list(*_LOGGED)[: MOST_CHANGES + 1]
    log = [Logged(*row) for row in found]
    if len(log) > MOST_CHANGES:
        text = _("Since then there are more than %(most)s changes; choose a later moment.")
        raise BadInput(problems=[FieldProblem("from", text % {"most": MOST_CHANGES})])
    return log


def _log(row: models.Item, since: datetime, its_type: ItemType | None) -> list[Logged]:
    """Since that moment, by the names that attributes have now."""
    log = logged(models.ItemChange.objects.filter(item=row.id, at__gt=since))
    former = {
        f"attributes.{each.renamed_from}": f"attributes.{each.name}"
        for each in (its_type.attributes if its_type else ())
        if each.renamed_from
    }
    if not former:
        return log
    return [_called(change, former) for change in log]


def _called(change: Logged, former: Mapping[str, str]) -> Logged:
    if change.field not in former:
        return change
    return Logged(change.id, change.item, change.at, former[change.field], change.old, change.new)


# As it may be told -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Hiding:
    """What of an item's past is kept from the reader."""

    row: models.Item
    its_type: ItemType | None
    sight: Sight

    def hides(self, field: str) -> bool:
        if not field.startswith(_ATTRIBUTE):
            return False
        name, row = field.removeprefix(_ATTRIBUTE), self.row
        return self.sight.hides_past(self.its_type, name, row.id, row.systems)


def _fields(reach: Reach, hiding: _Hiding, found: Iterable[Differing]) -> Iterable[FieldDiffers]:
    pointing = {f"{_ATTRIBUTE}{name}" for name in reference_names(hiding.its_type)}
    people = {"owner", "vendor"}
    told = [each for each in found if isinstance(each.what, str)]
    named = [each for each in told if each.what in pointing | people]
    ids = {id_ for each in named for value in (each.old, each.new) if (id_ := as_id(str(value)))}
    known = names(reach, ids)
    for each in told:
        field = str(each.what)
        if hiding.hides(field):
            yield FieldDiffers(field, None, None, restricted=True)
        elif field in people:
            old, new = (known.person(as_id(str(value))) for value in (each.old, each.new))
            yield FieldDiffers(field, old, new)
        elif field in pointing:
            yield FieldDiffers(field, _pointed(known, each.old), _pointed(known, each.new))
        else:
            yield FieldDiffers(field, each.old, each.new)


def _pointed(known: Names, value: Any) -> Any:
    id_ = as_id(str(value))
    return known.ref(id_) if id_ else value


def _links(found: Iterable[Differing], refs: Mapping[UUID, ItemRef]) -> Iterable[LinkDiffers]:
    kinds = schema.remembered_relation_kinds()
    for each in found:
        link = each.what
        if isinstance(link, Link) and link.other in refs:
            kind, name = kinds.get(link.kind), Label.parse(link.kind)
            label = (kind.reverse_label if link.outward is False else kind.label) if kind else name
            yield LinkDiffers(link.kind, label, link.outward, refs[link.other], each.old, each.new)
