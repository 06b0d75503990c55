"""A plain condition as a condition in SQL on items: never one row at a time, and exactly as
`Evaluation` says it of each.

What leads to another item becomes “is among those of which it is true”, so that it is found by one
pass over these, and not once for each row. An item that the reader may not know of is missing to
the condition, like one that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    UUIDField,
    Value,
    When,
)
from django.db.models.lookups import In
from django.utils.translation import gettext_noop as _

from wardround.cmdb import grams, models
from wardround.cmdb.reading import may_be_named
from wardround.cmdb.restricted import Sight
from wardround.cmdb.where.belonging import belongs
from wardround.cmdb.where.names import DIVIDER, Meaning, Names, Sort, with_kin
from wardround.cmdb.where.paths import begin, divided, names_in, only_hop, without
from wardround.cmdb.where.reading import ASKED_BY_NAME
from wardround.cmdb.where.sql import (
    ALWAYS,
    ARITHMETIC,
    NEVER,
    OF_TEXT,
    ORDER,
    SAYING,
    SPANS,
    Parts,
    Sql,
    boolean,
    either,
    found_there,
    literal,
    moment_of,
    names_in_attribute,
    of_attribute,
    of_column,
    of_number,
    of_text,
    reference,
    seen_there,
    true,
)
from wardround.kernel.finding import folded
from wardround.kernel.reach import Reach
from wardround.schema.errors import ExpressionError
from wardround.schema.expressions import (
    Binary,
    Call,
    Evaluation,
    ListOf,
    Literal,
    Name,
    Node,
    Unary,
)
from wardround.schema.types import ItemRole

_TOLD = frozenset({"name", "key", "type", "layer"})
"""What is told of an item that is named, though it is itself out of reach."""
_COLUMNS = frozenset({"name", "key", "condition", "importance"})
_LOOKED_UP = re.compile(r"[A-Za-z0-9\u4e00-\u9fff .:/_-]*[A-Za-z0-9\u4e00-\u9fff]{2}\Z")
"""Words that stand in a name as it is searched wherever they stand in the name itself."""
_FEW = 1_000
_NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Compiling:
    source: str
    names: Names
    reach: Reach
    at: datetime
    at_once: bool = False
    """What leads to few other items is asked for now, once for all that is made of it."""

    # Truth -----------------------------------------------------------------------------------

    def truth(self, node: Node) -> Q:
        """Where the condition is true; two-valued, so that it may be negated. All that is asked of
        what one hop leads to is asked of it at once.
        """
        used = {name.name for name in names_in(node)}
        if (hop := only_hop(used)) and (rows := self.rows(hop, used)) is not None:
            return self.through(hop, rows, node)
        match node:
            case Binary(operator="and"):
                found = self.truth(node.left) & self.truth(node.right)
            case Binary(operator="or"):
                found = self.truth(node.left) | self.truth(node.right)
            case Unary(operator="not"):
                found = ~self.truth(node.operand)
            case _ if not used:
                found = ALWAYS if self.alone(node) is True else NEVER
            case _:
                found = self.narrowed(used, node) & self.said(node)
        return found

    def alone(self, node: Node) -> Any:
        """What it comes to where no name has a value."""
        return Evaluation({}, self.at).value(node)

    def narrowed(self, used: set[str], node: Node) -> Q:
        """Only of types that have one of the attributes, where it is false without them."""
        meanings = [self.meaning(name) for name in used if not divided(name)[0]]
        if self.alone(node) is True or len(meanings) < len(used):
            return ALWAYS
        if not all(meaning.attribute for meaning in meanings):
            return ALWAYS
        types = {name for each in meanings for owners in each.sorts.values() for name in owners}
        return Q(type__in=sorted(types))

    def said(self, node: Node) -> Q:
        match node:
            case Binary(operator="=="):
                found = self.same(node.left, node.right)
            case Binary(operator="!="):
                found = ~self.same(node.left, node.right)
            case Binary() if node.operator in ORDER:
                found = self.ordered(node)
            case Binary(operator="in"):
                found = self.member(node)
            case Binary(operator="not in"):
                found = ~self.member(node)
            case Call(function="is_set"):
                found = self.is_set(node.arguments[0])
            case Call() if node.function in SAYING:
                found = self.saying(node)
            case _:
                value = self.parts(node).boolean
                found = NEVER if value is None else true("@0@", value)
        return found

    def saying(self, node: Call) -> Q:
        texts = [self.parts(argument).text for argument in node.arguments]
        found = NEVER if None in texts else true(SAYING[node.function], *texts)
        match node.arguments:
            case (Name(name="name"), Literal(value=str() as word)) if _LOOKED_UP.match(word):
                held = models.ItemText.objects.filter(grams__contains=grams.standing(folded(word)))
                found &= Q(id__in=held.values("item"))
        return found

    def is_set(self, node: Node) -> Q:
        if self.is_systems(node):
            return self.any_system()
        value = self.parts(node)
        others = [part for name, part in value.classes.items() if name != "text"]
        empty = [] if value.text is None else [true("@0@ <> ''", value.text)]
        return either([*empty, *(true("@0@ IS NOT NULL", part) for part in others)])

    # Comparing -------------------------------------------------------------------------------

    def same(self, left: Node, right: Node) -> Q:
        for own, other in ((left, right), (right, left)):
            quick = self.same_as_literal(own, other)
            if quick is not None:
                return quick
        return self.equal(self.parts(left), self.parts(right), right)

    def same_as_literal(self, own: Node, other: Node) -> Q | None:
        """What every item has, by its column."""
        if not (isinstance(own, Name) and isinstance(other, Literal)):
            return None
        if DIVIDER in own.name or not isinstance(other.value, str):
            return None
        column = self.meaning(own.name).column
        if column in ("type", "layer"):
            kin = with_kin([other.value], self.names.types)
            return Q(type__in=kin if column == "type" else self.types_of(other.value))
        return Q(**{column: other.value}) if column in _COLUMNS else None

    def types_of(self, layer: str) -> list[str]:
        return [name for name, kind in self.names.types.items() if kind.layer == layer]

    def equal(self, left: Parts, right: Parts, at: Node) -> Q:
        ways = [
            true("@0@ = @1@", part, right.classes[name])
            for name, part in left.classes.items()
            if name != "moment" and name in right.classes
        ]
        if moments := self.moments(left, right, at):
            ways.append(true("@0@ = @1@", *moments))
        if not any(side.literal and side.classes for side in (left, right)):
            ways.append(left.missing() & right.missing())
        return either(ways)

    def moments(self, left: Parts, right: Parts, at: Node) -> tuple[Any, Any] | None:
        if left.moment is None and right.moment is None:
            return None
        for mine, other in ((left, right), (right, left)):
            if mine.moment is not None and other.text is not None and not other.literal:
                message = _("a date is compared with a date, written as “2026-01-31”")
                raise ExpressionError(self.source, begin(at), message, expected="date")
        first, second = left.as_moment(), right.as_moment()
        return None if first is None or second is None else (first, second)

    def ordered(self, node: Binary) -> Q:
        left, right = self.parts(node.left), self.parts(node.right)
        sign, ways = ORDER[node.operator], list[Q]()
        if left.text is not None and right.text is not None:
            ways.append(true(f'@0@ COLLATE "C" {sign} @1@ COLLATE "C"', left.text, right.text))
        if left.number is not None and right.number is not None:
            ways.append(true(f"@0@ {sign} @1@", left.number, right.number))
        if moments := self.moments(left, right, node.right):
            ways.append(true(f"@0@ {sign} @1@", *moments))
        return either(ways)

    def member(self, node: Binary) -> Q:
        if isinstance(node.left, Literal) and isinstance(node.right, Name):
            several = self.among_several(node.left.value, self.meaning(node.right.name))
            if several is not None:
                return several
        if isinstance(node.right, ListOf):
            return either([self.same(node.left, member) for member in node.right.members])
        part, whole = self.parts(node.left).text, self.parts(node.right).text
        if part is None or whole is None:
            return NEVER
        return true("strpos(@1@, @0@) > 0", part, whole)

    # Systems ---------------------------------------------------------------------------------

    def is_systems(self, node: Node) -> bool:
        return isinstance(node, Name) and Sort.SYSTEMS in self.meaning(node.name).sorts

    def among_several(self, called: Any, meaning: Meaning) -> Q | None:
        """Something of this name or key is among an item's systems or organisations."""
        if Sort.SYSTEMS in meaning.sorts:
            return self.of_system(called)
        if Sort.ORGANISATIONS in meaning.sorts:
            return belongs(called, self.names.types, self.reach, self.few)
        return None

    def of_system(self, called: Any) -> Q:
        """It serves a system of this name or key, that the reader may know of."""
        rows = models.Item.objects.filter(self.reach.named(), Q(name=called) | Q(key=called))
        return Q(systems__overlap=ArraySubquery(rows.values("id")))

    def any_system(self) -> Q:
        if self.reach.everything:
            return true("cardinality(@0@) > 0", F("systems"))
        return Q(systems__overlap=self.known_systems())

    def known_systems(self) -> Any:
        """The ids of those that the reader may know of."""
        if not self.reach.among:
            return Value(sorted(self.reach.systems), output_field=ArrayField(UUIDField()))
        types = [name for name, kind in self.names.types.items() if ItemRole.SYSTEM in kind.roles]
        rows = models.Item.objects.filter(self.reach.named(), type__in=types)
        return ArraySubquery(rows.values("id"))

    def systems(self) -> Parts:
        """How many, of those that the reader may know of."""
        if self.reach.everything:
            return Parts(number=Sql("cardinality(@0@)", F("systems"), gives=FloatField()))
        form = "cardinality(ARRAY(SELECT unnest(@0@) INTERSECT SELECT unnest(@1@::uuid[])))"
        known = self.known_systems()
        return Parts(number=Sql(form, F("systems"), known, gives=FloatField()))

    # Values ----------------------------------------------------------------------------------

    def parts(self, node: Node) -> Parts:
        if not any(names_in(node)):
            return literal(self.alone(node))
        match node:
            case Name():
                found = self.named(node)
            case Unary(operator="-"):
                found = of_number("- (@0@)", self.parts(node.operand).number)
            case Binary() if node.operator in ARITHMETIC:
                found = self.computed(node)
            case Call() if node.function not in SAYING and node.function != "is_set":
                found = self.called(node)
            case _:
                found = boolean(self.truth(node))
        return found

    def computed(self, node: Binary) -> Parts:
        sides = [
            of_number("cmdb_bounded((@0@)::double precision)", self.parts(side).number).number
            for side in (node.left, node.right)
        ]
        return of_number(f"cmdb_bounded({ARITHMETIC[node.operator]})", *sides)

    def called(self, node: Call) -> Parts:
        if self.is_systems(node.arguments[0]):
            return self.systems()
        values = [self.parts(argument) for argument in node.arguments]
        match node.function:
            case "coalesce":
                found = self.first_set(values)
            case "abs":
                found = of_number("abs(@0@)", values[0].number)
            case "round":
                found = of_number("round((@0@)::double precision)", values[0].number)
            case "len":
                found = of_number("char_length(@0@)", values[0].text)
            case function if function in SPANS:
                found = self.span(function, values[0])
            case _:
                found = of_text(OF_TEXT[node.function], values[0].text)
        return found

    def span(self, function: str, value: Parts) -> Parts:
        sign, unit = SPANS[function]
        form = f"(extract(epoch FROM (@0@ - @1@)) * {sign})::double precision / {unit}"
        return of_number(form, moment_of(self.at), value.as_moment())

    def first_set(self, values: list[Parts]) -> Parts:
        """Of each class what the first value gives that is not missing."""
        if not values:
            return Parts()
        first, rest = values[0], self.first_set(values[1:])
        if first.literal and first.classes:
            return first
        found: dict[str, Any] = {}
        for name in {*first.classes, *rest.classes}:
            mine, other = first.classes.get(name), rest.classes.get(name)
            if other is None:
                found[name] = mine
            else:
                found[name] = Case(When(first.missing(), then=other), default=mine or Value(None))
        return Parts.of(found)

    # Names -----------------------------------------------------------------------------------

    def seen(self, meaning: Meaning, types: Sequence[str]) -> Q:
        """Items of these types whose attribute the reader may see: else it is missing."""
        return Sight(self.reach).among(meaning.attribute, types)

    def meaning(self, name: str) -> Meaning:
        found = self.names.meaning(name.split(DIVIDER))
        if found is None:
            raise KeyError(name)  # `read` found every name before
        return found

    def named(self, node: Name) -> Parts:
        hop, rest = divided(node.name)
        if hop:
            return self.beyond(hop, rest, node)
        meaning = self.meaning(node.name)
        if meaning.attribute:
            return of_attribute(meaning, "attributes", partial(self.seen, meaning))
        for sort, told in ASKED_BY_NAME.items():
            if sort in meaning.sorts:
                message, expected = told
                raise ExpressionError(self.source, node.at, message, expected=expected)
        return self.layer() if meaning.column == "layer" else of_column(meaning)

    def layer(self) -> Parts:
        words = self.names.own["layer"].words or {}
        whens = [When(Q(type__in=self.types_of(name)), then=Value(name)) for name in words]
        return Parts(text=Case(*whens, output_field=TextField()))

    # To other items --------------------------------------------------------------------------

    def rows(self, hop: str, used: set[str]) -> QuerySet[models.Item] | None:
        """The items that a hop may lead to, as far as the reader may know what is asked of them;
        nothing where that is not the same for all that is asked.
        """
        told = {divided(name)[1] in _TOLD for name in used}
        if len(told) != 1:
            return None
        return models.Item.objects.filter(self.visible(hop, told=told.pop()))

    def visible(self, hop: str, *, told: bool) -> Q:
        person = not self.meaning(hop).attribute
        return may_be_named(self.reach) if told and not person else self.reach.condition()

    def through(self, hop: str, rows: QuerySet[models.Item], node: Node) -> Q:
        """It is true of what the hop leads to; of what is missing as the condition has it."""
        inner = self.truth(without(hop, node))
        if self.alone(node) is True:
            return ~self.leading(hop, rows.filter(~inner))
        return self.leading(hop, rows.filter(inner))

    def leading(self, hop: str, rows: QuerySet[models.Item]) -> Q:
        meaning = self.meaning(hop)
        few = self.few(rows)
        if not meaning.attribute:
            return Q(**{f"{meaning.column}__in": rows.values("id") if few is None else few})
        if few is not None:
            seen = self.seen(meaning, meaning.sorts[Sort.REFERENCE])
            return seen & names_in_attribute(meaning.attribute, few)
        id_ = Sql(
            f"coalesce(@0@, '{_NOBODY}')",
            reference(meaning.attribute, "attributes"),
            gives=UUIDField(),
        )
        return self.seen(meaning, meaning.sorts[Sort.REFERENCE]) & Q(In(id_, rows.values("id")))

    def few(self, rows: QuerySet[models.Item]) -> list[UUID] | None:
        if not self.at_once:
            return None
        found = list(rows.values_list("id", flat=True)[: _FEW + 1])
        return found if len(found) <= _FEW else None

    def beyond(self, hop: str, rest: str, node: Name) -> Parts:
        """What is there of the item that the hop leads to; for what compares two items."""
        meaning = self.meaning(hop)
        inner = self.named(Name(node.at, rest))
        rows = models.Item.objects.filter(
            self.visible(hop, told=rest in _TOLD), id=self.outer(meaning)
        )
        return Parts.of(
            {
                name: found_there(name, Subquery(rows.annotate(found=part).values("found")[:1]))
                for name, part in inner.classes.items()
            }
        )

    def outer(self, meaning: Meaning) -> Any:
        """The id in the row that is asked from."""
        if not meaning.attribute:
            return OuterRef(f"{meaning.column}_id")
        id_ = reference(meaning.attribute, OuterRef("attributes"))
        apart = Sight(self.reach).divided(meaning.attribute, meaning.sorts[Sort.REFERENCE])
        return Sql("CASE WHEN @1@ THEN @0@ END", id_, seen_there(apart), gives=UUIDField())
