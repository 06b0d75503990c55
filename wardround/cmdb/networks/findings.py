"""What is wrong with networks and addresses, as findings of the data-quality page."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q

from wardround.cmdb.findings import Condition, Finding, Mending, register
from wardround.cmdb.networks import troubles
from wardround.cmdb.networks.plans import Part, plans
from wardround.kernel.reach import Reach
from wardround.kernel.wording import Wording, untranslated
from wardround.schema.types import ItemType


def _asking(condition: Callable[[Reach], Q]) -> Condition:
    return lambda _asked, reach: condition(reach)


def _with(*parts: Part) -> Callable[[ItemType], bool]:
    return lambda its_type: its_type.name in plans() and plans()[its_type.name].part in parts


SHARED, OUTSIDE, EDGE, MASK, OVERLAP = (
    "address-shared",
    "address-outside",
    "address-of-network",
    "wrong-mask",
    "networks-overlap",
)

FINDINGS = (
    Finding(
        SHARED,
        Wording(untranslated("Address of several items")),
        Wording(
            untranslated(
                "Another item holds the same address in the same address space, and neither stands"
                " on the other."
            )
        ),
        _asking(troubles.items_sharing),
        (Mending.EDIT, Mending.RETIRE),
        looks_at=_with(Part.HOLDER, Part.REGISTERED),
    ),
    Finding(
        OUTSIDE,
        Wording(untranslated("Address outside of any network")),
        Wording(untranslated("Its address, or its range, lies in no network of its space.")),
        _asking(troubles.items_outside),
        (Mending.EDIT,),
        looks_at=_with(*Part),
    ),
    Finding(
        EDGE,
        Wording(untranslated("Address of the network itself")),
        Wording(
            untranslated("Its address is that of its network, or of its broadcast: no host's.")
        ),
        _asking(troubles.items_on_edge),
        (Mending.EDIT,),
        looks_at=_with(Part.HOLDER, Part.REGISTERED, Part.GATEWAY),
    ),
    Finding(
        MASK,
        Wording(untranslated("Wrong mask")),
        Wording(
            untranslated(
                "The network that it names does not hold its address, or its own gateway lies"
                " outside of it."
            )
        ),
        _asking(troubles.items_with_wrong_mask),
        (Mending.EDIT,),
        looks_at=_with(Part.REGISTERED, Part.GATEWAY, Part.RANGE),
    ),
    Finding(
        OVERLAP,
        Wording(untranslated("Networks that overlap")),
        Wording(
            untranslated(
                "Another network of its space has the same prefix, or both have a gateway and one"
                " lies in the other."
            )
        ),
        _asking(troubles.items_overlapping),
        (Mending.EDIT, Mending.RETIRE),
        looks_at=_with(Part.GATEWAY),
    ),
)


def declare() -> None:
    for finding in FINDINGS:
        register(finding)
