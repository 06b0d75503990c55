"""Lines become rows: what they name is found by key or by a name that one item alone has.

A fixed number of statements for any number of lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from wardround.cmdb import bin_queries, models, rules
from wardround.cmdb.drafts import PEOPLE, people_of
from wardround.cmdb.intake.identity import (
    Found,
    Identification,
    Known,
    families_of,
    fields_of,
    open_families,
)
from wardround.cmdb.intake.lines import RelationText, Said
from wardround.cmdb.restricted import Sight, by_type
from wardround.cmdb.rows import ItemRow, RelationSaid, Row
from wardround.cmdb.statements import listed
from wardround.cmdb.types import UNSET, ItemEdit
from wardround.kernel.ids import new_id
from wardround.kernel.reach import Reach
from wardround.schema.types import AttributeType, ItemType, RelationKind

_PLACES = (AttributeType.ADDRESS, AttributeType.NETWORK)


@dataclass(frozen=True, slots=True)
class _Named:
    way: str
    """The id of what is stored, the key of what is to be."""
    key: str
    type: str


@dataclass(slots=True)
class _Names:
    """What texts stand for."""

    ways: dict[str, str] = field(default_factory=dict)
    """By id or key."""
    by_name: dict[str, dict[str, _Named]] = field(default_factory=lambda: defaultdict(dict))
    """By name and key."""

    def add(self, name: str, key: str, type_name: str, way: str = "") -> None:
        way = self.ways.setdefault(key, way or key)
        self.by_name[name][key] = _Named(way, key, type_name)


def rows_of(  # noqa: PLR0913  # the last are named
    lines: Sequence[Said],
    seen: Reach,
    types: Mapping[str, ItemType],
    kinds: Mapping[str, RelationKind],
    known_as: Callable[[Collection[str]], Iterable[tuple[str, str, str]]] = lambda _own: (),
    *,
    new: bool = False,
) -> list[Row]:
    """The rows that lines come to; what cannot be told stands in their problems. `known_as`: what
    their source knows items by, with their types and keys. `new`: they are about nothing stored,
    whatever looks like them, as a person says.
    """
    naming = _Naming(types, kinds)
    names = _stored_names({text for line in lines for text in naming.texts(line)}, seen)
    for line in lines:
        naming.replace(line, names, final=False)
    about = [line for line in lines if not line.of_relations]
    if new:
        found: Mapping[int, Found] = {line.number: Found() for line in about}
    else:
        _know_by_source(about, types, known_as)
        found = Identification(_stock(about, seen, types), types).find(about)
    rows = {line.number: _named(line, found.get(line.number, Found())) for line in about}
    for line in about:
        _name_new(line, found.get(line.number), types)
        item, name = rows[line.number], line.columns.get("name")
        if item.key:
            names.add(str(name or ""), item.key, item.type or "")
    for line in lines:
        naming.replace(line, names, final=True)
    _refuse_lying(about, rows, seen)
    several = len({line.table for line in lines}) > 1
    return [_row(line, rows.get(line.number), several=several) for line in lines]


def _refuse_lying(lines: Sequence[Said], rows: Mapping[int, ItemRow], seen: Reach) -> None:
    """A row about a new item whose key a deleted one has: whoever sends it may mean that one."""
    keys = {key for line in lines if (key := line.columns.get("key"))}
    lying = bin_queries.lying_keys(seen, keys)
    there = models.Item.objects.filter(key__in=listed("text", lying)) if lying else ()
    known = {row.key for row in there}
    for line in lines:
        key = rows[line.number].key
        if key is not None and key in lying and key not in known:
            message = _(
                "“%(name)s” with this key lies in the recycle bin. Restore it there, or choose"
                " another key."
            )
            line.refuse("key", message % {"name": lying[key]})


def _named(line: Said, found: Found) -> ItemRow:
    """The item of a line: a stored one, else a new one with a key of its own."""
    key = str(line.columns.get("key") or "")
    if found.item is not None:
        return ItemRow(ItemEdit(), line.type or None, key=found.item.key)
    return ItemRow(ItemEdit(), line.type or None, key=key or f"{line.type}-{new_id().hex[-12:]}")


def _know_by_source(
    lines: Sequence[Said],
    types: Mapping[str, ItemType],
    known_as: Callable[[Collection[str]], Iterable[tuple[str, str, str]]],
) -> None:
    """Give rows the keys of the items that their source knows so; what it calls 1 among its places
    is not what it calls 1 among its machines.
    """
    asked = {text for line in lines if (text := line.columns.get("own"))}
    families = families_of(types)
    known = {(own, families[of]): key for own, of, key in known_as(asked) if of in types}
    for line in lines:
        if line.type in types and not line.columns.get("key"):
            place = line.columns.get("own") or "", families[line.type]
            if place in known:
                line.columns["key"] = known[place]


def _name_new(line: Said, found: Found | None, types: Mapping[str, ItemType]) -> None:
    """A new address or network that is given no name is called what it is."""
    item_type = types.get(line.type)
    if found is None or found.item is not None or item_type is None or line.columns.get("name"):
        return
    for attribute in item_type.attributes:
        value = line.attributes.get(attribute.name)
        if value and attribute.name in fields_of({"": item_type}) and attribute.type in _PLACES:
            line.columns["name"] = str(value)
            return


def _row(line: Said, item: ItemRow | None, *, several: bool) -> Row:
    relations = tuple(
        RelationSaid(each.kind, each.source, each.target, each.details, each.where)
        for each in line.relations
    )
    place = f"{line.table}/{line.line.number}" if several else str(line.line.number)
    if item is None:
        return Row(line.number, None, relations, tuple(line.problems), place, by_name=True)
    said = line.columns
    content = ItemEdit(
        name=said.get("name", UNSET),
        importance=said.get("importance", UNSET),
        owner=said.get("owner", UNSET),
        vendor=said.get("vendor", UNSET),
        attributes=line.attributes,
    )
    whole = ItemRow(content, item.type, item.key)
    return Row(line.number, whole, relations, tuple(line.problems), place, by_name=True)


# What is stored ----------------------------------------------------------------------------------


def _stored_names(texts: Collection[str], seen: Reach) -> _Names:
    names = _Names()
    if not texts:
        return names
    ids = [id_ for text in texts if (id_ := rules.as_id(text))]
    wanted = Q(key__in=listed("text", texts)) | Q(name__in=listed("text", texts), retired_at=None)
    if ids:
        wanted |= Q(id__in=listed("uuid", ids))
    rows = models.Item.objects.filter(wanted, seen.condition())
    for id_, key, name, type_name in rows.values_list("id", "key", "name", "type"):
        names.ways[str(id_)] = str(id_)
        names.add(name, key, type_name, str(id_))
    return names


def _stock(lines: Sequence[Said], seen: Reach, types: Mapping[str, ItemType]) -> list[Known]:
    """Items that lines could be about and do not name by a key alone. By what is kept from the
    reader he finds none.

    Of families of which each line gives the key of an item and says what is stored, as in a load
    that was sent before, these items are enough.
    """
    families = families_of(types)
    asked = {
        families[line.type]
        for line in lines
        if (known := types.get(line.type)) and (known.identified_by or not line.columns.get("key"))
    }
    keys = {key for line in lines if (key := line.columns.get("key"))}
    named = _known(asked, types, seen, Q(key__in=listed("text", keys))) if keys else []
    open_ = open_families(lines, {known.key: known for known in named}, types) & asked
    closed = [known for known in named if families[known.type] not in open_]
    return [*closed, *_known(open_, types, seen, Q())]


def _known(
    wanted: Collection[str], types: Mapping[str, ItemType], seen: Reach, which: Q
) -> list[Known]:
    """The items of these families, with what may identify them as far as the reader sees it."""
    kin = [name for name, family in families_of(types).items() if family in wanted]
    if not kin:
        return []
    names = sorted(fields_of({name: types[name] for name in kin}))
    rows, sight = models.Item.objects.filter(seen.condition(), which, type__in=kin), Sight(seen)
    columns = ("id", "key", "type", "name", "systems")
    held = rows.values_list(*columns, *(f"attributes__{name}" for name in names))
    if by_type():
        seen.look_at(rows.values_list("id", flat=True))
    found = []
    for id_, key, type_name, name, systems, *values in held.iterator():
        hidden = sight.hidden(type_name, id_, systems)
        shown = {
            each: value for each, value in zip(names, values, strict=True) if each not in hidden
        }
        found.append(Known(id_, key, type_name, name, shown))
    return found


# What lines name ---------------------------------------------------------------------------------


class _Naming:
    """Replaces names by keys."""

    def __init__(self, types: Mapping[str, ItemType], kinds: Mapping[str, RelationKind]) -> None:
        self._types = types
        self._kinds = kinds
        self._people = people_of(types)
        self._references = {
            name: {
                attribute.name: attribute.to
                for attribute in known.attributes
                if attribute.name in rules.reference_names(known)
            }
            for name, known in types.items()
        }

    def texts(self, line: Said) -> Iterator[str]:
        for column in PEOPLE:
            if text := line.columns.get(column):
                yield text
        for name in self._references.get(line.type, ()):
            if text := line.attributes.get(name):
                yield str(text)
        for said in line.relations:
            yield from (text for text in (said.source, said.target) if text)

    def replace(self, line: Said, names: _Names, *, final: bool) -> None:
        """Put keys in place of names; what has none is left, and at the end refused further on."""
        for column in PEOPLE:
            if text := line.columns.get(column):
                admitted = self._people.get(column, ())
                line.columns[column] = self._key(line, column, text, admitted, names, final=final)
        for name, to in self._references.get(line.type, {}).items():
            if text := line.attributes.get(name):
                where = f"attributes.{name}"
                line.attributes[name] = self._key(line, where, str(text), to, names, final=final)
        line.relations = [self._ends(line, said, names, final=final) for said in line.relations]

    def _ends(self, line: Said, said: RelationText, names: _Names, *, final: bool) -> RelationText:
        ends = {"source": said.source, "target": said.target}
        kind = self._kinds.get(said.kind)
        for end, text in ends.items():
            if text:
                admitted = {
                    name for each in (kind.allowed if kind else ()) for name in getattr(each, end)
                }
                ends[end] = self._key(line, said.where, text, admitted, names, final=final)
        return RelationText(said.kind, ends["source"], ends["target"], said.where, said.details)

    def _key(  # noqa: PLR0913  # all but the first four are what it is looked for in
        self,
        line: Said,
        where: str,
        text: str,
        admitted: Collection[str],
        names: _Names,
        *,
        final: bool,
    ) -> str:
        if text in names.ways:
            return names.ways[text]
        called = list(names.by_name.get(text, {}).values())
        if len(called) > 1 and admitted:
            called = [each for each in called if self._is_any(each.type, admitted)]
        if len(called) == 1:
            return called[0].way
        if len(called) > 1 and final:
            message = _("Several items are called “%(name)s”: %(keys)s. Write the key.")
            keys = ", ".join(sorted(each.key for each in called)[:5])
            line.refuse(where, message % {"name": text[:100], "keys": keys})
        return text

    def _is_any(self, type_name: str, admitted: Collection[str]) -> bool:
        known = self._types.get(type_name)
        return known is not None and any(known.is_a(name) for name in admitted)
