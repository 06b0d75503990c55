"""What a role is given over by an expression: checked when it is given, compiled when it is asked.

An expression is the administrator's word on items, so it is read with everything in sight; but what
is shown through it tells of what it asks. So it may ask for no attribute that the role does not
see, and of what another item names for none that is not open to everybody. What can no longer be
read, or asks too much by now, is true of no item.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wardround.cmdb import models, where
from wardround.cmdb.restricted import by_type
from wardround.cmdb.where.names import DIVIDER, Meaning, Names, Sort, steps
from wardround.cmdb.where.paths import names_in
from wardround.cmdb.where.reading import Plain, read
from wardround.kernel.errors import FieldProblem
from wardround.kernel.reach import Held, Reach
from wardround.kernel.types import EVERY_ROLE
from wardround.schema.actions import wording
from wardround.schema.errors import ExpressionError
from wardround.schema.expressions import Name

FIELD = "where"
Given = tuple[str, str]
"""An expression, and the role that is given by it."""


class Granted:
    """Expressions of grants as `kernel.among` asks for them."""

    def condition(self, expression: str, role: str, at: datetime) -> Q:
        names = where.names()
        try:
            _refuse_what_is_kept(read(expression, names), names, role)
            return where.compiled(expression, names, _sight_of(role), at, at_once=True)
        except ExpressionError:
            return Q(pk__in=())

    def ids(self, condition: Q) -> QuerySet[Any, UUID]:
        return models.Item.objects.filter(condition).order_by().values_list("id", flat=True)

    def problem(self, expression: str, role: str) -> FieldProblem | None:
        """Why it may not be given, with the place in it."""
        names = where.names()
        try:
            _refuse_what_is_kept(read(expression, names), names, role)
            where.compiled(expression, names, _sight_of(role), _ANY_MOMENT)
        except ExpressionError as error:
            text = _("character %(place)s: %(what)s")
            what = wording(error.problem((FIELD,)))
            told = text % {"place": error.offset + 1, "what": what}
            return FieldProblem(FIELD, told, offset=error.offset)
        return None


def _sight_of(role: str) -> Reach:
    """Every item, and of them what the role sees: what is not named, and goes by such attributes as
    position in the organisation does, goes by no other.
    """
    return Reach(everything=True, held=(Held(role, Reach(everything=True)),))


def asks_of_others(expression: str) -> bool:
    """Whether it asks of more than an item itself, so that other items' changes could move it."""
    try:
        meanings = read(expression, where.names()).meanings
    except ExpressionError:
        return False
    several = {Sort.SYSTEMS, Sort.ORGANISATIONS}
    return any(DIVIDER in name or several & its.sorts.keys() for name, its in meanings.items())


_ANY_MOMENT = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


def _refuse_what_is_kept(plain: Plain, names: Names, role: str) -> None:
    """Raises ExpressionError at the name of what the role may not see."""
    for node in names_in(plain.root):
        for roles in _kept(node, names):
            if not roles or (role != EVERY_ROLE and role not in roles):
                message = gettext_noop(
                    "“%(name)s” is not shown to this role, so its condition cannot ask for it"
                )
                raise ExpressionError(plain.source, node.at, message, {"name": node.name})


def _kept(node: Name, names: Names) -> Iterator[Collection[str]]:
    """The roles that see each kept attribute which a name goes through; of other items, none."""
    path, types = list(steps(node.name.split(DIVIDER))), tuple[str, ...]()
    for hop, part in enumerate(path):
        meaning = names.meaning(part.split(DIVIDER))
        if meaning is None:
            return
        for roles in _roles_of(meaning, types):
            yield () if hop else roles
        types = meaning.to


def _roles_of(meaning: Meaning, types: Collection[str]) -> Iterator[Collection[str]]:
    declaring = {name for owners in meaning.sorts.values() for name in owners}
    for name in declaring & set(types) if types else declaring:
        if roles := by_type().get(name, {}).get(meaning.attribute):
            yield roles


def true_of(item: UUID, given: Collection[Given], at: datetime) -> frozenset[Given]:
    """Of these expressions, each with its role, those that are true of an item; one query."""
    listed, granted = sorted(given), Granted()
    if not listed:
        return frozenset()
    told = {
        f"said_{place}": Case(
            When(granted.condition(*each, at), then=Value(value=True)),
            default=Value(value=False),
            output_field=BooleanField(),
        )
        for place, each in enumerate(listed)
    }
    rows = models.Item.objects.filter(id=item).annotate(**told)
    found = rows.values_list(*told).first() or ()
    return frozenset(each for each, said in zip(listed, found, strict=False) if said)
