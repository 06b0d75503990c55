"""Secrets in `targets` definitions that were imported before they were sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import migrations

from wardround.schema.sealing import Secret
from wardround.schema.stored_secrets import Declarations, seal_stored


def _secrets(body: Mapping[str, Any], templates: Declarations) -> Iterator[Secret]:
    for place, target in enumerate(body.get("targets", ())):
        versions = templates.get(target["template"], ())
        told = (parameter for version in versions for parameter in version.get("parameters", ()))
        names = {parameter["name"] for parameter in told if parameter.get("type") == "secret"}
        for name in names & target.get("parameters", {}).keys():
            of = "/".join((target["item"], target["template"], target.get("name", ""), name))
            yield Secret(("targets", place, "parameters", name), of)


def seal(apps: Any, _editor: Any) -> None:
    seal_stored(apps, "targets", "monitor-template", _secrets)


class Migration(migrations.Migration):
    dependencies = (("collect", "0001_initial"), ("schema", "0001_initial"))

    operations = (migrations.RunPython(seal, migrations.RunPython.noop),)
