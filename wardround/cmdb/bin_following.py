"""What lies in the recycle bin follows the definitions as what is in use does: names, secrets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db import connection

from wardround.cmdb import models, own_leaving, reconciling
from wardround.kernel import secrets


def give_types(names: Mapping[str, str]) -> None:
    for old, new in names.items():
        models.Binned.objects.filter(type=old).update(type=new)


def give_kinds(names: Mapping[str, str]) -> None:
    def named(relation: dict[str, Any]) -> dict[str, Any]:
        return {**relation, "kind": names.get(relation["kind"], relation["kind"])}

    _relations(names, "kind", named)


def give_origins(names: Mapping[str, str]) -> None:
    def named(relation: dict[str, Any]) -> dict[str, Any]:
        return {**relation, "origin": names.get(relation["origin"], relation["origin"])}

    _relations(names, "origin", named)
    for row in models.Binned.objects.filter(held__origin__in=list(names)):
        row.held = {**(row.held or {}), "origin": names[(row.held or {})["origin"]]}
        row.save(update_fields=["held"])


def _relations(
    names: Collection[str], field: str, named: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    for name in names:
        for row in models.Binned.objects.filter(relations__contains=[{field: name}]):
            row.relations = [named(each) for each in row.relations]
            row.save(update_fields=["relations"])


def rename_attribute(its_type: str, old: str, new: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cmdb_binned SET attributes = (attributes - %(old)s::text)"
            " || jsonb_build_object(%(new)s::text, attributes -> %(old)s)"
            " WHERE type = %(type)s AND attributes ? %(old)s",
            {"old": old, "new": new, "type": its_type},
        )
    field, becomes = f"attributes.{old}", f"attributes.{new}"
    rows = models.Binned.objects.filter(type=its_type, elsewhere__has_key=own_leaving.CLAIMS)
    for row in rows:
        _claims(row, lambda name, entry: (becomes if name == field else name, entry))


def rename_source(old: str, new: str) -> None:
    for row in models.Binned.objects.filter(elsewhere__has_key=own_leaving.CLAIMS):
        _claims(row, lambda name, entry: (name, [new if entry[0] == old else entry[0], *entry[1:]]))
    for row in models.Binned.objects.filter(elsewhere__has_key=reconciling.RECORDS):
        for record in row.elsewhere[reconciling.RECORDS]:
            record["source"] = new if record["source"] == old else record["source"]
        row.save(update_fields=["elsewhere"])


def _claims(
    row: models.Binned, named: Callable[[str, Sequence[Any]], tuple[str, Sequence[Any]]]
) -> None:
    """Let whose its values are be told otherwise."""
    row.elsewhere[own_leaving.CLAIMS] = [
        dict(named(name, entry) for name, entry in said.items())
        for said in row.elsewhere[own_leaving.CLAIMS]
    ]
    row.save(update_fields=["elsewhere"])


def empty(its_type: str, name: str, *, only_sealed: bool) -> None:
    rows = models.Binned.objects.filter(type=its_type, attributes__has_key=name)
    if only_sealed:
        rows = rows.filter(**{f"attributes__{name}__startswith": secrets.SEALED})
    for row in rows:
        del row.attributes[name]
        row.save(update_fields=["attributes"])


def seal(elsewhere: Collection[str], name: str) -> None:
    """Seal what items hold in clear under this name, but for those of types `elsewhere`."""
    rows = models.Binned.objects.filter(attributes__has_key=name).exclude(type__in=elsewhere)
    for row in rows:
        value = row.attributes[name]
        if value is not None and not secrets.is_sealed(value):
            row.attributes = {**row.attributes, name: secrets.seal(str(value))}
            row.save(update_fields=["attributes"])
