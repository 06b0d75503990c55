"""Which stored item a line is about, where it gives no key: by what its type is identified by.

Pure. Identifiers are tried in their order; the first that finds something decides. What several
items answer to, or what one identifier finds and another denies, is left to a person: two machines
that report one serial number are never made one. How a source writes a value does not count: case,
width, blanks, the domain behind a host's name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from wardround.cmdb.intake.lines import Said
from wardround.cmdb.intake.placeholders import bare, says_nothing
from wardround.kernel.typed_text import compatible
from wardround.schema.types import AttributeType, ItemType

BY_NAME = (("name",),)
"""Of a type that says nothing."""
_BLANKS = re.compile(r"\s+")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－﹣ー", "-"))
_HOST = re.compile(r"([a-z0-9_][a-z0-9_-]*)(\.[a-z0-9_-]+)*\.[a-z]{2,}")

Identifier = tuple[str, ...]
Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A stored item, with what may identify it."""

    id: UUID
    key: str
    type: str
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def told(self) -> str:
        return f"{self.name} ({self.key})"


@dataclass(frozen=True, slots=True)
class Found:
    """What a line is about: an item, or a new one."""

    item: Known | None = None


def identifiers(item_type: ItemType) -> tuple[Identifier, ...]:
    return item_type.identified_by or BY_NAME


def family(item_type: ItemType) -> str:
    """Types among which an identifier is looked for: all that extend one root."""
    return item_type.lineage[-1] if item_type.lineage else item_type.name


def families_of(types: Mapping[str, ItemType]) -> dict[str, str]:
    """The family of each type, asked once for all rows."""
    return {name: family(known) for name, known in types.items()}


def fields_of(types: Mapping[str, ItemType]) -> set[str]:
    """Attributes that identify items of some type."""
    every = (each for known in types.values() for ident in known.identified_by for each in ident)
    return {name for name in every if name != "name"}


def open_families(
    lines: Sequence[Said], named: Mapping[str, Known], types: Mapping[str, ItemType]
) -> set[str]:
    """Families of which it takes all items to tell what lines are about. Whoever gives the key of
    an item, and of what identifies it says what is stored or nothing, means this item and takes
    nothing from another.

    Args:
        lines: that are about items.
        named: by key, the items whose keys they give.
        types: of all items.

    """
    reader, families = Identification((), types), families_of(types)
    found = set[str]()
    for line in lines:
        known = named.get(str(line.columns.get("key") or ""))
        if line.type in types and not (known and reader.says_no_other(line, known)):
            found |= {families[line.type], *((families[known.type],) if known else ())}
    return found


def same(name: str, value: object, item_type: ItemType) -> str:
    """A value as it is compared; empty where it says nothing."""
    return "" if value is None else _compared(str(value), *_written(name, item_type))


def _written(name: str, item_type: ItemType) -> tuple[bool, bool]:
    """Whether values of it are codes, whose marks do not count, or hosts, whose domain does not."""
    declared = None if name == "name" else item_type.attribute(name)
    code = declared is not None and declared.type is AttributeType.TEXT
    host = name == "name" or (declared is not None and declared.type is AttributeType.ADDRESS)
    return code, host


@lru_cache(maxsize=100_000)
def _compared(value: str, code: bool, host: bool) -> str:  # noqa: FBT001  # kept by its arguments
    """The same row is compared several times over, and most rows say what is stored."""
    text = _BLANKS.sub("", compatible(value).translate(_DASHES)).casefold()
    if says_nothing(text, code=code):
        return ""
    if code:
        return bare(text)
    found = _HOST.fullmatch(text) if host else None
    return found[1] if found else text


_OfFamily = dict[Identifier, dict[Values, list[Known]]]
"""By identifier and what it holds, the items."""


