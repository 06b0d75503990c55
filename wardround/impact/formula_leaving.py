"""What becomes of the formula of an item that is deleted, restored, or merged into another, and of
those that name it.

One that names a deleted item keeps its name: it says the rest until the item comes back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from wardround.cmdb import queries as cmdb
from wardround.cmdb.leaving import Follower, Kept, register
from wardround.cmdb.permissions import READ
from wardround.impact import formulas, held_formulas
from wardround.impact.models import FormulaChangeRow, FormulaRow
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.kernel.wording import Wording, untranslated

_KEPT = ("tree", "version", "by_name", "reason")


def _count(actor: Actor, items: Collection[UUID]) -> Mapping[UUID, int]:
    rows = FormulaRow.objects.filter(item__in=items).exclude(tree=None)
    seen = cmdb.visible(reach(actor, READ), list(rows.values_list("item", flat=True)))
    return dict.fromkeys(seen, 1)


def _leave(_actor: Actor, items: Collection[UUID], _at: datetime) -> Kept:
    rows = list(FormulaRow.objects.filter(item__in=items).order_by("item"))
    if rows:
        FormulaRow.objects.filter(item__in=[row.item for row in rows]).delete()
        held_formulas.changed()
    return {
        str(row.item): [
            {**{name: getattr(row, name) for name in _KEPT}, "by": str(row.by), "at": str(row.at)}
        ]
        for row in rows
    }


def _back(_actor: Actor, given: Mapping[UUID, list[Any]], _at: datetime) -> None:
    rows = [
        FormulaRow(
            item=UUID(str(item)),
            by=UUID(held["by"]),
            at=datetime.fromisoformat(held["at"]),
            **{name: held[name] for name in _KEPT},
        )
        for item, several in given.items()
        for held in several
    ]
    FormulaRow.objects.bulk_create(rows, ignore_conflicts=True)
    held_formulas.changed()


def _move(_actor: Actor, gone: UUID, stays: UUID, _at: datetime) -> int:
    """Formulas name the item that stays; it takes over the formula where it has none itself."""
    moved = 0
    for row in FormulaRow.objects.filter(tree__isnull=False).order_by("item").select_for_update():
        before = formulas.read(row.tree)
        after = formulas.instead(before, gone, stays)
        if after != before:
            row.tree = formulas.stored(after)
            row.save(update_fields=["tree"])
            moved += 1
    held = FormulaRow.objects.filter(item=stays).exclude(tree=None)
    if not held.exists() and (own := FormulaRow.objects.filter(item=gone).first()):
        newest = FormulaRow.objects.filter(item=stays).values_list("version", flat=True).first()
        FormulaRow.objects.filter(item__in=(gone, stays)).delete()
        own.item, own.version = stays, max(own.version, newest or 0) + 1
        own.save(force_insert=True)
        FormulaChangeRow.objects.create(
            item=stays, tree=own.tree, version=own.version, at=own.at, by=own.by,
            by_name=own.by_name, reason=own.reason,
        )  # fmt: skip
        moved += 1
    if moved:
        held_formulas.changed()
    return moved


def declare() -> None:
    register(
        Follower(
            "formulas",
            Wording(untranslated("Formulas")),
            Wording(untranslated("They go with it, and come back with it.")),
            _count,
            _leave,
            _back,
            _move,
        )
    )
