"""The names that an expression over items may use, and what each is: pure.

    name, key, type, layer, importance, condition, condition_since, created_at, updated_at, systems
    organisations: what it belongs to, or who owns it, and what these lie under
    owner, vendor and every attribute that is no secret
    owner.department.name: from an item to the one that it names, up to three times

What an attribute's name means depends on the type that declares it: it may be a text of one and a
reference of another, so a name has a meaning for each class of values, with the types it is for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from wardround.cmdb.items import Condition, Importance
from wardround.schema.types import AttributeType, ItemAttribute, ItemType, Label, Layer

MOST_HOPS = 3
DIVIDER = "."
ATTRIBUTE = "attribute"
"""Stands before an attribute's name where the item has something of that name itself."""


class Sort(StrEnum):
    """What a name's values are."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    REFERENCE = "reference"
    SYSTEMS = "systems"
    ORGANISATIONS = "organisations"


_SORTS: Mapping[AttributeType, Sort] = {
    AttributeType.NUMBER: Sort.NUMBER,
    AttributeType.PORT: Sort.NUMBER,
    AttributeType.BOOLEAN: Sort.BOOLEAN,
    AttributeType.DATE: Sort.DATE,
    AttributeType.DATETIME: Sort.DATETIME,
    AttributeType.REFERENCE: Sort.REFERENCE,
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one name is. `types`: of an attribute, by class of values the types declaring it so."""

    sorts: Mapping[Sort, tuple[str, ...]]
    column: str = ""
    """Of what every item has; else it is an attribute."""
    attribute: str = ""
    words: Mapping[str, tuple[Label, ...]] | None = None
    """Where its values are known all: each with what people call it."""
    to: tuple[str, ...] = ()
    """Of a reference, the types that it may lead to; none: any."""

    @property
    def leads(self) -> bool:
        return Sort.REFERENCE in self.sorts

    @property
    def plain(self) -> tuple[Sort, ...]:
        """Its values that are no references."""
        return tuple(sort for sort in self.sorts if sort is not Sort.REFERENCE)


def _column(name: str, sort: Sort, words: Mapping[str, tuple[Label, ...]] | None = None) -> Meaning:
    return Meaning({sort: ()}, column=name, words=words)


@dataclass(frozen=True)
class Names:
    """Every name, by the definitions there are."""

    types: Mapping[str, ItemType]
    own: Mapping[str, Meaning]
    """What every item has."""
    secrets: frozenset[str]
    attributes: Mapping[str, Meaning] = field(repr=False)

    @classmethod
    def of(
        cls,
        types: Mapping[str, ItemType],
        layers: Iterable[Layer],
        conditions: Mapping[Condition, Label],
    ) -> Names:
        """Args: `conditions`: what people see them called."""
        declared = _declared(types.values())
        own = {
            **{name: _column(name, Sort.TEXT) for name in ("name", "key")},
            "type": _column("type", Sort.TEXT, {n: (kind.label,) for n, kind in types.items()}),
            "layer": _column("layer", Sort.TEXT, {each.name: (each.label,) for each in layers}),
            "importance": _column("importance", Sort.TEXT, {str(each): () for each in Importance}),
            "condition": _column(
                "condition", Sort.TEXT, {str(each): (conditions[each],) for each in Condition}
            ),
            **{
                name: _column(name, Sort.DATETIME)
                for name in ("condition_since", "created_at", "updated_at")
            },
            **{name: _column(name, Sort.REFERENCE) for name in ("owner", "vendor")},
            "systems": _column("systems", Sort.SYSTEMS),
            "organisations": _column("organisations", Sort.ORGANISATIONS),
        }
        secrets = {
            each.name
            for kind in types.values()
            for each in kind.attributes
            if each.type is AttributeType.SECRET
        }
        meant = {name: _meaning(name, forms, types) for name, forms in declared.items()}
        return cls(types, own, frozenset(secrets - meant.keys()), meant)

    def meaning(self, path: Sequence[str]) -> Meaning | None:
        """What the last part of a path is; nothing where a part of it is not there."""
        found: Meaning | None = None
        for place, name in enumerate(steps(path)):
            if place and (found is None or not found.leads):
                return None
            found = self._single(name)
        return found

    def _single(self, name: str) -> Meaning | None:
        if name.startswith(ATTRIBUTE + DIVIDER):
            return self.attributes.get(name.removeprefix(ATTRIBUTE + DIVIDER))
        return self.own.get(name) or self.attributes.get(name)

    def known(self, types: Collection[str] = ()) -> list[str]:
        """The names that something of these types (none: of any) may have."""
        fitting = {*with_kin(types, self.types)} if types else set[str]()
        told = {
            name
            for name, meaning in self.attributes.items()
            if not types or any(fitting & set(owners) for owners in meaning.sorts.values())
        }
        return sorted({*self.own, *told})


def steps(path: Sequence[str]) -> Iterator[str]:
    """The names of a path, `attribute` joined to what follows it."""
    parts = iter(path)
    for part in parts:
        if part == ATTRIBUTE and (after := next(parts, None)) is not None:
            yield f"{ATTRIBUTE}{DIVIDER}{after}"
        else:
            yield part


def with_kin(names: Collection[str], types: Mapping[str, ItemType]) -> list[str]:
    """The types that are one of these."""
    return sorted(name for name, kind in types.items() if any(map(kind.is_a, names)))


def _declared(types: Iterable[ItemType]) -> dict[str, list[tuple[str, ItemAttribute]]]:
    found: dict[str, list[tuple[str, ItemAttribute]]] = {}
    for kind in types:
        for attribute in kind.attributes:
            if attribute.type is not AttributeType.SECRET:
                found.setdefault(attribute.name, []).append((kind.name, attribute))
    return found


def _meaning(
    name: str, forms: Sequence[tuple[str, ItemAttribute]], types: Mapping[str, ItemType]
) -> Meaning:
    sorts: dict[Sort, list[str]] = {}
    words: dict[str, list[Label]] = {}
    to: set[str] = set()
    anywhere = False
    for type_name, attribute in forms:
        sorts.setdefault(_SORTS.get(attribute.type, Sort.TEXT), []).append(type_name)
        for choice in attribute.choices:
            labels = words.setdefault(choice.value, [])
            if choice.label not in labels:
                labels.append(choice.label)
        to.update(attribute.to)
        anywhere |= attribute.type is AttributeType.REFERENCE and not attribute.to
    chosen = all(attribute.type is AttributeType.CHOICE for _type, attribute in forms)
    return Meaning(
        {sort: tuple(sorted(owners)) for sort, owners in sorts.items()},
        attribute=name,
        words={value: tuple(labels) for value, labels in words.items()} if chosen else None,
        to=() if anywhere else tuple(with_kin(to, types)),
    )
