"""Items that a grant reaches by an expression: what one says is known further up, and told here.

Whoever asks in SQL gets a condition, so nothing is fetched and nothing can be stale. Whoever asks
of things that are known already has them looked up by their ids, many at once where he says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Q, QuerySet

from wardround.kernel.errors import FieldProblem


class Expressions(Protocol):
    """What expressions over items mean."""

    def condition(self, expression: str, role: str, at: datetime) -> Q:
        """The condition on items; true of none where the expression can mean nothing (any more),
        or asks for what the role may not see.
        """

    def problem(self, expression: str, role: str) -> FieldProblem | None:
        """Why it may not be given to the role, with the place in it."""

    def ids(self, condition: Q) -> QuerySet[Any, UUID]:
        """The ids of the items of which the condition is true, as a query."""


@dataclass(frozen=True, slots=True)
class Among:
    """The items of which a grant's expression is true, as they are when asked.

    What is known of single ones is kept as long as the reach it belongs to: for one request.
    """

    expression: str
    role: str
    """Through which it is given: what is kept from that role is not asked for."""
    at: datetime = field(compare=False, repr=False)
    """The moment from which its days are counted."""
    _known: dict[UUID, bool] = field(default_factory=dict, compare=False, repr=False)
    _made: list[Q] = field(default_factory=list, compare=False, repr=False)

    def condition(self) -> Q:
        """On items themselves."""
        if not self._made:
            self._made.append(_made(self))
        return self._made[0]

    def look_at(self, items: Collection[UUID]) -> None:
        """Find out about those of these that nothing is known of; one query, or none."""
        unknown = set(items) - self._known.keys()
        if unknown:
            found = set(_ids(self.condition() & Q(id__in=sorted(unknown))))
            self._known.update((each, each in found) for each in unknown)

    def covers(self, item: UUID) -> bool:
        self.look_at((item,))
        return self._known[item]


def condition_of(several: Iterable[Among]) -> Q:
    """What one of them at least is true of; on items themselves."""
    return reduce(or_, (each.condition() for each in several), Q(pk__in=[]))


def ids_of(several: Iterable[Among]) -> QuerySet[Any, UUID]:
    """The same items by their ids, for rows that are about items. None where nobody knows."""
    return _expressions[0].ids(condition_of(several))


def problem(expression: str, role: str) -> FieldProblem | None:
    """Why an expression may not be given to a role: it means nothing, or asks for what the role
    does not see; nothing where it may.
    """
    return _expressions[0].problem(expression, role) if _expressions else None


def _made(among: Among) -> Q:
    if not _expressions:
        return Q(pk__in=[])
    return _expressions[0].condition(among.expression, among.role, among.at)


def _ids(condition: Q) -> Iterable[UUID]:
    return _expressions[0].ids(condition) if _expressions else ()


_expressions: list[Expressions] = []


def resolve_expressions_by(expressions: Expressions) -> None:
    """Say what expressions over items mean; the room that knows does so once."""
    _expressions[:] = [expressions]
