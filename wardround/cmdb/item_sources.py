"""Where the values of one item come from, as its reader may see it; and letting a value go."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from wardround.cmdb import models, reconciling, statements, value_sources
from wardround.cmdb.errors import UnknownItem
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.restricted import Sight
from wardround.cmdb.source_types import DISCOVERY, HAND, OWN_FIELDS, RELEASED, DataSource
from wardround.kernel import audit, live
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.reach import Reach, reach, require
from wardround.kernel.types import Actor
from wardround.kernel.wording import Label
from wardround.schema import queries as schema


@dataclass(frozen=True, slots=True)
class ValueFrom:
    """Where the value of a field comes from."""

    field: str
    source: str
    """Empty: it was released, and is nobody's."""
    label: Label | str
    rank: int
    at: datetime | None
    """Since when the source says so; of people: when it was written last."""
    by: str = ""
    """Which person, of what was written by hand."""


@dataclass(frozen=True, slots=True)
class KnownTo:
    """A source that knows the item."""

    source: str
    label: Label | str
    own: str
    """What the source knows it by."""
    seen_at: datetime
    since: datetime | None
    """Since when its full loads do not hold it; nothing: the last one does."""
    loads: int


@dataclass(frozen=True, slots=True)
class ItemSources:
    """Nothing at all of an item that no source speaks of: it is all by hand."""

    values: tuple[ValueFrom, ...] = ()
    known_to: tuple[KnownTo, ...] = ()


def _own(record: models.SourceRecord) -> str:
    """Its number in the source; what collectors call it says nothing to anybody."""
    return "" if record.source == DISCOVERY else record.own


def of_item(seen: Reach, item_id: UUID) -> ItemSources:
    """Five statements. Raises UnknownItem."""
    row = models.Item.objects.filter(seen.condition(), id=item_id).first()
    if row is None:
        raise UnknownItem(field="item")
    every = reconciling.sources()
    records = models.SourceRecord.objects.filter(item=row).order_by("source")
    known = tuple(
        KnownTo(each.source, _label(every, each.source), _own(each), each.seen_at, each.since,
                each.loads)
        for each in records
    )  # fmt: skip
    said = value_sources.of_items([row.id]).get(row.id, {})
    if not known and not said:
        return ItemSources()
    names = [*_fields(row, Sight(seen))]
    hand = _written({*names} - said.keys(), row)
    authorities = reconciling.authorities()
    values = []
    for name in names:
        source, moment = said.get(name, (HAND, None))
        at, by = hand.get(name, (None, ""))
        when = parse_datetime(moment) if moment else at
        rank = authorities.rank(source, row.type, name)
        values.append(ValueFrom(name, source, _label(every, source), rank, when, by))
    return ItemSources(tuple(values), known)


def _label(every: Mapping[str, DataSource], name: str) -> Label | str:
    return every[name].label if name in every else name


def _fields(row: models.Item, sight: Sight) -> Iterator[str]:
    """The fields that hold something and that the reader may see."""
    held = {"name": row.name, "importance": row.importance, "owner": row.owner_id,
            "vendor": row.vendor_id}  # fmt: skip
    yield from (name for name in OWN_FIELDS if held[name])
    its_type = schema.remembered_item_types().get(row.type)
    for name in row.attributes:
        if not sight.hides_past(its_type, name, row.id, row.systems):
            yield f"attributes.{name}"


def _written(names: Collection[str], row: models.Item) -> dict[str, tuple[datetime | None, str]]:
    """When people wrote these fields last, and who."""
    changes = models.ItemChange.objects.filter(item=row, field__in=[*names, "created"])
    rows = list(changes.order_by("field", "-id").distinct("field"))
    last = {each.field: (each.at, each.actor_name) for each in rows}
    made = last.get("created", (None, ""))
    return {name: last.get(name, made) for name in names}


# Let go ------------------------------------------------------------------------------------------


@transaction.atomic
def release(actor: Actor, item_id: UUID, fields: Collection[str], *, at: datetime) -> ItemSources:
    """Let whatever source speaks of these fields next have them. Raises UnknownItem, BadInput."""
    schema.hold()
    statements.in_turn()
    seen = reach(actor, READ)
    rows = models.Item.objects.filter(seen.condition(), id=item_id)
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise UnknownItem(field="item")
    require(actor, WRITE, item=row.id, systems=row.systems)
    known = {*_fields(row, Sight(seen))}
    message = _("There is no value here that could be released.")
    problems = [FieldProblem(name[:100], message) for name in fields if name not in known]
    if problems:
        raise BadInput(problems=problems)
    value_sources.claim({row.id: dict.fromkeys(fields, (RELEASED, at.isoformat()))})
    audit.record(actor, "item.release", subject=("item", row.id), fields=tuple(sorted(fields)))
    live.publish("items", row.id)
    return of_item(seen, item_id)
