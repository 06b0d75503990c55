"""The formula of an item, what it would do, and what it was; as a reader may know it."""

from __future__ import annotations

from uuid import UUID

from wardround.cmdb import queries as cmdb
from wardround.cmdb.permissions import WRITE
from wardround.cmdb.types import Item
from wardround.impact import doubting, formulas, heavy, held
from wardround.impact.circles import Circle
from wardround.impact.formula_effect import effect
from wardround.impact.formula_meaning import meant
from wardround.impact.formula_reading import Book, needs_of
from wardround.impact.formula_types import (
    FormulaChecked,
    FormulaSaid,
    FormulaTold,
    FormulaVersion,
)
from wardround.impact.formulas import Term
from wardround.impact.modelling import Doubt as ModelDoubt
from wardround.impact.modelling import Hospital
from wardround.impact.models import FormulaChangeRow, FormulaRow
from wardround.kernel.reach import Reach, reach
from wardround.kernel.types import Actor, Named


def formula(actor: Actor, seen: Reach, item_id: UUID) -> FormulaTold:
    """Raises UnknownItem."""
    item = cmdb.item(seen, item_id)
    row = FormulaRow.objects.filter(item=item.id).first()
    term = formulas.read(row.tree) if row and row.tree is not None else None
    hospital = held.hospital()
    book = book_of(seen, hospital, item.id, term)
    ref = cmdb.visible_refs(seen, [item.id])[item.id]
    return FormulaTold(
        item=ref,
        version=row.version if row else 0,
        tree=book.told(term),
        text=book.text(term),
        by=Named(row.by, row.by_name) if row else None,
        at=row.at if row else None,
        reason=row.reason if row else "",
        related=book.items(term),
        hidden=book.hidden_layers(),
        doubts=tuple(doubting.told(seen, hospital.graph, about(hospital, item.id))),
        editable=_may_change(actor, item) and not book.hides(term),
    )


def _may_change(actor: Actor, item: Item) -> bool:
    return reach(actor, WRITE).covers(item.id, cmdb.systems_of([item.id]).get(item.id, ()))


def book_of(seen: Reach, hospital: Hospital, item: UUID, *terms: Term | None) -> Book:
    """What the items of these formulas of an item are called."""
    related = needs_of(hospital.graph, item, held.uncounted())
    named = [each for term in terms if term for each in formulas.items(term)]
    return Book.of(seen, related, named)


def about(hospital: Hospital, item: UUID) -> list[ModelDoubt]:
    """What cannot be meant so of an item."""
    place = hospital.graph.place(item)
    return [
        doubt
        for doubt in hospital.doubts
        if (place in doubt.items if isinstance(doubt, Circle) else doubt.owner == place)
    ]


def check(seen: Reach, item_id: UUID, said: FormulaSaid) -> FormulaChecked:
    """What a formula means, and what it would change. Nothing is kept. Raises UnknownItem,
    TooBusy.
    """
    item = cmdb.item(seen, item_id)
    hospital, before = held.cells()
    book = book_of(seen, hospital, item.id, said.tree)
    term, mistakes = meant(book, said)
    if term is None:
        return FormulaChecked(None, said.text or "", mistakes, None)
    with heavy.turn():  # it makes a model and a part of the matrix at each pause of who types
        after = held.supposed(hospital, {item.id: term})
        found = effect(seen, item.id, before, after, about(after, item.id))
    return FormulaChecked(book.told(term), book.text(term), (), found)


def history(seen: Reach, item_id: UUID) -> list[FormulaVersion]:
    """Every version of an item's formula, the newest first. Raises UnknownItem."""
    item = cmdb.item(seen, item_id)
    rows = list(FormulaChangeRow.objects.filter(item=item.id).order_by("-version"))
    read = {row.id: formulas.read(row.tree) if row.tree is not None else None for row in rows}
    book = book_of(seen, held.hospital(), item.id, *read.values())
    return [
        FormulaVersion(
            version=row.version,
            tree=book.told(read[row.id]),
            text=book.text(read[row.id]),
            by=Named(row.by, row.by_name),
            at=row.at,
            reason=row.reason,
        )
        for row in rows
    ]
