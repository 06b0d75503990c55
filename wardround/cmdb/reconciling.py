"""Loads of a source, held against what is stored: whose values stand, and what has vanished.

A fixed number of statements for any number of rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Q, Value
from django.db.models.functions import Coalesce

from wardround.cmdb import bin_queries, models, statements, value_sources, vanishing
from wardround.cmdb.authority import Authorities, Revising
from wardround.cmdb.errors import UnknownSource
from wardround.cmdb.settling import Settled
from wardround.cmdb.source_types import HAND, PEOPLE, SOURCE, DataSource, NoMatch
from wardround.cmdb.statements import listed
from wardround.cmdb.vanishing import Gone, Missed
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import Label

RECORDS = "source-records"
"""What sources knew of an item, as the recycle bin keeps it."""


def sources() -> Mapping[str, DataSource]:
    """Every source there is; people among them."""
    return {HAND: PEOPLE, **schema.definitions(SOURCE)}


def source_named(name: str) -> DataSource:
    """Raises UnknownSource."""
    found = sources().get(name)
    if found is None:
        raise UnknownSource(field="source", name=name[:100])
    return found


def authorities() -> Authorities:
    return Authorities(sources(), schema.remembered_item_types())


@dataclass(frozen=True, slots=True)
class SourceListed:
    """A source, and what it knows."""

    name: str
    label: Label
    owner: str | None
    rank: int
    load: str
    vanished: str
    items: int
    missing: int
    seen_at: datetime | None


def listed_sources(seen: Reach) -> list[SourceListed]:
    """The highest rank first; one statement."""
    rows = models.SourceRecord.objects.filter(item__retired_at=None)
    if not seen.everything:
        rows = rows.filter(item__in=models.Item.objects.filter(seen.condition()).values("id"))
    counted = rows.values("source").annotate(
        items=Count("id"), missing=Count("id", filter=Q(loads__gt=0)), last=Max("seen_at")
    )
    known: dict[str, Mapping[str, Any]] = {each["source"]: each for each in counted}
    nothing: Mapping[str, Any] = {"items": 0, "missing": 0, "last": None}
    found = []
    for name, each in sources().items():
        figures = known.get(name, nothing)
        found.append(
            SourceListed(
                name,
                each.label,
                each.owner,
                each.rank,
                str(each.load),
                str(each.vanished),
                figures["items"],
                figures["missing"],
                figures["last"],
            )
        )
    return sorted(found, key=lambda each: (-each.rank, each.name))


@dataclass(slots=True)
class Reconciling:
    """One load of a source."""

    source: DataSource
    said: Mapping[UUID, value_sources.Said] = field(default_factory=dict)
    """What is claimed of the items that its rows are about."""

    @property
    def creates(self) -> bool:
        return self.source.unmatched is NoMatch.CREATE

    def revised(self, rows: Sequence[Settled]) -> list[Settled]:
        """The rows, without what others stand against."""
        about = [row.prepared.before.id for row in rows if row.prepared and row.prepared.before]
        self.said = value_sources.of_items(about)
        held = {
            item: {name: str(entry[0]) for name, entry in said.items()}
            for item, said in self.said.items()
        }
        return Revising(self.source.name, authorities(), held)(rows)


def known_as(source: str, own: Collection[str]) -> list[tuple[str, str, str]]:
    """What the source knows items by, each with the item's type and key; seen last comes last.

    What it knew an item by that was merged into another leads to the one that stayed.
    """
    if not own:
        return []
    rows = models.SourceRecord.objects.filter(source=source, own__in=listed("text", own))
    known = rows.order_by("seen_at").values_list("own", "item__type", "item__key")
    return [*_known_of_merged(source, {*own}), *known]


def _known_of_merged(source: str, own: Collection[str]) -> list[tuple[str, str, str]]:
    """One statement, and few more where something of the source was merged."""
    merged = models.Binned.objects.exclude(merged_into=None)
    kept = merged.filter(elsewhere__contains={RECORDS: [{"source": source}]})
    led = {
        each["own"]: stays
        for id_, elsewhere in kept.order_by("deleted_at").values_list("id", "elsewhere")
        for each in elsewhere[RECORDS]
        if each["source"] == source and each["own"] in own and (stays := bin_queries.stays(id_))
    }
    rows = models.Item.objects.filter(id__in=led.values()).values_list("id", "type", "key")
    there = {id_: (its_type, key) for id_, its_type, key in rows} if led else {}
    return [(text, *there[id_]) for text, id_ in led.items() if id_ in there]


# What vanished -----------------------------------------------------------------------------------


def gone(  # noqa: PLR0913  # the last two are named
    source: DataSource,
    seen: Collection[UUID],
    keys: Collection[str],
    types: Collection[str],
    *,
    at: datetime,
    doubtful: bool,
) -> Gone:
    """What becomes of items of these types, and of those below them, that are not in the load."""
    every = schema.remembered_item_types()
    concerned = [name for name, known in every.items() if any(map(known.is_a, types))]
    rows = models.SourceRecord.objects.filter(
        source=source.name, item__type__in=concerned, item__retired_at=None
    )
    columns = ("item_id", "item__key", "item__name", "item__type", "loads", "since")
    known = [Missed(*row) for row in rows.order_by("id").values_list(*columns)]
    missed = [each for each in known if each.item not in seen and each.key not in keys]
    return vanishing.gone(source, missed, len(known), at=at, doubtful=doubtful)


def note(
    run: models.ImportRun, seen: Mapping[UUID, str], missed: Sequence[Missed], at: datetime
) -> None:
    """Write down what the load held, by what its source knows it, and what it did not hold."""
    if seen:
        parameters = {"source": run.source, "run": run.id, "at": at}
        given = {"items": [*seen], "own": [*seen.values()]}
        statements.changed("see_records", {**parameters, **given})
    if missed:
        rows = models.SourceRecord.objects.filter(
            source=run.source, item__in=listed("uuid", [each.item for each in missed])
        )
        rows.update(loads=F("loads") + 1, since=Coalesce("since", Value(at)))


def forget(run: models.ImportRun, back: Collection[UUID]) -> None:
    """The load was taken back: what it held first was not seen, what it retired is not missing."""
    rows = models.SourceRecord.objects.filter(source=run.source)
    rows.filter(first_run=run.id).delete()
    rows.filter(item__in=listed("uuid", list(back))).update(loads=0, since=None)
