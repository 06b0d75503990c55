"""What somebody means by a formula, as text or as a tree, or why it is none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Never
from uuid import UUID

from wardround.dependability import DependabilityError, Expression, expression
from wardround.impact import formulas
from wardround.impact.errors import BadFormula
from wardround.impact.formula_reading import Book
from wardround.impact.formula_types import FormulaMistake, FormulaSaid
from wardround.impact.formulas import Fault, Term
from wardround.kernel.errors import FieldProblem
from wardround.kernel.suggestions import closest
from wardround.kernel.wording import Wording, untranslated

MOST_CHARACTERS = 20_000
_TEXTS = {
    Fault.NOT_ONE: untranslated("A term is an item, or a word over other terms; not both"),
    Fault.EMPTY: untranslated("A gate has nothing in it. Put an item in, or take it out"),
    Fault.VOTE: untranslated("A gate asks for more than it holds, or for none"),
    Fault.COLD: untranslated("A cold standby stands in a row of standbys, or in “k of n”"),
    Fault.MINUTES: untranslated("A switch takes from 0 to 1,000,000 minutes"),
    Fault.TOO_LARGE: untranslated("The formula is too large, or nested too deep. Take parts out"),
}


def meant(book: Book, said: FormulaSaid) -> tuple[Term | None, tuple[FormulaMistake, ...]]:
    """The formula, or what is wrong with it."""
    if said.tree is not None:
        mistakes = tuple(_of_tree(book, said.tree))
        return (None if mistakes else said.tree), mistakes
    try:
        found = expression(said.text or "")
    except DependabilityError as wrong:
        line, column = (wrong.place.line, wrong.place.column) if wrong.place else (0, 0)
        return None, (FormulaMistake(wrong.wording, line, column, ""),)
    known = book.meant()
    mistakes = tuple(_unknown(known, formulas.names_in(found)))
    if mistakes:
        return None, mistakes
    term = formulas.of_expression(found, known)
    mistakes = tuple(_of_tree(book, term))
    return (None if mistakes else term), mistakes


def refuse(mistakes: Iterable[FormulaMistake]) -> Never:
    """Raise BadFormula, which says the first, with all of them by place."""
    said = [FieldProblem("text", str(each.message), row=each.line or None) for each in mistakes]
    raise BadFormula(field="text", problems=said, why=said[0].message if said else "")


def _of_tree(book: Book, term: Term) -> Iterator[FormulaMistake]:
    found = dict.fromkeys(formulas.faults(term))
    for fault in found:
        yield FormulaMistake(Wording(_TEXTS[fault]), 0, 0, "")
    if not found:
        yield from (
            _not_related(book, item) for item in formulas.items(term) if not _may(book, item)
        )


def _may(book: Book, item: UUID) -> bool:
    return item in book.related and item in book.refs


def _not_related(book: Book, item: UUID) -> FormulaMistake:
    # of what is out of reach nothing is told, not even that it is there
    name = book.names.get(item, item.hex[-6:])
    return FormulaMistake(Wording(_NOT_RELATED, {"name": name}), 0, 0, "")


_NOT_RELATED = untranslated(
    "The item does not need “%(name)s” by any relation that counts. Relate it first"
)
_NEAREST = untranslated(
    "The item does not need “%(name)s” by any relation that counts. Relate it first; or did you"
    " mean “%(suggestion)s”?"
)


def _unknown(known: Mapping[str, UUID], names: Iterable[Expression]) -> Iterator[FormulaMistake]:
    for each in names:
        name, place = each.name, each.place
        if name in known or place is None:
            continue
        nearest = closest(name, known)
        told = Wording(_NEAREST if nearest else _NOT_RELATED, {"name": name, "suggestion": nearest})
        yield FormulaMistake(told, place.line, place.column, nearest)