class Identification:
    """Finds what lines are about among what is stored, and refuses those that nobody can tell."""

    def __init__(self, stock: Sequence[Known], types: Mapping[str, ItemType]) -> None:
        self._types = types
        self._families = families_of(types)
        self._identifying = {
            name: {each for identifier in identifiers(known) for each in identifier}
            for name, known in types.items()
        }
        self._sorts: dict[tuple[str, str], tuple[bool, bool]] = {}
        self._by_key = {known.key: known for known in stock}
        self._stock: dict[str, list[Known]] = defaultdict(list)
        for known in stock:
            if known.type in types:
                self._stock[self._families[known.type]].append(known)
        self._index: dict[str, _OfFamily] = {}

    def find(self, lines: Sequence[Said]) -> dict[int, Found]:
        """By line, what it is about; those that are left to a person get their problem."""
        found: dict[int, Found] = {}
        fresh: dict[tuple[str, Identifier, Values], list[Said]] = defaultdict(list)
        staying = {line.number: known for line in lines if (known := self._staying(line))}
        for line in lines:
            if known := staying.get(line.number):
                line.about = {known.id: known.key}
                if not line.problems:
                    found[line.number] = Found(known)
                continue
            item_type = self._types.get(line.type)
            if item_type is None:
                line.doubtful = True
                continue
            known = self._known(line, item_type)
            if known is not None:
                line.about = {known.id: known.key}
            line.doubtful = not (line.about or self._says_which(line, item_type))
            if line.problems:
                continue
            found[line.number] = Found(known)
            for place in self._first(line, item_type) if known is None else ():
                fresh[place].append(line)
        self._refuse_all_twins(fresh)
        return found

    def _says_which(self, line: Said, item_type: ItemType) -> bool:
        every = (self._of_line(line, each, item_type) for each in identifiers(item_type))
        return bool(line.columns.get("key")) or any(every)

    def says_no_other(self, line: Said, known: Known) -> bool:
        """Whether a row about this item leaves it what it is identified by."""
        item_type = self._types.get(known.type)
        if item_type is None or line.type != known.type:
            return False
        return not any(self._moved(line, known, item_type))

    def _moved(
        self, line: Said, known: Known, item_type: ItemType
    ) -> Iterator[tuple[Identifier, Values]]:
        """What an item is no longer identified by as a row has it; most rows write what is stored
        as it is stored, and are compared no further.
        """
        said, name = line.attributes, line.columns.get("name") or known.name
        others = {
            each
            for each in self._identifying[item_type.name]
            if (each == "name" and name != known.name)
            or (each in said and said[each] != known.values.get(each))
        }
        if not others:
            return
        becomes = replace(known, name=name, values={**known.values, **said})
        for identifier in identifiers(item_type):
            if not others.isdisjoint(identifier):
                was = self._of_known(known, identifier, item_type)
                if was != self._of_known(becomes, identifier, item_type):
                    yield identifier, was

    def _staying(self, line: Said) -> Known | None:
        """The item of a row with its key that leaves it what it is identified by: it is this one,
        and takes nothing from another. What a row takes from its item, another row may have.
        """
        known = self._by_key.get(str(line.columns.get("key") or ""))
        item_type = self._types.get(known.type) if known else None
        if known is None or item_type is None:
            return None
        moved = [*self._moved(line, known, item_type)]
        for identifier, was in moved:
            there = self._of(self._families[known.type])[identifier][was] if was else []
            if known in there:
                there.remove(known)
        return known if not moved and line.type == known.type else None

    def _of(self, family_name: str) -> _OfFamily:
        """What identifies the items of a family; most loads ask of few families, and one that was
        sent before of none.
        """
        found = self._index.get(family_name)
        if found is None:
            found = self._index[family_name] = {}
            for known in self._stock[family_name]:
                item_type = self._types[known.type]
                for identifier in identifiers(item_type):
                    if values := self._of_known(known, identifier, item_type):
                        place = found.setdefault(identifier, {})
                        place.setdefault(values, []).append(known)
        return found

    def _known(self, line: Said, item_type: ItemType) -> Known | None:
        given = self._by_key.get(str(line.columns.get("key") or ""))
        for identifier in _tried(line, item_type):
            several = self._answering(line, identifier, item_type)
            if given is not None:
                self._refuse_taken(line, identifier, several, given, item_type)
                continue
            if len(several) > 1:
                self._refuse(line, identifier, several)
                return None
            if several:
                return self._agreed(line, identifier, several[0], item_type)
        return given

    def _answering(self, line: Said, identifier: Identifier, item_type: ItemType) -> list[Known]:
        values = self._of_line(line, identifier, item_type)
        of_family = self._of(self._families[item_type.name]) if values else {}
        found = of_family.get(identifier, {}).get(values, [])
        if "name" in identifier:  # a switch and a host may be called alike
            found = [known for known in found if self._kin(known, item_type)]
        return [each for each in found if not self._told_apart(line, identifier, each, item_type)]

    def _told_apart(self, line: Said, by: Identifier, known: Known, item_type: ItemType) -> bool:
        """Whether more of the same is known of both and differs: one name in two rooms, one address
        in two networks.
        """
        for other in identifiers(item_type):
            if {*other} > {*by}:
                mine = self._of_line(line, other, item_type)
                theirs = self._of_known(known, other, item_type)
                if mine and theirs and mine != theirs:
                    return True
        return False

    def _kin(self, known: Known, item_type: ItemType) -> bool:
        other = self._types[known.type]
        return other.is_a(item_type.name) or item_type.is_a(other.name)

    def _agreed(
        self, line: Said, by: Identifier, known: Known, item_type: ItemType
    ) -> Known | None:
        """The item, unless another identifier denies that it is this one."""
        if line.columns.get("key"):
            message = _(
                "By its %(fields)s this is %(item)s, which has another key. Leave the key out, or"
                " correct one of them."
            )
            told = {"fields": self._called(by, item_type), "item": known.told}
            line.refuse(_field(by[0]), message % told)
            return None
        for other in identifiers(item_type):
            if other == by:
                continue
            others = self._answering(line, other, item_type)
            if others and known not in others:
                self._refuse(line, by, [known, *others])
                return None
            if self._denied(line, other, known, by, item_type):
                message = _(
                    "By its %(fields)s this is %(item)s, by its %(others)s it is not. If it is,"
                    " give its key; if it is not, correct what is the same."
                )
                line.about = {known.id: known.key}
                told = {"fields": self._called(by, item_type), "item": known.told,
                        "others": self._called(other, item_type)}  # fmt: skip
                line.refuse(_field(by[0]), message % told)
                return None
        return known

    def _denied(
        self, line: Said, other: Identifier, known: Known, by: Identifier, item_type: ItemType
    ) -> bool:
        """Whether another identifier tells two: by a name, or by a stronger one altogether."""
        order = identifiers(item_type)
        if "name" in other and "name" not in by:
            called = bare(same("name", line.columns.get("name"), item_type))
            return bool(called) and called != bare(same("name", known.name, item_type))
        mine = self._of_line(line, other, item_type)
        theirs = self._of_known(known, other, item_type)
        stronger = order.index(other) < order.index(by)
        return stronger and bool(mine) and bool(theirs) and mine != theirs

    # What is refused ------------------------------------------------------------------------------

    def _refuse(self, line: Said, identifier: Identifier, several: Sequence[Known]) -> None:
        message = _(
            "Several items answer to this %(fields)s: %(items)s. Say by its key which it is."
        )
        items = "; ".join(known.told for known in several[:5])
        line.about = {known.id: known.key for known in several}
        fields = self._called(identifier, self._types[line.type])
        line.refuse(_field(identifier[0]), message % {"fields": fields, "items": items})

    def _refuse_taken(
        self,
        line: Said,
        identifier: Identifier,
        several: Sequence[Known],
        given: Known,
        item_type: ItemType,
    ) -> None:
        others = [known for known in several if known != given]
        if others and given not in several:
            message = _("This %(fields)s is that of %(item)s already. Correct one of them.")
            told = {"fields": self._called(identifier, item_type), "item": others[0].told}
            line.refuse(_field(identifier[0]), message % told)

    def _refuse_all_twins(
        self, fresh: Mapping[tuple[str, Identifier, Values], Sequence[Said]]
    ) -> None:
        for (_root, identifier, _values), several in fresh.items():
            if len(several) > 1:
                self._refuse_twins(identifier, several)

    def _refuse_twins(self, identifier: Identifier, several: Sequence[Said]) -> None:
        rows = ", ".join(str(line.line.number) for line in several[:10])
        message = _("Rows %(rows)s have the same %(fields)s. Correct them, or keep one.")
        for line in several:
            fields = self._called(identifier, self._types[line.type])
            line.refuse(_field(identifier[0]), message % {"rows": rows, "fields": fields})

    def _called(self, identifier: Identifier, item_type: ItemType) -> str:
        labels = []
        for name in identifier:
            declared = item_type.attribute(name)
            labels.append(declared.label.text() if declared else _("name"))
        return " + ".join(labels)

    # Values ---------------------------------------------------------------------------------------

    def _first(self, line: Said, item_type: ItemType) -> Iterator[tuple[str, Identifier, Values]]:
        """The first identifier of a new item that is given whole; a key of its own is enough where
        its type says nothing.
        """
        for identifier in _tried(line, item_type):
            if values := self._of_line(line, identifier, item_type):
                root = item_type.name if "name" in identifier else self._families[item_type.name]
                yield root, identifier, values
                return

    def _of_line(self, line: Said, identifier: Identifier, item_type: ItemType) -> Values:
        told = line.attributes
        given = [line.columns.get("name") if n == "name" else told.get(n) for n in identifier]
        return self._values(identifier, given, item_type)

    def _of_known(self, known: Known, identifier: Identifier, item_type: ItemType) -> Values:
        given = [known.name if name == "name" else known.values.get(name) for name in identifier]
        return self._values(identifier, given, item_type)

    def _values(
        self, identifier: Identifier, given: Sequence[object], item_type: ItemType
    ) -> Values:
        """Values as they are compared; nothing where one of them says nothing."""
        found = []
        for name, value in zip(identifier, given, strict=True):
            sort = self._sorts.get((item_type.name, name))
            if sort is None:
                sort = self._sorts[item_type.name, name] = _written(name, item_type)
            text = "" if value is None else _compared(str(value), *sort)
            if not text:
                return ()
            found.append(text)
        return tuple(found)


def _tried(line: Said, item_type: ItemType) -> Iterator[Identifier]:
    """A row with a key of its own may be called like another item."""
    keyed = bool(line.columns.get("key"))
    every = item_type.identified_by if keyed else identifiers(item_type)
    return (each for each in every if not (keyed and each == ("name",)))


def _field(name: str) -> str:
    return name if name == "name" else f"attributes.{name}"
