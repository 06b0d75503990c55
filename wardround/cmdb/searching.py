"""Items found by what somebody types: as a condition for lists, and the best of them first.

What is typed is looked up by `grams` and read then, so that among 200,000 items a search takes
some milliseconds. Names that are only alike are looked for where little else is found: of the
names that keep a part of each word, those that keep most.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from wardround.cmdb import grams, item_texts, models, rules
from wardround.cmdb.own_texts import Matching, Own, TextRow, of_few
from wardround.cmdb.permissions import READ
from wardround.cmdb.reading import read_items
from wardround.cmdb.types import Item
from wardround.kernel.finding import (
    MOST_COUNTED,
    Asked,
    Found,
    Hit,
    Match,
    Searched,
    Texts,
    Word,
    texts,
)
from wardround.kernel.likeness import surviving
from wardround.kernel.reach import Reach, reach
from wardround.kernel.spoken import heard
from wardround.kernel.telephone import digits
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.types import ItemRole, Label

_MOST_ALIKE, _MOST_COMPARED = 2_000, 200
"""Names that keep a part of what was typed, and those that are compared letter by letter."""
_PEOPLE = (ItemRole.OWNER, ItemRole.VENDOR, ItemRole.ORGANISATION)


def saying(asked: Asked) -> Q:
    """The condition on `ItemText`: every word stands there or is heard there."""
    condition = Q()
    for word in asked.words:
        condition &= _stands(word) | _sounds(word)
    if asked.number:
        condition |= _standing(asked.number)
    return condition


def matching(q: str, seen: Reach, *, most: int | None = None) -> Q:
    """The condition on items within reach, retired ones too, that a list is asked for; `most`: on
    so many of them at most, whichever.
    """
    asked = Asked.of(q)
    if not asked.words:
        return Q()
    own = of_few(seen, retired=True)
    if own is not None:
        return Q(id__among=[row.item for row, _match in own.matching(asked)[0]])
    return Q(id__in=models.ItemText.objects.filter(saying(asked)).values("item")[:most])


def _stands(word: Word) -> Q:
    condition = _standing(word.text)
    return condition | _standing(word.code) if word.code else condition


def _standing(text: str) -> Q:
    return _looked_up(grams.standing(text)) & Q(text__holds=text)


def _sounds(word: Word) -> Q:
    if not word.sound:
        return Q(pk__in=())
    abbreviated = _looked_up(grams.initials(word.sound)) & Q(initials__holds=word.sound)
    spoken = _looked_up(grams.reading(word.sound)) & Q(sound__regex=heard(word.sound))
    return abbreviated | spoken


def _looked_up(wanted: Collection[int]) -> Q:
    return Q(grams__contains=list(wanted)) if wanted else Q()


# The best first ----------------------------------------------------------------------------------


_Rows = QuerySet[models.ItemText]


def find_items(actor: Actor, asked: Asked, limit: int, _at: datetime) -> Found:
    """Items within the actor's reach, but people and organisations."""
    return _find(actor, asked, limit, people=False)


def find_people(actor: Actor, asked: Asked, limit: int, _at: datetime) -> Found:
    """People and organisations within the actor's reach, as items."""
    return _find(actor, asked, limit, people=True)


def _people() -> list[str]:
    types = schema.remembered_item_types()
    return sorted({name for role in _PEOPLE for name in rules.types_with(role, types)})


def _find(actor: Actor, asked: Asked, limit: int, *, people: bool) -> Found:
    """Some statements, and what it takes to show what was found."""
    if not asked.words:
        return Found()
    seen = reach(actor, READ)
    among = _within(seen, people=people)
    matching, more = among.matching(asked)
    places = {row.item: row.place(asked, match) for row, match in matching}
    best = sorted(matching, key=lambda each: places[each[0].item])[:limit]
    if len(best) < limit:
        taken = {row.item for row, _match in best}
        alike = _alike(among, asked, taken, limit - len(best))
        best += [(row, Match.ALIKE) for row in alike]
    more = more or len(matching) > MOST_COUNTED
    return Found(_hits(seen, asked, best), min(len(matching), MOST_COUNTED), more)


def _within(seen: Reach, *, people: bool) -> Own | _Stored:
    types = _people()
    own = of_few(seen, types) if people else of_few(seen, but=types)
    if own is not None:
        return own
    kind = Q(item__type__in=types) if people else ~Q(item__type__in=types)
    condition = seen.condition(item="item_id", systems="item__systems")
    rows = models.ItemText.objects.filter(condition)
    return _Stored(rows.filter(kind, item__retired_at=None))


