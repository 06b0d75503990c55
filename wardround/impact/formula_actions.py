"""Changes of formulas: one transaction, one permission check, one audit line each."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from wardround.cmdb import queries as cmdb
from wardround.cmdb.permissions import READ, WRITE
from wardround.impact import formulas, held, held_formulas
from wardround.impact.errors import HiddenInFormula, NoFormula, StaleFormula
from wardround.impact.formula_meaning import meant, refuse
from wardround.impact.formula_queries import book_of, formula
from wardround.impact.formula_reading import Book
from wardround.impact.formula_types import FormulaSaid, FormulaTold
from wardround.impact.formulas import Term
from wardround.impact.models import FormulaChangeRow, FormulaRow
from wardround.kernel import audit, live
from wardround.kernel.reach import reach, require
from wardround.kernel.types import Actor


@transaction.atomic
def keep(  # noqa: PLR0913  # all that is said of a change
    actor: Actor, item_id: UUID, said: FormulaSaid, *, version: int, reason: str, at: datetime
) -> FormulaTold:
    """Put a formula in force.

    Raises UnknownItem, HiddenInFormula, StaleFormula, BadFormula.
    """
    item = _changeable(actor, item_id)
    row = _locked(actor, item, at)
    before = _term(row)
    book = book_of(reach(actor, READ), held.hospital(), item, before, said.tree)
    _refuse(book, row, before, version)
    term, mistakes = meant(book, said)
    if term is None:
        refuse(mistakes)
    if term != before:
        _write(actor, row, term, reason, at)
        told = {"formula_before": book.text(before), "formula_after": book.text(term)}
        audit.record(actor, "item.formula", subject=("item", item), **told)
    return formula(actor, reach(actor, READ), item)


@transaction.atomic
def drop(actor: Actor, item_id: UUID, *, version: int | None, at: datetime) -> None:
    """Let the item go by its relations again.

    Raises UnknownItem, NoFormula, HiddenInFormula, StaleFormula.
    """
    item = _changeable(actor, item_id)
    row = FormulaRow.objects.select_for_update().filter(item=item).first()
    before = _term(row) if row else None
    if row is None or before is None:
        raise NoFormula(field="item")
    book = book_of(reach(actor, READ), held.hospital(), item, before)
    _refuse(book, row, before, row.version if version is None else version)
    _write(actor, row, None, "", at)
    told = {"formula_before": book.text(before)}
    audit.record(actor, "item.formula_dropped", subject=("item", item), **told)


def _changeable(actor: Actor, item_id: UUID) -> UUID:
    item = cmdb.item(reach(actor, READ), item_id)
    systems = cmdb.systems_of([item.id]).get(item.id, frozenset())
    require(actor, WRITE, item=item.id, systems=systems)
    return item.id


def _locked(actor: Actor, item: UUID, at: datetime) -> FormulaRow:
    """The item's row, made where there was none, so that two who begin wait for each other."""
    new = FormulaRow(item=item, tree=None, version=0, at=at, by=actor.id, by_name=actor.name)
    FormulaRow.objects.bulk_create([new], ignore_conflicts=True)
    return FormulaRow.objects.select_for_update().get(item=item)


def _term(row: FormulaRow) -> Term | None:
    return formulas.read(row.tree) if row.tree is not None else None


def _refuse(book: Book, row: FormulaRow, before: Term | None, version: int) -> None:
    if book.hides(before):
        raise HiddenInFormula(permission=WRITE)
    if version != row.version:
        raise StaleFormula(
            field="version",
            who=row.by_name,
            when=f"{row.at:%Y-%m-%d %H:%M} UTC",
            version=row.version,
            text=book.text(before) or "–",
        )


def _write(actor: Actor, row: FormulaRow, term: Term | None, reason: str, at: datetime) -> None:
    row.tree = formulas.stored(term) if term else None
    row.version += 1
    row.at, row.by, row.by_name, row.reason = at, actor.id, actor.name, reason
    row.save()
    FormulaChangeRow.objects.create(
        item=row.item, tree=row.tree, version=row.version, at=at, by=actor.id,
        by_name=actor.name, reason=reason,
    )  # fmt: skip
    held_formulas.changed()
    live.publish("items", row.item)
