"""The platform as its own target."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from tests.collect.targets import shipped, target, values
from wardround.collect import actions
from wardround.collect.runner import check_once
from wardround.collect.shards import PRESENCE_LOCKS
from wardround.collect.types import CollectorRow
from wardround.kernel import clock
from wardround.kernel.ids import new_id

pytestmark = pytest.mark.django_db(transaction=True)

FIGURES = {
    "samples_total": 10, "delivered_total": 9, "dropped_total": 0, "refused_total.future": 1,
    "spool_failures_total": 0, "history_takes": 1, "shards": 64,
    "detection_missed_total": 0, "detection_lost_total": 0, "detection_instances": 5,
    "detection_refused": 0,
    "stood_total": 1, "stood_recently": 1,
    "series": 7, "series_most": 100, "series_refused": 3, "targets_over_budget": 1,
}  # fmt: skip


def test_platform_tells_of_itself(settings: LazySettings, tmp_path: Path) -> None:
    settings.DATA_FOLDER = tmp_path
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "x").write_bytes(b"x" * 100_000)
    gone = 2**22 + 1  # beyond the largest pid
    (tmp_path / "processes.json").write_text(
        json.dumps({"collect": os.getpid(), "web": gone, "history": None})
    )
    now = clock.now()
    actions.heartbeat(CollectorRow(new_id(), "ward", 7, now, now, 3, 12.5, 4096, FIGURES))

    batch = asyncio.run(check_once(target("wardround", "platform")))

    got = values(batch)
    assert (batch.up, batch.detail) == (True, "")
    assert got["wardround_process_up{role=collect}"] == 1
    assert got["wardround_process_up{role=web}"] == 0
    assert "wardround_process_up{role=history}" not in got
    assert got["wardround_process_resident_bytes{role=collect}"] > 1_000_000
    assert got["wardround_collector_refused_total{collector=ward:7,reason=future}"] == 1
    assert got["wardround_collector_spool_bytes{collector=ward:7}"] == 4096
    assert got["wardround_folder_bytes{folder=spool}"] >= 100_000
    declared = {metric.name for metric in shipped()["wardround"].metrics}
    needs_time = {"wardround_process_cpu_ratio"}  # a second reading
    needs_jobs = {"wardround_jobs"}
    assert declared - needs_time - needs_jobs <= {key.metric for key in batch.keys}
    (table,) = batch.tables
    assert [row["role"] for row in table.rows] == ["collect"]


def test_a_collector_that_holds_its_targets_and_does_not_speak_is_counted() -> None:
    def silent() -> float:
        batch = asyncio.run(check_once(target("wardround", "platform")))
        return values(batch)["wardround_collectors_silent"]

    assert silent() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, 5)", [PRESENCE_LOCKS])
        try:
            assert silent() == 1
            now = clock.now()
            actions.heartbeat(CollectorRow(new_id(), "ward", 7, now, now, 3, 12.5, 0, {}))
            assert silent() == 0
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, 5)", [PRESENCE_LOCKS])
