"""Networks and addresses beside their items; addresses of those that there are are written here.

No type is a network before this version: which are, is said by definitions that come after it, and
their items are written down then.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from wardround.cmdb.models import PrefixField
from wardround.cmdb.networks import spans

_AT_ONCE = 5_000


def _declared(apps: Any) -> dict[str, dict[str, Any]]:
    """The last version of every item type, one that was retired too."""
    rows = apps.get_model("schema", "Definition").objects.filter(kind="item-type")
    found = {}
    for name, body in rows.order_by("version").values_list("name", "body"):
        found[name] = json.loads(body)
    return found


def _addressed(name: str, types: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The addresses of a type that may have some, with what it inherits."""
    line: list[str] = []
    while name in types and name not in line:
        line.append(name)
        name = types[name].get("extends") or ""
    able, attributes = True, dict[str, str]()
    for each in reversed(line):
        able = (able or "addresses" in types[each].get("capabilities", ())) and (
            "addresses" not in types[each].get("without", ())
        )
        for declared in types[each].get("attributes", ()):
            attributes[declared["name"]] = declared["type"]
    return tuple(own for own, of in attributes.items() if able and of == "address")


def write(apps: Any, _editor: Any) -> None:
    items, held = apps.get_model("cmdb", "Item"), apps.get_model("cmdb", "Address")
    types = _declared(apps)
    wanted = {name: of for name in types if (of := _addressed(name, types))}
    rows = []
    found = items.objects.filter(type__in=list(wanted), retired_at=None)
    for item in found.only("type", "attributes").iterator(_AT_ONCE):
        for name in wanted[item.type]:
            address = spans.held(item.attributes.get(name))
            if address is not None:
                own = {"first": str(address), "last": str(address)}
                rows.append(held(item_id=item.pk, attribute=name, part="holder", **own))
        if len(rows) >= _AT_ONCE:
            held.objects.bulk_create(rows)
            rows.clear()
    held.objects.bulk_create(rows)


_ITEM = "cmdb.item"


class Migration(migrations.Migration):
    dependencies = (
        ("cmdb", "0019_sources"),
        ("schema", "0001_initial"),
    )

    operations = (
        migrations.CreateModel(
            name="Network",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="network",
                        serialize=False,
                        to=_ITEM,
                    ),
                ),
                ("prefix", PrefixField()),
                ("place", models.CharField(db_collation="C", max_length=80)),
                ("space", models.UUIDField(default=uuid.UUID(int=0))),
                ("parent", models.UUIDField(null=True)),
                ("direct", models.BigIntegerField(default=0)),
                (
                    "direct_reserved",
                    models.DecimalField(decimal_places=0, default=Decimal(0), max_digits=40),
                ),
                ("used", models.BigIntegerField(default=0)),
                (
                    "reserved",
                    models.DecimalField(decimal_places=0, default=Decimal(0), max_digits=40),
                ),
                ("covered", models.FloatField(default=0)),
                ("share", models.FloatField(default=0)),
            ],
            options={
                "db_table": "cmdb_network",
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(
                        fields=["prefix"], name="cmdb_network_prefix", opclasses=["inet_ops"]
                    ),
                    models.Index(fields=["prefix", "space"], name="cmdb_network_exact"),
                    models.Index(fields=["parent"], name="cmdb_network_in"),
                    models.Index(fields=["place"], name="cmdb_network_place"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("attribute", models.CharField(max_length=60)),
                ("part", models.CharField(max_length=10)),
                ("first", models.GenericIPAddressField()),
                ("last", models.GenericIPAddressField()),
                ("named_space", models.UUIDField(null=True)),
                ("named_network", models.UUIDField(null=True)),
                ("space", models.UUIDField(default=uuid.UUID(int=0))),
                ("network", models.UUIDField(null=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="addresses",
                        to=_ITEM,
                    ),
                ),
            ],
            options={"db_table": "cmdb_address"},
        ),
        migrations.RunPython(write, migrations.RunPython.noop),
        migrations.AddIndex(
            "address", models.Index(fields=["network", "first"], name="cmdb_address_in")
        ),
        migrations.AddIndex(
            "address", models.Index(fields=["first"], name="cmdb_address_by_first")
        ),
        migrations.AddIndex(
            "address", models.Index(fields=["named_network"], name="cmdb_address_named")
        ),
        migrations.AddIndex(
            "address",
            models.Index(
                fields=["first"], name="cmdb_address_ranges", condition=models.Q(part="range")
            ),
        ),
    )
