"""The history store as a target."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.collect.targets import shipped, target, values
from tests.history.batches import batch as samples
from tests.history.batches import every
from wardround.collect.runner import check_once
from wardround.collect.types import Reason
from wardround.history import actions, queries, server
from wardround.history.types import SeriesKey
from wardround.kernel import clock
from wardround.kernel.ids import new_id

pytestmark = pytest.mark.servers


def test_store_tells_of_itself(history: str) -> None:
    now = clock.now()
    key = SeriesKey(f"m_{new_id().hex}", new_id())
    actions.append(samples({key: every(1, [1.0, 2.0, 3.0], start=now)}))
    assert queries.latest([key.metric], at=now)  # a question waits for the tables, figures do not
    found = asyncio.run(check_once(target("history", "platform")))
    got = values(found)
    assert (found.up, found.detail) == (True, "")
    assert {metric.name for metric in shipped()["history"].metrics} <= {
        key.metric for key in found.keys
    }
    assert got["history_table_rows{table=samples}"] >= 3
    assert got["history_rows"] >= got["history_table_rows{table=samples}"]
    assert got["history_table_bytes{table=samples}"] > 0
    assert got["history_partition_parts{table=samples}"] >= 1
    assert -5 < got["history_newest_sample_age_seconds"] < 60
    assert got["history_inserted_rows_total"] >= 3
    assert got["history_queries_total"] > 0
    assert got["history_memory_bytes"] > 0
    assert got["history_disk_free_bytes"] > 0
    (table,) = found.tables
    (columns,) = [table.columns for table in shipped()["history"].tables]
    assert set(table.rows[0]) == {column.name for column in columns}
    assert {"samples", "samples_5m", "samples_1h", "series"} <= {r["name"] for r in table.rows}


def test_silent_store_is_down_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server.start(tmp_path / "history") as running:
        url = running.url
        wrong = urlsplit(url)
        monkeypatch.setenv(
            "WARDROUND_HISTORY_URL",
            wrong._replace(netloc=f"wardround:wrong@127.0.0.1:{wrong.port}").geturl(),
        )
        refused = asyncio.run(check_once(target("history", "platform")))
    assert (refused.up, refused.reason) == (False, Reason.AUTH)
    monkeypatch.setenv("WARDROUND_HISTORY_URL", url)
    gone = asyncio.run(check_once(target("history", "platform")))
    assert (gone.up, gone.reason) == (False, Reason.REFUSED)
    assert values(gone)["up"] == 0
    assert gone.detail


def test_only_the_platforms_own_store_can_be_asked() -> None:
    spec = replace(target("history"), address="10.0.0.1:8123")
    assert asyncio.run(check_once(spec)).reason is Reason.SETTINGS
