"""What this room keeps beside an item by its id: which sources know it, whose its values are, and
where it stands in pictures. It goes with the item into the recycle bin, comes back, and is carried.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Count, Model, Q

from wardround.cmdb import models, reconciling, value_sources
from wardround.cmdb.leaving import Follower, Kept, register
from wardround.cmdb.reconciling import RECORDS
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated

CLAIMS = "value-sources"
PLACES = "places"
_RECORD = ("source", "own", "first_run", "seen_run", "seen_at", "loads", "since")
_PLACE = ("picture", "root_id", "account", "item_id", "x", "y")


def _plain(row: Model, names: Collection[str]) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in names}
    plain: dict[str, Any] = json.loads(json.dumps(told, cls=DjangoJSONEncoder))
    return plain


def _nothing(_actor: Actor, _items: Collection[UUID]) -> Mapping[UUID, int]:
    """Not worth telling."""
    return {}


# Sources that know it ----------------------------------------------------------------------------


def _known(_actor: Actor, items: Collection[UUID]) -> Mapping[UUID, int]:
    rows = models.SourceRecord.objects.filter(item__in=items).order_by()
    return dict(rows.values_list("item_id").annotate(number=Count("id")))


def _records_leave(_actor: Actor, items: Collection[UUID], _at: datetime) -> Kept:
    kept: Kept = {}
    for row in models.SourceRecord.objects.filter(item__in=items).order_by("source"):
        kept.setdefault(str(row.item_id), []).append(_plain(row, _RECORD))
    return kept


def _records_back(_actor: Actor, kept: Mapping[UUID, list[Any]], _at: datetime) -> None:
    """Sources that are no more know nothing."""
    there = reconciling.sources()
    rows = [
        models.SourceRecord(item_id=item, **{name: held[name] for name in _RECORD})
        for item, several in kept.items()
        for held in several
        if held["source"] in there
    ]
    models.SourceRecord.objects.bulk_create(rows, ignore_conflicts=True)


def _records_move(_actor: Actor, gone: UUID, stays: UUID, _at: datetime) -> int:
    """A source that knows both goes on with the one that stays, by what it knew that by."""
    rows = models.SourceRecord.objects.filter(item=stays)
    there = rows.values_list("source", flat=True)
    moved = models.SourceRecord.objects.filter(item=gone).exclude(source__in=[*there])
    return moved.update(item=stays)


# Whose its values are ----------------------------------------------------------------------------


def _claims_leave(_actor: Actor, items: Collection[UUID], _at: datetime) -> Kept:
    return {str(item): [dict(said)] for item, said in value_sources.of_items(items).items()}


def _claims_back(_actor: Actor, kept: Mapping[UUID, list[Any]], _at: datetime) -> None:
    value_sources.claim({item: said for item, several in kept.items() for said in several})


# Where it stands in pictures ---------------------------------------------------------------------


def _places_leave(_actor: Actor, items: Collection[UUID], _at: datetime) -> Kept:
    kept: Kept = {}
    about = Q(item__in=items) | Q(root__in=items)
    for row in models.KeptPlace.objects.filter(about).order_by("id"):
        for id_ in {row.item_id, row.root_id} & {*items}:
            kept.setdefault(str(id_), []).append(_plain(row, _PLACE))
    return kept


def _places_back(_actor: Actor, kept: Mapping[UUID, list[Any]], _at: datetime) -> None:
    held = [each for several in kept.values() for each in several]
    ids = {UUID(each[name]) for each in held for name in ("item_id", "root_id") if each[name]}
    there = {*map(str, models.Item.objects.filter(id__in=ids).values_list("id", flat=True)), None}
    rows = [
        models.KeptPlace(**each) for each in held if {each["item_id"], each["root_id"]} <= there
    ]
    models.KeptPlace.objects.bulk_create(rows, ignore_conflicts=True)


def _places_move(actor: Actor, gone: UUID, stays: UUID, _at: datetime) -> int:
    """What stands there already stays where it is. Others' own places are not counted."""
    rows = models.KeptPlace.objects.filter(Q(item=gone) | Q(root=gone))
    moved = [
        models.KeptPlace(
            picture=row.picture,
            root_id=stays if row.root_id == gone else row.root_id,
            account=row.account,
            item_id=stays if row.item_id == gone else row.item_id,
            x=row.x,
            y=row.y,
        )
        for row in rows
    ]
    models.KeptPlace.objects.bulk_create(moved, ignore_conflicts=True)
    rows.delete()
    return sum(row.account in {None, actor.id} for row in moved)


def declare() -> None:
    known = Wording(untranslated("Sources that know it"))
    becomes = Wording(untranslated("They know it no longer, and know it again when it comes back."))
    register(
        Follower(
            RECORDS,
            known,
            becomes,
            _known,
            _records_leave,
            _records_back,
            _records_move,
        )
    )
    register(Follower(CLAIMS, known, becomes, _nothing, _claims_leave, _claims_back))
    places = Wording(untranslated("Places in pictures"))
    register(Follower(PLACES, places, places, _nothing, _places_leave, _places_back, _places_move))
