"""What lives by definitions outside of them: items of a type, tickets under an agreement.

Rows hold names of definitions. The room that keeps such rows says here how many there are, how
they follow a new name, and what becomes of them when the definition goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from wardround.kernel.types import Actor
from wardround.schema.kinds import DefinitionView
from wardround.schema.types import Dependent, Label, Problem

Renames = Mapping[tuple[str, str], str]
"""By kind and old name, the new name."""

_NONE: Renames = MappingProxyType({})

Values = Mapping[str, Any]
"""Definitions of one kind by name."""


@dataclass(frozen=True)
class Changed:
    """Definitions of one kind as they are and as they will be."""

    before: Values
    """Those that change or go."""
    after: Values
    """Every one there will be."""
    renames: Mapping[str, str]
    """By old name, the new one."""
    view: DefinitionView
    """Every definition of every kind there will be."""
    added: Collection[str] = ()
    """Names of those that are new, where it is asked what they take."""

    @property
    def all_before(self) -> Values:
        """Every one there is; a new one stands among them, which nothing lives by yet."""
        return {**self.after, **self.before}

    @property
    def differing(self) -> Collection[str]:
        """Names, as they are, of those that go or will say something else."""
        return [
            name
            for name, value in self.before.items()
            if self.after.get(self.renames.get(name, name)) != value
        ]


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Rows of one sort that hold names which definitions of one kind give.

    `marks` are the names that a definition gives, in its order: None for its own, else those of
    what stands in it (the keys of an `items` definition), as they are once these renames are
    done. `carry` gives the rows the new name of a renamed definition, by old name; `let_go` is
    told the marks that nothing gives any more, once the new definitions are in force.

    Where it takes the definitions together to say what is lost (an attribute that another type
    inherits), `losing` says it: by changed definition, the marks that nothing gives any more. There
    `follow` changes rows as the definitions changed, before data definitions are applied. All of
    them work inside the transaction that changes the definitions.
    """

    kind: str
    thing: str
    label: Label
    count: Callable[[Collection[str]], Mapping[str, int]]
    marks: Callable[[str, Any, Renames], Sequence[str]] | None = None
    carry: Callable[[Actor, Mapping[str, str], datetime], None] | None = None
    let_go: Callable[[Actor, Collection[str], datetime], None] | None = None
    losing: Callable[[Changed], Mapping[str, Collection[str]]] | None = None
    follow: Callable[[Actor, Changed, datetime], None] | None = None
    several: Label | None = None
    """What more than one are called, where the label alone does not say it."""
    naming: Callable[[str], str] | None = None
    """What to name of a mark that counts, where the number alone does not say what is lost."""
    rows: Callable[[Collection[str]], Mapping[str, Collection[UUID]]] | None = None
    """By mark, the ids of those that `count` counts, where one of them may hold several marks, or
    marks of several kinds: whatever it loses at a time, it is one."""
    names: Callable[[Collection[str]], Mapping[str, Sequence[str]]] | None = None
    """By mark, what those that hold it are called, where whoever may change definitions may know
    that."""
    refusing: Callable[[Actor, Changed], Mapping[str, Sequence[Problem]]] | None = None
    """By changed definition (its new name), why rows make the change impossible, whoever consents;
    told to somebody, who may not know of every row."""


@dataclass(slots=True)
class _Registry:
    holders: dict[tuple[str, str], Holder] = field(default_factory=dict)


_registry = _Registry()


def register(holder: Holder) -> Holder:
    """Add rows that hold names; the room that keeps them does so in its `ready`."""
    if _registry.holders.setdefault((holder.kind, holder.thing), holder) is not holder:
        message = f"holder {holder.kind} {holder.thing} is registered twice"
        raise ValueError(message)
    return holder


def holders(kind: str) -> Iterator[Holder]:
    """The rows that hold names of a kind, in a fixed order."""
    return (holder for (of, _thing), holder in sorted(_registry.holders.items()) if of == kind)


def living(kind: str, values: Values) -> dict[str, tuple[Dependent, ...]]:
    """By definition, what lives by it; one statement for each sort of rows."""
    return _counted(
        {
            holder: {name: _marks(holder, name, value, _NONE) for name, value in values.items()}
            for holder in holders(kind)
        }
    )


def losing(
    kind: str,
    before: Values,
    view: DefinitionView,
    *,
    renames: Renames = _NONE,
    added: Collection[str] = (),
) -> dict[str, tuple[Dependent, ...]]:
    """By definition of `before`, or one that is added, what would lose what it lives by.

    Args:
        kind: the kind of all of these.
        before: the definitions that change or go, as they are.
        view: every definition, as it will be.
        renames: what gets a new name, with all that lives by it.
        added: names of those that were never there.

    """
    lost = {holder: _lost(holder, before, view, renames, added) for holder in holders(kind)}
    return _counted(
        {
            holder: {name: list(marks) for name, marks in by_name.items()}
            for holder, by_name in lost.items()
        },
        by_row=True,
    )


def refusing(
    actor: Actor,
    kind: str,
    before: Values,
    view: DefinitionView,
    *,
    renames: Renames = _NONE,
) -> dict[str, list[Problem]]:
    """By definition that changes or is added, why rows make that impossible."""
    found: dict[str, list[Problem]] = {}
    for holder in holders(kind):
        if holder.refusing is not None:
            changed = _changed(kind, before, view, renames)
            for name, problems in holder.refusing(actor, changed).items():
                found.setdefault(name, []).extend(problems)
    return found


