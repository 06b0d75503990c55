"""How many relations of one kind an item may have: refused when they are made, told when a kind
comes to say less.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wardround.cmdb import models, statements
from wardround.cmdb.counting import each_once, nothing
from wardround.cmdb.permissions import READ
from wardround.cmdb.relation_rows import RelationRow
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.kernel.wording import listed
from wardround.schema import queries as schema
from wardround.schema.dependents import Changed, Holder
from wardround.schema.types import Label, RelationKind

_KIND = "relation-kind"
_MOST_NAMED = 3
_Kinds = Mapping[str, RelationKind]


@dataclass(frozen=True, slots=True)
class _Crowded:
    """An item that has more relations of a kind than that admits."""

    kind: str
    item: UUID
    is_source: bool
    most: int
    others: Sequence[UUID]


def refuse(
    actor: Actor,
    rows: Sequence[RelationRow],
    made: Collection[UUID],
    back: Collection[UUID],
) -> None:
    """Raise BadInput where what was made, or comes back into use, is more than its kind admits.

    One statement where kinds are limited; the items that are in the way are named as far as the
    actor may see them.
    """
    limited = _limited(schema.remembered_relation_kinds())
    kinds = {row.kind for row in rows if row.id in made}
    if not limited or not (back or kinds & limited.keys()):
        return
    if found := _crowded(limited, relations=made, items=back):
        raise BadInput(problems=list(_told(actor, found, rows)))


def _limited(kinds: _Kinds) -> dict[str, RelationKind]:
    return {
        name: kind
        for name, kind in kinds.items()
        if kind.most_targets is not None or kind.most_sources is not None
    }


def _crowded(
    kinds: _Kinds,
    *,
    relations: Collection[UUID] = (),
    items: Collection[UUID] = (),
    everything: bool = False,
) -> list[_Crowded]:
    limits = [
        {
            "kind": name,
            "most_targets": kind.most_targets,
            "most_sources": kind.most_sources,
            "alike": kind.symmetric,
        }
        for name, kind in kinds.items()
    ]
    parameters = {
        "limits": json.dumps(limits),
        "relations": list(relations),
        "items": list(items),
        "everything": everything,
    }
    return [_Crowded(*row) for row in statements.returned("crowded", parameters)]


def _told(
    actor: Actor, found: Sequence[_Crowded], rows: Sequence[RelationRow]
) -> Iterator[FieldProblem]:
    ids = {id_ for each in found for id_ in (each.item, *each.others)}
    seen = models.Item.objects.filter(reach(actor, READ).condition(), id__in=ids)
    names = {
        id_: (name, its_type) for id_, name, its_type in seen.values_list("id", "name", "type")
    }
    types, kinds = schema.remembered_item_types(), schema.remembered_relation_kinds()
    for each in found:
        kind = kinds[each.kind]
        name, its_type = names.get(each.item, ("…", ""))
        label = kind.label if each.is_source else kind.reverse_label
        before = each.others[: each.most]
        known = [names[id_][0] for id_ in before[:_MOST_NAMED] if id_ in names]
        more = ["…"] if len(known) < len(before) else []
        declared = types.get(its_type)
        details = {
            "type": declared.label.text() if declared else its_type,
            "name": name,
            "kind": label.text(),
            "most": each.most,
            "others": listed([*known, *more]),
        }
        yield FieldProblem("kind", _(_MOST) % details, _row(each, rows))


_MOST = gettext_noop(
    "%(type)s “%(name)s” has at most %(most)s by “%(kind)s”; there is already: %(others)s."
)


def _row(crowded: _Crowded, rows: Sequence[RelationRow]) -> int | None:
    """The row of the input that is one too many."""
    ends = (row.source if crowded.is_source else row.target for row in rows)
    several = zip(rows, ends, strict=True)
    own = [row.row for row, end in several if row.kind == crowded.kind and end == crowded.item]
    return own[-1] if own else None


# A kind that comes to say less -------------------------------------------------------------------


def _losing(changed: Changed) -> Mapping[str, Collection[str]]:
    """By kind, each item that has more of it than it will admit; a mark is `KIND/ITEM/END`."""
    narrowed: dict[str, RelationKind] = {
        name: after
        for name, before in changed.before.items()
        if (after := changed.after.get(changed.renames.get(name, name)))
        and _limits(after) != _limits(before)
    }
    limited = _limited(narrowed)
    found: dict[str, list[str]] = {}
    for each in _crowded(limited, everything=True) if limited else ():
        mark = f"{each.kind}/{each.item}/{each.is_source}"
        found.setdefault(each.kind, []).append(mark)
    return found


def _limits(kind: RelationKind) -> tuple[object, ...]:
    return kind.most_targets, kind.most_sources, kind.symmetric


def _no_standby_any_more(changed: Changed) -> Mapping[str, Collection[str]]:
    return {
        name: [name]
        for name, before in changed.before.items()
        if (after := changed.after.get(changed.renames.get(name, name)))
        and before.standby
        and not after.standby
    }


def _standing_by(kinds: Collection[str]) -> Mapping[str, int]:
    rows = models.Relation.objects.filter(kind__in=kinds)
    said = rows.exclude(standby=None, switch_minutes=None)
    found: dict[str, int] = {}
    for kind in said.values_list("kind", flat=True):
        found[kind] = found.get(kind, 0) + 1
    return found


HOLDERS = (
    Holder(
        kind=_KIND,
        thing="relation-crowded",
        label=Label("关系数超过上限的配置项", "item that has more relations than it may"),
        several=Label("关系数超过上限的配置项", "items that have more relations than they may"),
        count=each_once,
        marks=nothing,
        losing=_losing,
    ),
    Holder(
        kind=_KIND,
        thing="relation-standby",
        label=Label("不能再注明备用的关系", "relation that can be a standby no longer"),
        several=Label("不能再注明备用的关系", "relations that can be a standby no longer"),
        count=_standing_by,
        marks=nothing,
        losing=_no_standby_any_more,
    ),
)
