"""Definitions say otherwise what is a network and who has addresses: it is written down anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from wardround.cmdb.counting import nothing
from wardround.cmdb.networks import keeping
from wardround.cmdb.networks.plans import planned, plans
from wardround.kernel.types import Actor
from wardround.schema.dependents import Changed, Holder
from wardround.schema.types import ItemType, Label, with_inherited


def _renew(_actor: Actor, changed: Changed, _at: datetime) -> None:
    own: Mapping[str, ItemType] = changed.all_before
    was = planned({name: with_inherited(its_type, own) for name, its_type in own.items()})
    now = plans()
    former = {new: old for old, new in changed.renames.items()}
    differing = {
        name
        for name in now.keys() | {changed.renames.get(name, name) for name in was}
        if now.get(name) != was.get(former.get(name, name))
    }
    if differing:
        keeping.renew(differing)


HOLDER = Holder(
    kind="item-type",
    thing="used-address",
    label=Label("网络与地址", "networks and addresses"),
    count=lambda _marks: {},
    marks=nothing,
    follow=_renew,
)
"""It comes after `attribute-value`, which carries values to new names."""
