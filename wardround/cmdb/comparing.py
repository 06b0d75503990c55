"""In which form values of two items are compared, and which are. Pure."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from wardround.cmdb.rule_types import RelationRule
from wardround.cmdb.rules import AttributeOf, Step, staying
from wardround.kernel.secrets import is_sealed
from wardround.schema.types import ItemType

_LONGEST = 500
"""Bytes of what is compared as it stands; of what is longer, its digest."""

TAKEN = gettext_noop(
    "“%(value)s” is the %(label)s of “%(name)s” already; no two items may have the same."
)
TAKEN_UNSEEN = gettext_noop(
    "“%(value)s” is the %(label)s of another item already; no two items may have the same."
)
TAKEN_UNTOLD = gettext_noop(
    "The %(label)s of this item, which you may not see, is that of another one; no two items may"
    " have the same. Ask somebody who may see it."
)


def compared(value: Any) -> str:
    """A stored value without what does not tell two apart: case, width and spaces.

    Empty for what is not compared at all.
    """
    if value is None or isinstance(value, bool) or is_sealed(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = "".join(unicodedata.normalize("NFKC", str(value)).casefold().split())
    data = text.encode("utf-8", "surrogatepass")
    return text if len(data) <= _LONGEST else hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One way in which values of an attribute are compared with those of other items."""

    of: str
    alone: bool
    """Whether no two items in use may hold the same."""


Comparisons = Mapping[str, Mapping[str, tuple[Comparison, ...]]]
"""By type and attribute."""


def alone(types: Mapping[str, ItemType]) -> dict[str, dict[str, tuple[Comparison, ...]]]:
    """What unique attributes are compared by; `types` with what they inherit."""
    return {
        name: {
            attribute: (Comparison(f"unique/{kin}/{attribute}", alone=True),)
            for attribute, kin in its_type.alone_in.items()
        }
        for name, its_type in types.items()
        if its_type.alone_in
    }


def ruled(
    types: Mapping[str, ItemType], rules: Iterable[RelationRule]
) -> dict[str, dict[str, tuple[Comparison, ...]]]:
    """What the two ends of rules are compared by, but what some roles alone see; `types` with what
    they inherit.
    """
    found: dict[str, dict[str, tuple[Comparison, ...]]] = {}
    for rule in rules:
        for end, of in ((rule.source, source_of(rule.name)), (rule.target, target_of(rule.name))):
            for item_type in filter(end.concerns, types.values()):
                if end.keeps(item_type):
                    continue
                by_attribute = found.setdefault(item_type.name, {})
                before = by_attribute.get(end.attribute, ())
                by_attribute[end.attribute] = (*before, Comparison(of, alone=False))
    return found


def source_of(rule: str) -> str:
    """As what a value is kept by which an item is the source of a rule's relations."""
    return f"rule/{rule}/from"


def target_of(rule: str) -> str:
    return f"rule/{rule}/to"


def together(*several: Comparisons) -> Comparisons:
    """All of these."""
    found: dict[str, dict[str, tuple[Comparison, ...]]] = {}
    for comparisons in several:
        for its_type, by_attribute in comparisons.items():
            whole = found.setdefault(its_type, {})
            for name, more in by_attribute.items():
                whole[name] = (*whole.get(name, ()), *more)
    return found


def held(
    attributes: Mapping[str, Any], wanted: Mapping[str, tuple[Comparison, ...]]
) -> Iterator[tuple[Comparison, str]]:
    """What an item is compared by, and with which value."""
    for name, comparisons in wanted.items():
        if value := compared(attributes.get(name)):
            yield from ((comparison, value) for comparison in comparisons)


def unique_from_now_on(
    before: Mapping[str, ItemType], after: Mapping[str, ItemType], renames: Mapping[str, str]
) -> dict[AttributeOf, AttributeOf]:
    """Attributes that no two items may hold the same of, by the present names of type and
    attribute: the type (its new name) and attribute that says so.
    """
    return {
        (step.was.name, _present_name(step, name)): (kin, name)
        for step in staying(before, after, renames)
        for name, kin in step.becomes.alone_in.items()
    }


def _present_name(step: Step, name: str) -> str:
    former = step.later[name].renamed_from
    return former if former in step.present and name not in step.present and former else name
