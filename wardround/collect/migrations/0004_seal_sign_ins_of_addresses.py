"""Addresses in `targets` definitions that were imported with a user name or password in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import migrations

from wardround.kernel.addresses import signs_in
from wardround.schema.sealing import Secret
from wardround.schema.stored_secrets import Declarations, seal_stored


def _addresses(body: Mapping[str, Any], _templates: Declarations) -> Iterator[Secret]:
    for place, target in enumerate(body.get("targets", ())):
        if signs_in(str(target.get("address", ""))):
            of = "/".join((target["item"], target["template"], target.get("name", ""), "address"))
            yield Secret(("targets", place, "address"), of)


def seal(apps: Any, _editor: Any) -> None:
    seal_stored(apps, "targets", "monitor-template", _addresses)


class Migration(migrations.Migration):
    dependencies = (("collect", "0003_undeclared"), ("schema", "0001_initial"))

    operations = (migrations.RunPython(seal, migrations.RunPython.noop),)
