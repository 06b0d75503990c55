"""What the configuration database itself finds of its items."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    UUIDField,
    Value,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Concat

from wardround.cmdb import common_values, expiring, misfits, models, rules
from wardround.cmdb.findings import Finding, Mending, register
from wardround.cmdb.items import FindingAsked
from wardround.cmdb.reading import both_ends
from wardround.cmdb.restricted import Sight
from wardround.kernel.reach import Reach
from wardround.kernel.wording import Wording, untranslated
from wardround.schema import queries as schema
from wardround.schema.types import AttributeType, Capability, ItemRole, ItemType, RelationKind

COMMON_VALUE = "common-value"
NOBODY = frozenset({ItemRole.OWNER, ItemRole.VENDOR})
"""Roles of those who answer for others, and for whom nobody answers."""


def _fails(its_type: ItemType) -> bool:
    """What takes part in impact and is itself nobody who answers for something."""
    return its_type.can(Capability.IMPACT) and not NOBODY & {*its_type.roles}


def _unowned(_asked: FindingAsked, _reach: Reach) -> Q:
    return Q(owner=None)


def _stale(asked: FindingAsked, _reach: Reach) -> Q:
    return Q(updated_at__lt=asked.at - timedelta(days=asked.days))


# Relations ---------------------------------------------------------------------------------------


def _related(reach: Reach, end: str) -> QuerySet[models.Relation]:
    """Relations between items in use of which the reader may know, that the item is an end of."""
    return models.Relation.objects.filter(
        both_ends(reach),
        source__retired_at=None,
        target__retired_at=None,
        **{end: OuterRef("id")},
    )


def _lonely(_asked: FindingAsked, reach: Reach) -> Q:
    return Q(~Exists(_related(reach, "source"))) & Q(~Exists(_related(reach, "target")))


def _without_model(_asked: FindingAsked, reach: Reach) -> Q:
    kinds = schema.remembered_relation_kinds()
    serving = rules.serving_kinds(kinds)
    return Q(~Exists(_related(reach, "source").filter(kind__in=serving)))


def _wrongly_related(_asked: FindingAsked, reach: Reach) -> Q:
    """Ends of relations that their kind admits no longer, or that are more than it admits."""
    kinds = schema.remembered_relation_kinds()
    wrong = _not_admitted(reach, kinds)
    found = Q(id__in=wrong.values("source")) | Q(id__in=wrong.values("target"))
    for kind in kinds.values():
        for crowded in _crowded(reach, kind):
            found |= Q(id__in=crowded)
    return found


def _between(reach: Reach) -> QuerySet[models.Relation]:
    return models.Relation.objects.filter(
        both_ends(reach), source__retired_at=None, target__retired_at=None
    )


def _not_admitted(reach: Reach, kinds: Mapping[str, RelationKind]) -> QuerySet[models.Relation]:
    """Which types are joined by which kinds is asked first, what may not be then looked for."""
    types, rows = schema.remembered_item_types(), _between(reach)
    joined = rows.order_by().values_list("kind", "source__type", "target__type").distinct()
    wrong = Q(pk__in=())
    for kind, source, target in joined:
        begin, end = types.get(source), types.get(target)
        if kind in kinds and begin and end and not kinds[kind].admits(begin, end):
            wrong |= Q(kind=kind, source__type=source, target__type=target)
    return rows.filter(wrong)


def _crowded(reach: Reach, kind: RelationKind) -> list[QuerySet[models.Relation]]:
    """Items that have more of a kind than it admits, of what the reader may know of."""
    rows = _between(reach).filter(kind=kind.name)
    return [
        rows.order_by()
        .values(end)
        .annotate(several=Count("id"))
        .filter(several__gt=most)
        .values(end)
        for end, most in (("source", kind.most_targets), ("target", kind.most_sources))
        if most is not None
    ]


# Values ------------------------------------------------------------------------------------------


def _unfit(_asked: FindingAsked, reach: Reach) -> Q:
    return misfits.condition([*schema.remembered_item_types().values()], reach)


_BLANKS = " \t\n\r\f\v"


def folded(value: Any) -> Func:
    """Without what does not tell two apart: case, width and blanks."""
    wide = Func(value, template="normalize(%(expressions)s, NFKC)", output_field=TextField())
    plain = Func(wide, function="cmdb_casefold", output_field=TextField())
    return Func(plain, Value(_BLANKS), Value(""), function="translate", output_field=TextField())


def _alike(_asked: FindingAsked, reach: Reach) -> Q:
    """Several of one type with one name, address, or value that identifies them."""
    rows, sight = models.Item.objects.filter(reach.condition(), retired_at=None), Sight(reach)
    found = Q(id__in=_sharing(rows, Cast(F("name"), TextField())))
    for name, types in schema.derived("cmdb.telling-attributes", telling).items():
        held = rows.filter(sight.among(name, types), **{f"attributes__{name}__isnull": False})
        found |= Q(id__in=_sharing(held, compared(name)))
    return found


def compared(name: str) -> Any:
    """What tells items apart by this attribute: an address, together with the space that it lies
    in, for a network of elsewhere may number its machines as the hospital does.
    """
    value, spaces = KT(f"attributes__{name}"), schema.derived("cmdb.address-spaces", _spaces)
    if name not in spaces.addresses or not spaces.references:
        return value
    none, at = Value("", TextField()), Value("@", TextField())
    within = [Coalesce(KT(f"attributes__{each}"), none) for each in spaces.references]
    return Concat(value, at, *within, output_field=TextField())


class _Spaces(NamedTuple):
    addresses: Collection[str]
    references: Sequence[str]
    """To the space of an item, those that everybody sees."""


def _spaces() -> _Spaces:
    types = schema.remembered_item_types()
    named = {name for name, each in types.items() if ItemRole.ADDRESS_SPACE in each.roles}
    every = [attribute for each in types.values() for attribute in each.attributes]
    kinds = (AttributeType.ADDRESS, AttributeType.NETWORK)
    return _Spaces(
        frozenset(each.name for each in every if each.type in kinds),
        sorted({each.name for each in every if named & {*each.to} and not each.seen_by}),
    )


def _sharing(rows: QuerySet[models.Item], value: Any) -> QuerySet[models.Item, Any]:
    every = Func(ArrayAgg("id"), function="unnest", output_field=UUIDField())
    by_value = rows.order_by().annotate(folded=folded(value)).values("type", "folded")
    several = by_value.annotate(number=Count("id")).filter(number__gt=1).exclude(folded="")
    return several.annotate(each=every).values("each")


def telling() -> Mapping[str, Collection[str]]:
    """Attributes that tell items apart, each with the types for which it does."""
    found: dict[str, list[str]] = {}
    for name, its_type in schema.remembered_item_types().items():
        identifying = {each for several in its_type.identified_by for each in several[:1]}
        for attribute in its_type.attributes:
            alone = attribute.name in identifying or attribute.name in its_type.alone_in
            if alone or attribute.type is AttributeType.ADDRESS:
                found.setdefault(attribute.name, []).append(name)
    return found


# All of them -------------------------------------------------------------------------------------


def _of(role: ItemRole) -> Callable[[ItemType], bool]:
    return lambda its_type: role in its_type.roles


FINDINGS = (
    Finding(
        "no-owner",
        Wording(untranslated("No owner")),
        Wording(untranslated("It takes part in impact, and nobody answers for it.")),
        _unowned,
        (Mending.OWNER, Mending.RETIRE),
        looks_at=_fails,
    ),
    Finding(
        "stale",
        Wording(untranslated("Not looked after for long")),
        Wording(untranslated("Neither changed nor confirmed as right within the period.")),
        _stale,
        (Mending.CONFIRM, Mending.RETIRE),
    ),
    Finding(
        "orphan",
        Wording(untranslated("No relation")),
        Wording(untranslated("It takes part in impact, and nothing in use is related to it.")),
        _lonely,
        (Mending.RELATE, Mending.RETIRE),
        looks_at=_fails,
    ),
    Finding(
        "no-model",
        Wording(untranslated("Business system without a model")),
        Wording(untranslated("Nothing is known on which the business system stands.")),
        _without_model,
        (Mending.RELATE, Mending.RETIRE),
        looks_at=_of(ItemRole.SYSTEM),
    ),
    Finding(
        "alike",
        Wording(untranslated("Likely there twice")),
        Wording(
            untranslated(
                "Another item of its type has the same name, address or identifying"
                " attribute; case, width and spaces do not count."
            )
        ),
        _alike,
        (Mending.RETIRE, Mending.EDIT),
    ),
    Finding(
        "unfit",
        Wording(untranslated("Values that do not fit")),
        Wording(untranslated("It holds what its type does not take, or lacks what it requires.")),
        _unfit,
        (Mending.EDIT, Mending.RETIRE),
    ),
    Finding(
        "wrongly-related",
        Wording(untranslated("Relations that break their kind")),
        Wording(
            untranslated(
                "It is an end of a relation that its kind does not admit between these types, or of"
                " more than it admits."
            )
        ),
        _wrongly_related,
        (Mending.RELATE,),
    ),
    Finding(
        "expiring",
        Wording(untranslated("Ends soon or has ended")),
        Wording(
            untranslated(
                "A warranty, contract, licence, certificate or another date that its type declares"
                " as an expiry is within notice, or has passed."
            )
        ),
        expiring.condition,
        (Mending.EDIT, Mending.RETIRE),
        looks_at=expiring.ends,
    ),
    Finding(
        COMMON_VALUE,
        Wording(untranslated("Value too common for a relation rule")),
        Wording(
            untranslated(
                "So many items hold the same value that a relation rule relates none of them: a"
                " default or a placeholder, most likely."
            )
        ),
        common_values.condition,
        (Mending.EDIT, Mending.RETIRE),
        looks_at=common_values.compares,
    ),
)


def declare() -> None:
    for finding in FINDINGS:
        register(finding)
