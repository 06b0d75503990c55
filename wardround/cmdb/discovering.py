"""What programs of the house find enters by the door of files: as rows of the source `discovery`,
which are matched, written, proposed or refused as its definition says.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from wardround.cmdb import import_actions, models, reconciling
from wardround.cmdb.import_types import ImportState, NewImport, TableWish
from wardround.cmdb.permissions import WRITE
from wardround.cmdb.source_types import DISCOVERY
from wardround.cmdb.statements import listed
from wardround.kernel.types import Actor
from wardround.schema import queries as schema

Defer = Callable[[UUID], None]
_OWN = {"key": "key", "own": "own", "type": "type", "name": "name"}
_ONCE_MORE = timedelta(days=1)
"""So long the same is not told again; then it is, for what was changed by hand since."""
_LOST = (ImportState.FAILED, ImportState.UNDONE)


@dataclass(frozen=True, slots=True)
class Discovered:
    """What was found of one thing."""

    item: UUID | None
    """On which it was found; none: it is to be matched by what its type is identified by."""
    own: str
    """What whoever found it knows it by."""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """Those that its type does not have are left out."""
    name: str = ""
    type: str = ""


@transaction.atomic
def discovered(actor: Actor, found: Sequence[Discovered], *, at: datetime, defer: Defer) -> bool:
    """Tell what was found; whether it is worked in: not where there is no such source, and not
    where the same was told within a day.
    """
    schema.hold()
    actor.require(WRITE, systems=())
    source = reconciling.sources().get(DISCOVERY)
    rows = _rows(found) if source else []
    if source is None or not rows:
        return False
    data = _text(rows)
    name = f"discovery-{hashlib.sha256(data).hexdigest()[:12]}.csv"
    if _told(name, at):
        return False
    columns = {head: _OWN.get(head, f"attributes.{head}") for head in rows[0]}
    new = NewImport(
        name, data, tables={"*": TableWish(None, columns)}, dry_run=source.staged, source=DISCOVERY
    )
    import_actions.take_in(actor, new, at=at, defer=defer)
    return True


def _told(name: str, at: datetime) -> bool:
    rows = models.ImportRun.objects.filter(source=DISCOVERY).exclude(state__in=_LOST)
    last = rows.order_by("-created_at").values_list("file_name", "created_at").first()
    return last is not None and last[0] == name and at - last[1] < _ONCE_MORE


def _rows(found: Sequence[Discovered]) -> list[dict[str, Any]]:
    ids = [each.item for each in found if each.item]
    items = models.Item.objects.filter(id__in=listed("uuid", ids), retired_at=None)
    known = {id_: (key, of) for id_, key, of in items.values_list("id", "key", "type")}
    types = schema.remembered_item_types()
    rows = []
    for each in found:
        key, its_type = known.get(each.item, ("", each.type)) if each.item else ("", each.type)
        declared = types.get(its_type)
        if declared is None or (each.item and not key):
            continue
        said = {name: value for name, value in each.attributes.items() if declared.attribute(name)}
        if said or not key:
            rows.append({"key": key, "own": each.own, "type": its_type, "name": each.name, **said})
    heads = [*_OWN, *sorted({head for row in rows for head in row} - {*_OWN})]
    return [{head: row.get(head, "") for head in heads} for row in rows]


def _text(rows: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, [*rows[0]])
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: (row["key"], row["own"])))
    return text.getvalue().encode()
