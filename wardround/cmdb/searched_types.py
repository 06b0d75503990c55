"""Items are searched by other attributes from now on: what is kept of them is written anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from wardround.cmdb import item_texts
from wardround.cmdb.counting import nothing
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.dependents import Changed, Holder
from wardround.schema.types import ItemType, Label, with_inherited


def _renew(_actor: Actor, changed: Changed, _at: datetime) -> None:
    own: Mapping[str, ItemType] = changed.all_before
    former = {new: old for old, new in changed.renames.items()}
    wanted = {}
    for name, becomes in schema.remembered_item_types().items():
        was = own.get(former.get(name, name))
        after = item_texts.searched(becomes)
        if after != item_texts.searched(was and with_inherited(was, own)):
            wanted[name] = after
    item_texts.renew(wanted)


HOLDER = Holder(
    kind="item-type",
    thing="words",
    label=Label("查找用的文字", "words it is found by"),
    count=lambda _marks: {},
    marks=nothing,
    follow=_renew,
)
