"""What monitoring finds of items: those of the highest class that nothing watches."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from wardround.cmdb.findings import Finding, Mending, register
from wardround.cmdb.types import FindingAsked, Importance
from wardround.collect.models import TargetRow
from wardround.kernel.reach import Reach
from wardround.kernel.wording import Wording, untranslated
from wardround.schema.types import Capability, ItemRole, ItemType


def _counts(its_type: ItemType) -> bool:
    return its_type.can(Capability.MONITORED) or ItemRole.SYSTEM in its_type.roles


def _unwatched(_asked: FindingAsked, reach: Reach) -> Q:
    """No target in use is of the item, nor of anything that serves it."""
    targets = TargetRow.objects.filter(
        reach.condition(item="item", systems="item__systems"),
        enabled=True,
        undeclared_at=None,
        item__retired_at=None,
    )
    own = targets.filter(item=OuterRef("id"))
    serving = targets.filter(item__systems__contains=[OuterRef("id")])
    return Q(~Exists(own)) & Q(~Exists(serving))


def declare() -> None:
    register(
        Finding(
            "unwatched",
            Wording(untranslated("Class A that nothing watches")),
            Wording(
                untranslated(
                    "An item of class A of which no target in use is collected, nor of anything"
                    " that it stands on."
                )
            ),
            _unwatched,
            (Mending.WATCH, Mending.RETIRE),
            looks_at=_counts,
            importance=Importance.A,
        )
    )
