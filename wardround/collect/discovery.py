"""What collectors find of the items they watch is told to the configuration database, as rows of a
source of its own: never straight into items.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wardround.cmdb import discovering
from wardround.cmdb.discovering import Discovered
from wardround.collect.models import SnapshotRow
from wardround.kernel.types import Actor

_TABLE = "machine"
_ATTRIBUTES = {
    "hostname": ("hostname",),
    "system": ("release", "operating_system"),
    "processor": ("cpu",),
    "cores": ("cpu_cores",),
    "memory": ("memory",),
    "serial": ("serial",),
    "manufacturer": ("manufacturer",),
    "model": ("model",),
}
"""By fact, what items of some type call it."""


def tell(actor: Actor, *, at: datetime, defer: discovering.Defer) -> bool:
    """Tell what is known of machines; whether there was anything new."""
    rows = SnapshotRow.objects.filter(
        name=_TABLE, target__enabled=True, target__undeclared_at=None, item__retired_at=None
    )
    newest = rows.order_by("item", "-at").distinct("item")
    found = [
        Discovered(item, f"machine/{target}", _attributes(facts[0]))
        for item, target, facts in newest.values_list("item", "target", "rows")
        if facts and isinstance(facts[0], dict)
    ]
    return discovering.discovered(actor, found, at=at, defer=defer)


def _attributes(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: facts[fact]
        for fact, names in _ATTRIBUTES.items()
        for name in names
        if facts.get(fact) not in (None, "")
    }
