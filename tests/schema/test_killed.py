"""A process that is killed while it saves leaves a whole version or none."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from time import sleep

import pytest

from tests.alerts.test_killed import _address
from tests.schema.conftest import TYPES
from wardround.kernel import clock
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import system_actor
from wardround.schema import actions, models, queries
from wardround.schema.sources import Source

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]
HOST = TYPES.split("---\n")[1]


def test_killed_again_and_again_text_file_version_and_audit_stay_one(ward: Source) -> None:
    actor, chance = system_actor("tests"), random.Random(3)  # noqa: S311
    actions.import_packs(actor, [ward], at=clock.now())
    command = [sys.executable, "-m", "tests.schema.saver", HOST]
    environment = {**os.environ, "WARDROUND_DATABASE_URL": _address()}
    acknowledged = 1
    for _ in range(4):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert process.stdout is not None
        for _ in range(chance.randint(1, 3)):
            acknowledged = int(process.stdout.readline())
        sleep(chance.random() * 0.2)
        process.kill()
        acknowledged = max([acknowledged, *map(int, process.stdout.read().split())])
        process.stdout.close()
        process.wait()
        stored = queries.stored(actor, "item-type", "host")
        rows = models.Definition.objects.filter(kind="item-type", name="host")
        versions = sorted(rows.values_list("version", "current"))
        assert versions == [
            (version, version == stored.version) for version in range(1, stored.version + 1)
        ]
        assert stored.version >= acknowledged
        file = queries.exported(actor, "ward").files["types/devices.yaml"].decode()
        assert file.split("---\n")[1] == stored.text
        saves = AuditRecord.objects.filter(action="definition.save").count()
        assert saves == stored.version - 1
