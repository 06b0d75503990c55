"""What items are searched by, beside them; written here for those that there are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from wardround.cmdb import grams, item_texts
from wardround.schema.types import AttributeType

_AT_ONCE = 2_000


def _declared(apps: Any) -> dict[str, dict[str, Any]]:
    """The last version of every item type, one that was retired too."""
    rows = apps.get_model("schema", "Definition").objects.filter(kind="item-type")
    found = {}
    for name, body in rows.order_by("version").values_list("name", "body"):
        found[name] = json.loads(body)
    return found


def _searched(name: str, types: Mapping[str, Mapping[str, Any]]) -> item_texts.Searched:
    """As `item_texts.searched` says it of a type with what it inherits."""
    attributes: dict[str, Mapping[str, Any]] = {}
    met: list[str] = []
    while name in types and name not in met:
        met.append(name)
        name = types[name].get("extends") or ""
    for each in reversed(met):
        attributes.update({declared["name"]: declared for declared in types[each].get("attributes", ())})
    return tuple(
        (attribute["name"], of_type)
        for attribute in attributes.values()
        if attribute.get("search")
        and (of_type := AttributeType(attribute["type"])) not in item_texts.UNSEARCHED
    )


def write(apps: Any, _editor: Any) -> None:
    items, said = apps.get_model("cmdb", "Item"), apps.get_model("cmdb", "ItemText")
    types = _declared(apps)
    wanted = {name: _searched(name, types) for name in types}
    rows = []
    for item in items.objects.only("name", "key", "type", "attributes").iterator(_AT_ONCE):
        held = item_texts.texts_of(
            item.name, item.key, item.attributes, wanted.get(item.type, ())
        )
        rows.append(
            said(
                item_id=item.pk,
                text=held.text,
                sound=held.sound,
                initials=held.initials,
                grams=grams.of(held),
            )
        )
        if len(rows) == _AT_ONCE:
            said.objects.bulk_create(rows)
            rows.clear()
    said.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = (("cmdb", "0013_kept_values"), ("schema", "0001_initial"))

    operations = (
        migrations.CreateModel(
            name="ItemText",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="said",
                        serialize=False,
                        to="cmdb.item",
                    ),
                ),
                ("text", models.TextField()),
                ("sound", models.TextField()),
                ("initials", models.TextField()),
                (
                    "grams",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=None
                    ),
                ),
            ],
            options={"db_table": "cmdb_item_text"},
        ),
        migrations.RunPython(write, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="itemtext",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["grams"], name="cmdb_item_text_grams"
            ),
        ),
    )
