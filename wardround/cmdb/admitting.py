"""What a change of definitions admits no longer, though it is there: relations between types that
their kind does not join any more, and items of a type that is only there to be extended.

They stay as they are; nobody could draw or make them again. So they are counted before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from wardround.cmdb import models
from wardround.cmdb.counting import items_of_types, nothing, rows_of_types
from wardround.schema import queries as schema
from wardround.schema.dependents import Changed, Holder
from wardround.schema.kinds import DefinitionView
from wardround.schema.types import ItemType, Label, RelationKind, with_inherited

_TYPE, _KIND = "item-type", "relation-kind"
_Types = Mapping[str, ItemType]
_Marks = Mapping[str, Collection[str]]


# Relations ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Joined:
    """A kind and the types at its ends, between which a relation stands."""

    kind: str
    source: str
    target: str

    @property
    def mark(self) -> str:
        return f"{self.kind}/{self.source}/{self.target}"


def _standing(kinds: Collection[str]) -> Iterator[_Joined]:
    rows = models.Relation.objects.filter(
        kind__in=kinds, source__retired_at=None, target__retired_at=None
    )
    joined = rows.order_by().values_list("kind", "source__type", "target__type").distinct()
    return (_Joined(*each) for each in joined)


def _rows_of_marks(marks: Collection[str]) -> Mapping[str, Collection[UUID]]:
    kinds = {mark.partition("/")[0] for mark in marks}
    rows = models.Relation.objects.filter(
        kind__in=kinds, source__retired_at=None, target__retired_at=None
    )
    found: dict[str, set[UUID]] = {mark: set() for mark in marks}
    for id_, *joined in rows.values_list("id", "kind", "source__type", "target__type"):
        if (mark := _Joined(*joined).mark) in found:
            found[mark].add(id_)
    return found


def _count_of_marks(marks: Collection[str]) -> Mapping[str, int]:
    return {mark: len(ids) for mark, ids in _rows_of_marks(marks).items()}


def _by_kinds(changed: Changed) -> _Marks:
    """By kind that joins fewer types, what it joins no longer."""
    narrowed: dict[str, RelationKind] = {
        name: after
        for name, before in changed.before.items()
        if (after := changed.after.get(changed.renames.get(name, name)))
        and (after.allowed, after.capable) != (before.allowed, before.capable)
    }
    if not narrowed:
        return {}
    now, then = schema.remembered_item_types(), _types_then(changed.view)
    found: dict[str, list[str]] = {}
    for joined in _standing(narrowed):
        was = _admits(changed.before[joined.kind], joined, now)
        if was and not _admits(narrowed[joined.kind], joined, then):
            found.setdefault(joined.kind, []).append(joined.mark)
    return found


def _by_types(changed: Changed) -> _Marks:
    """Told of the first type that extends another one now or can do something else; of kinds that
    change themselves, by them.
    """
    moved = _moved(changed)
    if not moved:
        return {}
    before: Mapping[str, RelationKind] = schema.remembered_relation_kinds()
    kinds: Mapping[str, RelationKind] = changed.view.all(_KIND)
    names = {changed.view.former(_KIND, name): name for name in kinds}
    now, then = schema.remembered_item_types(), _types_then(changed.view)
    lost = []
    for joined in _standing([*names]):
        was, becomes = before.get(joined.kind), kinds[names[joined.kind]]
        same = was is not None and _former_ends(was) == _former_ends(becomes, changed.view)
        if same and _admits(was, joined, now) and not _admits(becomes, joined, then):
            lost.append(joined.mark)
    return {moved[0]: lost} if lost else {}


def _moved(changed: Changed) -> list[str]:
    """The types that extend another one from now on, or can do something else, by what they are
    called until now.
    """
    return sorted(
        name
        for name, before in changed.before.items()
        if (after := changed.after.get(changed.renames.get(name, name)))
        and (
            changed.view.former(_TYPE, after.extends or "") != (before.extends or "")
            or (after.layer, after.capabilities, after.without)
            != (before.layer, before.capabilities, before.without)
        )
    )


def _former_ends(kind: RelationKind, view: DefinitionView | None = None) -> object:
    """Between which types it may be, by what these are called until now."""

    def called(names: Collection[str]) -> frozenset[str]:
        return frozenset(view.former(_TYPE, name) if view else name for name in names)

    ends = [
        (called(each.source), called(each.target), each.from_layers, each.to_layers)
        for each in kind.allowed
    ]
    return ends, kind.capable


def _types_then(view: DefinitionView) -> _Types:
    """The types as they will be, by what they are called until now; those that are gone as they
    were last.
    """
    after: _Types = view.all(_TYPE)
    then = {view.former(_TYPE, name): with_inherited(known, after) for name, known in after.items()}
    return {**schema.remembered_item_types(), **then}


def _admits(kind: RelationKind | None, joined: _Joined, types: _Types) -> bool:
    """Whether the kind may lead from one to the other; of unknown types nothing is said."""
    source, target = types.get(joined.source), types.get(joined.target)
    return kind is None or source is None or target is None or kind.admits(source, target)


# Items -------------------------------------------------------------------------------------------


def _only_extended(changed: Changed) -> _Marks:
    """By type that no item may be of itself from now on."""
    return {
        name: [name]
        for name, before in changed.before.items()
        if (after := changed.after.get(changed.renames.get(name, name)))
        and after.abstract
        and not before.abstract
    }


_LABEL = Label("关系类型不再允许的关系", "relation that its kind allows no longer")
_LABELS = Label("关系类型不再允许的关系", "relations that their kind allows no longer")


def _relations(kind: str, losing: Callable[[Changed], _Marks]) -> Holder:
    return Holder(
        kind=kind,
        thing="relation-ends",
        label=_LABEL,
        several=_LABELS,
        count=_count_of_marks,
        rows=_rows_of_marks,
        marks=nothing,
        losing=losing,
    )


HOLDERS = (
    _relations(_KIND, _by_kinds),
    _relations(_TYPE, _by_types),
    Holder(
        kind=_TYPE,
        thing="abstract",
        label=Label("其类型仅供继承的配置项", "item whose type is only there to be extended"),
        several=Label("其类型仅供继承的配置项", "items whose type is only there to be extended"),
        count=items_of_types,
        rows=rows_of_types,
        marks=nothing,
        losing=_only_extended,
    ),
)
