"""Values that too many items hold for a rule to relate them by, and what a rule would relate.

Such a value makes nothing, which is told: as a finding of the items that hold it, as a list of the
values, and when a rule is checked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from wardround.cmdb import comparing, kept_values, models, ruled, statements
from wardround.cmdb.items import FindingAsked
from wardround.cmdb.rule_types import RelationRule
from wardround.cmdb.statements import listed
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.types import ItemType, Label, Problem


@dataclass(frozen=True, slots=True)
class CommonValue:
    """A value by which a rule relates nothing, since it would relate too many."""

    rule: str
    rule_label: Label
    value: str
    """As it is compared: without case, width and spaces."""
    sources: int
    targets: int
    relations: int
    """That would follow."""


def common_values(reach: Reach) -> tuple[CommonValue, ...]:
    """Those of which the reader sees an item that holds them, the most common first; two
    statements. How many hold them is counted over all.
    """
    found = _common()
    if not reach.everything:
        seen = _seen(reach, found)
        found = [each for each in found if (each.rule, each.value) in seen]
    return tuple(sorted(found, key=lambda each: (-each.relations, each.rule, each.value)))


def condition(_asked: FindingAsked, _reach: Reach) -> Q:
    """Items that hold such a value."""
    by_rule = defaultdict[str, list[str]](list)
    for each in _common():
        by_rule[each.rule].append(each.value)
    found = Q(pk__in=())
    for rule, values in by_rule.items():
        found |= Q(id__in=_holding(rule, values).values("item"))
    return found


def compares(its_type: ItemType) -> bool:
    """Whether a rule looks at items of this type."""
    ends = (end for rule in ruled.in_force().values() for end in (rule.source, rule.target))
    return any(end.concerns(its_type) for end in ends)


def _common() -> list[CommonValue]:
    rules = ruled.in_force()
    if not rules:
        return []
    return [
        CommonValue(rule, rules[rule].label, value, sources, targets, sources * targets)
        for rule, value, sources, targets in statements.returned(
            "common_values", {"most": ruled.MOST}
        )
        if rule in rules
    ]


def _holding(rule: str, values: list[str]) -> QuerySet[models.KeptValue]:
    ends = [comparing.source_of(rule), comparing.target_of(rule)]
    return models.KeptValue.objects.filter(of__in=ends, value__in=listed("text", values))


def _seen(reach: Reach, found: list[CommonValue]) -> set[tuple[str, str]]:
    ends = {comparing.source_of(each.rule): each.rule for each in found}
    ends |= {comparing.target_of(each.rule): each.rule for each in found}
    rows = models.KeptValue.objects.filter(
        reach.condition(item="item", systems="item__systems"),
        of__in=list(ends),
        value__in=listed("text", [each.value for each in found]),
    )
    return {(ends[of], value) for of, value in rows.values_list("of", "value").distinct()}


# Checking a rule ---------------------------------------------------------------------------------


def advise(rule: RelationRule) -> Iterator[Problem]:
    """How many relations it would keep now, and how many values are too common for it."""
    types = schema.remembered_item_types()
    kind = schema.remembered_relation_kinds().get(rule.relation)
    if kind is None:
        return
    made = common = most = 0
    for sources, targets in _by_value(rule, types):
        pairs = len(sources) * len(targets)
        if pairs > ruled.MOST:
            common, most = common + 1, max(most, pairs)
            continue
        joined = {
            (name, other): kind.admits(types[name], types[other])
            for name in {*sources.values()}
            for other in {*targets.values()}
        }
        drawn = {
            (min(pair), max(pair)) if kind.symmetric else pair
            for pair in product(sources, targets)
            if pair[0] != pair[1] and joined[sources[pair[0]], targets[pair[1]]]
        }
        made += len(drawn)
    yield Problem((), _("by the values of now it keeps %(made)s relations"), {"made": made})
    if common:
        message = _(
            "%(common)s values are too common: by one of them up to %(pairs)s relations would"
            " follow, more than %(most)s, so none is made; see the data-quality page"
        )
        details = {"common": common, "pairs": most, "most": ruled.MOST}
        yield Problem(("from", "attribute"), message, details, found=rule.source.attribute)


_Holders = dict[UUID, str]
"""Items with their types."""


def _by_value(
    rule: RelationRule, types: Mapping[str, ItemType]
) -> Iterator[tuple[_Holders, _Holders]]:
    """The items at both ends, by each value that both ends hold."""
    wanted = comparing.ruled(types, [rule])
    ends: dict[str, dict[str, _Holders]] = {
        comparing.source_of(rule.name): defaultdict(dict),
        comparing.target_of(rule.name): defaultdict(dict),
    }
    for item, its_type, name, stored in kept_values.values_of(wanted) if wanted else ():
        for comparison, value in comparing.held({name: stored}, wanted[its_type]):
            ends[comparison.of][value][item] = its_type
    sources, targets = ends.values()
    for value in sources.keys() & targets.keys():
        yield sources[value], targets[value]
