"""What becomes of the targets of an item that is deleted, restored, or merged into another."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Count

from wardround.cmdb.leaving import Follower, Kept, register
from wardround.collect.actions import tell_collectors
from wardround.collect.models import SnapshotRow, TargetRow
from wardround.collect.permissions import READ
from wardround.kernel import audit, live
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated


def _count(actor: Actor, items: Collection[UUID]) -> Mapping[UUID, int]:
    inside = reach(actor, READ).condition(item="item", systems="item__systems")
    rows = TargetRow.objects.filter(inside, item__in=items).order_by()
    return dict(rows.values_list("item_id").annotate(number=Count("id")))


def _leave(actor: Actor, items: Collection[UUID], _at: datetime) -> Kept:
    """Rows as they are stored, secrets sealed; how they stood and their newest tables go."""
    rows = list(TargetRow.objects.filter(item__in=items).order_by("id"))
    kept: Kept = {}
    for row in rows:
        values = {field.attname: getattr(row, field.attname) for field in row._meta.fields}  # noqa: SLF001  # Django's own
        plain = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
        kept.setdefault(str(row.item_id), []).append(plain)
    if rows:
        gone: dict[tuple[str, object], dict[str, object]] = {
            ("target", row.id): {"name": row.name} for row in rows
        }
        audit.record_many(actor, "target.delete", gone)
        TargetRow.objects.filter(id__in=[row.id for row in rows]).delete()
        _tell()
    return kept


def _back(_actor: Actor, kept: Mapping[UUID, list[Any]], at: datetime) -> None:
    """Paused, as those of an item that comes back into use: what they would ask may be gone."""
    names = {field.attname for field in TargetRow._meta.fields}  # noqa: SLF001  # Django's own
    rows = [
        TargetRow(
            **{
                **{name: value for name, value in held.items() if name in names},
                "enabled": False,
                "updated_at": at,
            }
        )
        for several in kept.values()
        for held in several
    ]
    TargetRow.objects.bulk_create(rows, ignore_conflicts=True)
    _tell()


def _move(actor: Actor, gone: UUID, stays: UUID, at: datetime) -> int:
    """Those of which the other has the same already stay, and go with their item."""
    there = {*TargetRow.objects.filter(item=stays).values_list("template", "name")}
    rows = TargetRow.objects.filter(item=gone).values_list("id", "template", "name")
    moved = [id_ for id_, *called in rows if tuple(called) not in there]
    SnapshotRow.objects.filter(target__in=moved).delete()
    TargetRow.objects.filter(id__in=moved).update(item=stays, asked_at=at, updated_at=at)
    if moved:
        told: dict[tuple[str, object], dict[str, object]] = {
            ("target", id_): {"fields": ["item"]} for id_ in moved
        }
        audit.record_many(actor, "target.change", told)
        _tell()
    return len(moved)


def _tell() -> None:
    tell_collectors()
    live.publish("targets")


def declare() -> None:
    register(
        Follower(
            "targets",
            Wording(untranslated("Targets")),
            Wording(untranslated("They are collected no longer, and come back paused.")),
            _count,
            _leave,
            _back,
            _move,
        )
    )