@dataclass(frozen=True, slots=True)
class _Stored:
    """The items within a reach, as the store finds them."""

    rows: _Rows

    def matching(self, asked: Asked) -> Matching:
        """Where there is more than is looked at, at least what is exactly so, and what begins so,
        is among it.
        """
        found = _read(self.rows.filter(saying(asked))[: MOST_COUNTED + 1])
        more = len(found) > MOST_COUNTED
        if more:
            for end in ("\n", ""):
                wholes = Q(pk__in=())
                for line in asked.lines:
                    wholes |= _standing(f"\n{line}{end}")
                found |= _read(self.rows.filter(wholes)[:MOST_COUNTED])
        judged = ((row, asked.match(row.held)) for row in found.values())
        return [(row, match) for row, match in judged if match is not None], more

    def keeping(self, asked: Asked, allowed: int) -> Iterable[TextRow]:
        """Those that keep a part of each word."""
        condition = Q()
        for word in asked.words:
            among = min(allowed, word.allowed)
            condition &= (_surviving(word, among) if among else _stands(word)) | _sounds(word)
        return _read(self.rows.filter(condition)[:_MOST_ALIKE]).values()


def _read(rows: _Rows) -> dict[UUID, TextRow]:
    found = rows.values_list("item_id", "item__name", "text", "sound", "initials")
    return {id_: TextRow(id_, name, Texts(*held)) for id_, name, *held in found}


# Alike -------------------------------------------------------------------------------------------


def _alike(
    among: Own | _Stored, asked: Asked, taken: Collection[UUID], limit: int
) -> list[TextRow]:
    """Names that are the words but for some mistakes, the fewest first; two mistakes in a word
    are looked past where one leaves room.
    """
    found: dict[UUID, tuple[int, TextRow]] = {}
    for allowed in range(1, max((word.allowed for word in asked.words), default=0) + 1):
        for row in _keeping(among, asked, allowed):
            number = asked.mistakes(row.held, row.name)
            if number is not None and row.item not in taken:
                found[row.item] = number, row
        if len(found) >= limit:
            break
    counted = sorted(
        found.values(), key=lambda each: (each[0], len(each[1].held.name), each[1].name)
    )
    return [row for _number, row in counted[:limit]]


def _keeping(among: Own | _Stored, asked: Asked, allowed: int) -> Iterable[TextRow]:
    """Of those that keep a part of each word, those that keep most of it."""
    pieces = {piece for word in asked.words if word.allowed for piece in grams.pieces(word.text)}
    return heapq.nlargest(
        _MOST_COMPARED,
        among.keeping(asked, allowed),
        key=lambda row: sum(piece in row.held.text for piece in pieces),
    )


def _surviving(word: Word, allowed: int) -> Q:
    """A part of a word that stands there whole does so, too."""
    condition = Q(pk__in=())
    for part in surviving(word.text, allowed):
        condition |= _looked_up(grams.surviving(part))
    return condition


# Shown -------------------------------------------------------------------------------------------


def _hits(seen: Reach, asked: Asked, best: Iterable[tuple[TextRow, Match]]) -> tuple[Hit, ...]:
    shown = list(best)
    rows = models.Item.objects.filter(id__in=[row.item for row, _match in shown])
    items = {item.id: item for item in read_items(list(rows), seen)} if shown else {}
    return tuple(
        _hit(items[row.item], row, asked, match) for row, match in shown if row.item in items
    )


def _hit(item: Item, row: TextRow, asked: Asked, match: Match) -> Hit:
    by, label = "", None
    if match is Match.SOUND:
        by = asked.heard_as(row.held)
    elif match is not Match.ALIKE:
        by, label = _where(item, row.held, asked)
    return Hit(
        id=str(item.id),
        name=item.name,
        note=item.type_label,
        match=match,
        by=by,
        by_label=label,
        mark=item.judged,
    )


def _where(item: Item, held: Texts, asked: Asked) -> tuple[str, Label | None]:
    """The value that matched and what it is, where the name does not say it."""
    missing = [word for word in asked.words if word.text not in held.name]
    its_type = schema.remembered_item_types().get(item.type)
    values = [(_KEY, item.key)]
    for name, _of_type in item_texts.searched(its_type):
        declared = its_type.attribute(name) if its_type else None
        if declared and (value := item.attributes.get(name)) is not None:
            values.append((declared.label, str(value)))
    for label, value in values:
        said = texts(value)
        dialled = bool(asked.number) and asked.number in digits(value)
        if dialled or any(word.stands_in(said) for word in missing):
            return value, label
    return "", None


_KEY = Label("标识", "Key")


# Registered --------------------------------------------------------------------------------------

GROUPS = (
    Searched(
        name="items",
        scope="items",
        label=Label("配置项", "Items"),
        needs=READ,
        find=find_items,
        order=1,
    ),
    Searched(
        name="people",
        scope="people",
        label=Label("人员与组织", "People and organisations"),
        needs=READ,
        find=find_people,
        order=2,
    ),
)
