"""Expressions by which roles are given live by the types, attributes and layers that they name:
they follow new names, and what they ask for is not taken from them unseen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from uuid import UUID

from wardround.access import queries as access
from wardround.access.actions import respell_grants
from wardround.access.types import Expressed
from wardround.cmdb import rules, where
from wardround.cmdb.items import Condition
from wardround.cmdb.where.names import Names
from wardround.cmdb.where.respelling import Renaming, Used, Word, named, respelled
from wardround.kernel.types import Actor
from wardround.kernel.wording import label_of
from wardround.schema import queries as schema
from wardround.schema.dependents import Changed, Holder
from wardround.schema.types import Label, with_inherited

_GRANT = Label("按条件授予的角色", "role given by a condition")
_GRANTS = Label("按条件授予的角色", "roles given by a condition")
_TYPE, _LAYER = "item-type", "layer"


# What they name ----------------------------------------------------------------------------------


def _marks(given: Expressed, names: Names) -> Iterator[str]:
    """`TYPE`, `TYPE/ATTRIBUTE` or the name of a layer, of all that it names."""
    for found in named(given.expression, names):
        if isinstance(found, Word):
            yield found.text
        else:
            yield from (f"{of}/{found.name}" for of in found.types)


def _rows(marks: Collection[str]) -> Mapping[str, Collection[UUID]]:
    names, found = where.names(), defaultdict[str, set[UUID]](set)
    for given in access.expressed():
        for mark in {*_marks(given, names)} & {*marks}:
            found[mark].add(given.id)
    return found


def _counted(marks: Collection[str]) -> Mapping[str, int]:
    return {mark: len(held) for mark, held in _rows(marks).items()}


def _losing(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed type, itself where it goes, and its attributes that are lost."""
    lost = _lost(changed)
    by_type = rules.losing_types(lost, changed.all_before, changed.differing)
    found = {name: ["/".join(each) for each in several] for name, several in by_type.items()}
    for name in changed.before:
        if changed.renames.get(name, name) not in changed.after:
            found.setdefault(name, []).append(name)
    return found


def _lost(changed: Changed) -> set[rules.AttributeOf]:
    """What grants name by present names and could not go on to say: it is no more, or some types
    call it otherwise from now on and others do not.
    """
    renaming = _renaming(changed)
    found = rules.attributes_lost(changed.all_before, changed.after, changed.renames)
    for given in access.expressed():
        if respelled(given.expression, renaming) is None:
            found |= {
                (of, used.name)
                for used in named(given.expression, renaming.names, renaming.former)
                if isinstance(used, Used)
                for of in used.types
                if (of, used.name) in renaming.attributes
            }
    return found


# New names ---------------------------------------------------------------------------------------


def _give_types(actor: Actor, names: Mapping[str, str], _at: datetime) -> None:
    _carry(actor, {("type", old): new for old, new in names.items()})


def _give_layers(actor: Actor, names: Mapping[str, str], _at: datetime) -> None:
    _carry(actor, {("layer", old): new for old, new in names.items()})


def _carry(actor: Actor, words: Mapping[tuple[str, str], str]) -> None:
    _respell(actor, Renaming(where.names(), words))


def _follow(actor: Actor, changed: Changed, _at: datetime) -> None:
    _respell(actor, _renaming(changed))


def _respell(actor: Actor, renaming: Renaming) -> None:
    said = {given.id: respelled(given.expression, renaming) for given in access.expressed()}
    stands = {given.id: given.expression for given in access.expressed()}
    news = {id_: text for id_, text in said.items() if text != stands[id_]}
    if news:
        respell_grants(actor, news)


def _renaming(changed: Changed) -> Renaming:
    """What becomes of attributes, by the present names of types."""
    types = {
        **schema.remembered_item_types(),
        **{
            name: with_inherited(own, changed.all_before)
            for name, own in changed.all_before.items()
        },
    }
    former = {new: old for old, new in changed.renames.items()}
    renamed = rules.attributes_renamed(changed.all_before, changed.after, changed.renames)
    return Renaming(
        Names.of(types, schema.layers(), {each: label_of(each) for each in Condition}),
        former=former,
        attributes={(former.get(of, of), old): new for (of, old), new in renamed.items()},
        lost=rules.attributes_lost(changed.all_before, changed.after, changed.renames),
    )


HOLDERS = (
    Holder(
        kind=_TYPE,
        thing="grant",
        label=_GRANT,
        several=_GRANTS,
        count=_counted,
        rows=_rows,
        losing=_losing,
        carry=_give_types,
        follow=_follow,
    ),
    Holder(
        kind=_LAYER,
        thing="grant",
        label=_GRANT,
        several=_GRANTS,
        count=_counted,
        rows=_rows,
        carry=_give_layers,
    ),
)
