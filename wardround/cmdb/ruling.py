"""The `relation-rule` kind of definition: relations that follow from equal values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop as _

from wardround.cmdb import common_values, kept_values, models, ruled, statements
from wardround.cmdb.counting import nothing
from wardround.cmdb.rule_types import OWN, RULE, RelationRule, RuleEnd
from wardround.cmdb.writing import Writing, write
from wardround.kernel import audit, live
from wardround.kernel.types import Actor
from wardround.schema.dependents import Changed, Holder
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.suggestions import unknown
from wardround.schema.types import (
    AttributeType,
    ItemType,
    Label,
    Problem,
    RelationKind,
    with_inherited,
)

# Checking ----------------------------------------------------------------------------------------


def _check(rule: RelationRule, view: DefinitionView) -> Iterator[Problem]:
    own = view.all("item-type")
    types = {name: with_inherited(its_type, own) for name, its_type in own.items()}
    for key, end in (("from", rule.source), ("to", rule.target)):
        if end.type in types:
            yield from _check_end(key, end, types)
    kind: RelationKind | None = view.get("relation-kind", rule.relation)
    if kind is not None:
        yield from _check_kind(rule, kind, types)


_NOT_COMPARED = (AttributeType.SECRET, AttributeType.LONGTEXT, AttributeType.BOOLEAN)


def _check_end(key: str, end: RuleEnd, types: Mapping[str, ItemType]) -> Iterator[Problem]:
    declared = types[end.type].attributes
    known = {each.name for each in declared if each.type not in _NOT_COMPARED} | {*OWN}
    if end.attribute not in known:
        message = _("items of this type have no attribute “%(name)s” that could be compared")
        yield unknown((key, "attribute"), message, end.attribute, known)
    if any(end.keeps(item_type) for item_type in types.values()):
        message = _(
            "some roles alone see this attribute, and relations would tell all what is equal"
        )
        yield Problem((key, "attribute"), message, found=end.attribute)


def _check_kind(
    rule: RelationRule, kind: RelationKind, types: Mapping[str, ItemType]
) -> Iterator[Problem]:
    if kind.most_targets is not None or kind.most_sources is not None:
        message = _(
            "“%(kind)s” limits how many an item may have: equal values may be those of more, so"
            " no rule can keep it"
        )
        yield Problem(("relation",), message, {"kind": kind.name}, found=kind.name)
    if rule.source == rule.target and not kind.symmetric:
        message = _("both ends are the same: only a kind whose ends stand for the same fits")
        yield Problem(("relation",), message, found=kind.name)
    from_, to = types.get(rule.source.type), types.get(rule.target.type)
    if from_ and to and not from_.abstract and not to.abstract and not kind.admits(from_, to):
        details = {"kind": kind.name, "source": from_.name, "target": to.name}
        message = _("“%(kind)s” does not lead from a %(source)s to a %(target)s")
        yield Problem(("relation",), message, details, found=kind.name)


# Keeping in step ---------------------------------------------------------------------------------


_AT_ONCE = 20_000
"""Relations that are written by one statement."""


def renew(actor: Actor, at: datetime, *, limited: bool = False) -> None:
    """Bring every relation that a rule keeps to what definitions say now, and what items are
    compared by with it. Raises BadInput where it is `limited` and a rule would relate too many.
    """
    kept_values.renew()
    more = ruled.everything(limited=limited)
    parts = [Writing(unrelated=more.unrelated)] if more.unrelated else []
    parts += [
        Writing(relations=more.relations[begin : begin + _AT_ONCE])
        for begin in range(0, len(more.relations), _AT_ONCE)
    ]
    written = [write(actor, part, at=at) for part in parts]
    made, removed = sum(len(each.made) for each in written), sum(each.removed for each in written)
    if made or removed:
        counts = {"relations_written": made, "relations_removed": removed}
        audit.record(actor, "relation.rule", subject=("items", "rules"), **counts)


def _apply(_rules: Sequence[RelationRule], actor: Actor, at: datetime) -> None:
    statements.in_turn()
    renew(actor, at, limited=True)


def _carry(_actor: Actor, names: Mapping[str, str], _at: datetime) -> None:
    statements.in_turn()
    for old, new in names.items():
        rows = models.Relation.objects.filter(origin=f"{ruled.ORIGIN}{old}")
        rows.update(origin=f"{ruled.ORIGIN}{new}")
    kept_values.renew()
    live.publish("items")


def _let_go(actor: Actor, _names: Collection[str], at: datetime) -> None:
    statements.in_turn()
    renew(actor, at)


def _follow(actor: Actor, _changed: Changed, at: datetime) -> None:
    """Another type or kind, other relations: what is compared is made anew where rules compare."""
    if ruled.in_force():
        statements.in_turn()
        renew(actor, at)


def _kept(names: Collection[str]) -> Mapping[str, int]:
    return {name: len(ids) for name, ids in _kept_rows(names).items()}


def _kept_rows(names: Collection[str]) -> Mapping[str, Collection[UUID]]:
    rows = models.Relation.objects.filter(origin__in=[f"{ruled.ORIGIN}{name}" for name in names])
    found: dict[str, set[UUID]] = {}
    for origin, id_ in rows.values_list("origin", "id"):
        found.setdefault(ruled.keeper(origin), set()).add(id_)
    return found


RELATION_RULE: DefinitionKind[RelationRule] = DefinitionKind(
    name=RULE,
    model=RelationRule,
    label=Label("关系规则", "Relation rule"),
    about=Label(
        "两端属性值相等的配置项之间自动建立关系，值改变时随之增减。",
        "Relates items whose values are equal, and keeps the relations in step with the values.",
    ),
    check=_check,
    apply=_apply,
    order=20,
    advise=common_values.advise,
)

HOLDERS = (
    Holder(
        kind=RULE,
        thing="relation",
        label=Label("关系", "relation"),
        count=_kept,
        rows=_kept_rows,
        carry=_carry,
        let_go=_let_go,
    ),
    *(
        Holder(
            kind=kind,
            thing="relation-ruled",
            label=Label("按规则建立的关系", "relation made by a rule"),
            count=lambda _marks: {},
            marks=nothing,
            follow=_follow,
        )
        for kind in ("item-type", "relation-kind")
    ),
)
