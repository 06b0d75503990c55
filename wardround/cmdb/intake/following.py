"""What is kept of imports follows the types of its items: an undo must find what it brings back,
and what became a secret is told nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from wardround.cmdb import models, statements
from wardround.kernel import secrets
from wardround.schema.sealing import MASK


def rename(its_type: str, old: str, new: str) -> None:
    """An attribute of a type, whose new name it is by now, is called otherwise."""
    statements.changed("rename_in_lines", {"type": its_type, "old": old, "new": new})
    statements.changed("rename_in_claims", {"type": its_type, "old": old, "new": new})


def seal(names: Collection[str], items: QuerySet[models.Item]) -> None:
    """Of these items, and of refused rows, nothing tells any more what these attributes held."""
    fields = {f"attributes.{name}" for name in names}
    told = Q()
    for name in sorted(names):
        told |= Q(changes__contains=[{"field": f"attributes.{name}"}])
        told |= Q(proposed__contains=[{"field": f"attributes.{name}"}])
        told |= Q(problems__contains=[{"field": f"attributes.{name}"}])
        told |= Q(before__attributes__has_key=name)
    about = Q(item__isnull=True) | Q(item__in=items.values("id"))
    changed = []
    for line in models.ImportLine.objects.filter(told, about).iterator():
        line.changes = [*_masked(line.changes, fields, ("old", "new"))]
        line.proposed = [*_masked(line.proposed, fields, ("old", "new"))]
        line.problems = [*_masked(line.problems, fields, ("message",))]
        if line.before and "attributes" in line.before:
            line.before = {**line.before, "attributes": _sealed(line.before["attributes"], names)}
        changed.append(line)
    columns = ["changes", "proposed", "problems", "before"]
    models.ImportLine.objects.bulk_update(changed, columns, batch_size=500)


def _masked(
    told: Collection[Mapping[str, Any]], fields: Collection[str], keys: Collection[str]
) -> Iterator[dict[str, Any]]:
    for each in told:
        hidden = {key: MASK for key in keys if each[key] is not None}
        yield {**each, **(hidden if each["field"] in fields else {})}


def _sealed(held: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    clear = {
        name: secrets.seal(str(value))
        for name, value in held.items()
        if name in names and value is not None and not secrets.is_sealed(value)
    }
    return {**held, **clear}