def in_all(several: Iterable[Dependent]) -> list[Dependent]:
    """What several definitions take, each sort of things once: a thing that loses more than one of
    them counts once.
    """
    found: dict[str, Dependent] = {}
    for dependent in several:
        before = found.get(dependent.thing)
        found[dependent.thing] = _both(before, dependent) if before else dependent
    return list(found.values())


def _both(first: Dependent, second: Dependent) -> Dependent:
    rows = first.rows | second.rows
    others = sum(each.count - len(each.rows) for each in (first, second))
    told = second if second.count > first.count else first
    names = tuple(dict.fromkeys((*first.names, *second.names)))
    return replace(told, count=len(rows) + others, names=names, rows=rows)


def rows_by(column: str, rows: QuerySet[Any]) -> dict[str, set[UUID]]:
    """The ids of rows by the name that a column holds."""
    found: dict[str, set[UUID]] = defaultdict(set)
    for name, id_ in rows.values_list(column, "id"):
        found[name].add(id_)
    return found


def let_go(  # noqa: PLR0913  # all are named
    actor: Actor,
    kind: str,
    before: Values,
    view: DefinitionView,
    *,
    renames: Renames,
    at: datetime,
) -> None:
    """Tell the rooms whose rows hold what nothing gives any more."""
    for holder in holders(kind):
        if holder.let_go is not None:
            lost = _lost(holder, before, view, renames)
            gone = frozenset(mark for marks in lost.values() for mark in marks.values())
            if gone:
                holder.let_go(actor, gone, at)


def carry(actor: Actor, kind: str, names: Mapping[str, str], at: datetime) -> None:
    """Give rows the new names of definitions, by old name."""
    for holder in holders(kind):
        if names and holder.carry is not None:
            holder.carry(actor, names, at)


def follow(  # noqa: PLR0913  # all are named
    actor: Actor,
    kind: str,
    before: Values,
    view: DefinitionView,
    *,
    renames: Renames,
    at: datetime,
) -> None:
    """Let rows follow what changed inside definitions."""
    for holder in holders(kind):
        if holder.follow is not None:
            holder.follow(actor, _changed(kind, before, view, renames), at)


def _changed(
    kind: str,
    before: Values,
    view: DefinitionView,
    renames: Renames,
    added: Collection[str] = (),
) -> Changed:
    names = {old: new for (of, old), new in renames.items() if of == kind}
    return Changed(before, view.all(kind), names, view, added)


_Marks = Mapping[str, Sequence[str]]


def _marks(holder: Holder, name: str, value: Any, renames: Renames) -> Sequence[str]:
    if holder.marks is None:
        return [renames.get((holder.kind, name), name)]
    return holder.marks(name, value, renames)


def _lost(
    holder: Holder,
    before: Values,
    view: DefinitionView,
    renames: Renames,
    added: Collection[str] = (),
) -> dict[str, dict[str, str]]:
    """By definition, the marks that nothing gives any more: as rows hold them now, and as they
    will once what is renamed has been carried.
    """
    if holder.losing is not None:
        several = holder.losing(_changed(holder.kind, before, view, renames, added))
        return {name: dict(zip(marks, marks, strict=True)) for name, marks in several.items()}
    after = view.all(holder.kind)
    given = {mark for name, value in after.items() for mark in _marks(holder, name, value, _NONE)}
    pairs = {
        name: zip(
            _marks(holder, name, value, _NONE), _marks(holder, name, value, renames), strict=True
        )
        for name, value in before.items()
    }
    return {
        name: {now: then for now, then in several if then not in given}
        for name, several in pairs.items()
    }


def _counted(
    marks: Mapping[Holder, _Marks], *, by_row: bool = False
) -> dict[str, tuple[Dependent, ...]]:
    found: dict[str, list[Dependent]] = {}
    for holder, by_name in marks.items():
        wanted = {mark for several in by_name.values() for mark in several}
        rows = holder.rows(wanted) if by_row and holder.rows and wanted else {}
        counts = _counts(holder, wanted, rows, by_row=by_row)
        for name, several in by_name.items():
            held = frozenset(id_ for mark in several for id_ in rows.get(mark, ()))
            if count := len(held) or sum(counts.get(mark, 0) for mark in several):
                found.setdefault(name, []).append(
                    Dependent(
                        holder.thing,
                        _called(holder, count),
                        count,
                        holder.several is not None,
                        _named(holder, [mark for mark in several if counts.get(mark)]),
                        held,
                    )
                )
    return {name: tuple(several) for name, several in found.items()}


def _counts(
    holder: Holder,
    wanted: Collection[str],
    rows: Mapping[str, Collection[UUID]],
    *,
    by_row: bool,
) -> Mapping[str, int]:
    if by_row and holder.rows:
        return {mark: len(held) for mark, held in rows.items()}
    return holder.count(wanted) if wanted else {}


def _called(holder: Holder, count: int) -> Label:
    return holder.label if count == 1 or holder.several is None else holder.several


def _named(holder: Holder, marks: Sequence[str]) -> tuple[str, ...]:
    if holder.names is not None:
        called = holder.names(marks)
        return tuple(sorted({name for mark in marks for name in called.get(mark, ())}))
    naming = holder.naming
    return tuple(dict.fromkeys(naming(mark) for mark in marks)) if naming else ()
