"""A file that takes its time, and a worker that is slow and not dead."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.cmdb.imports import counts, imported, lines, sent, worked
from tests.hospital import ApiClient, client_of
from wardround.cmdb import import_undoing, tasks
from wardround.cmdb.intake import progress, working
from wardround.cmdb.models import ImportRun, Item, ItemChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def test_all_columns_that_a_sheet_can_have(admin: ApiClient) -> None:
    heads = ["key", "name", "type", *[f"column {n}" for n in range(16_381)]]
    began = time.monotonic()
    run = imported(admin, [heads, ["n-1", "a", "host", *["x"] * 16_381]])
    assert counts(run) == (1, 0, 0, 0)
    assert time.monotonic() - began < 60  # beside others; it took minutes


def test_who_was_thought_dead_and_is_slow_spoils_nothing(
    admin: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = sent(admin, "a.csv", b"key,name,type\nn-1,A,host\nn-2,B,hots\n")
    opened, calls = working.opened, []

    def slow(run: Any) -> Any:
        calls.append(run)
        if len(calls) == 1:  # another worker takes it over meanwhile, and ends first
            tasks.import_file(import_id=str(run.id))
        return opened(run)

    monkeypatch.setattr(working, "opened", slow)
    run = worked(admin, answer.body["id"])
    assert (len(calls), counts(run)) == (2, (1, 0, 0, 1))
    assert [line["verdict"] for line in lines(admin, run)] == ["created", "refused"]
    assert ItemChange.objects.filter(item__key="n-1", field="created").count() == 1
    assert admin.post(f"/imports/{run['id']}/undo").status == 200
    assert not Item.objects.filter(key="n-1", retired_at=None).exists()


def test_a_long_thought_does_not_end_the_connection(
    admin: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    worked_in = working.worked

    def asked(*given: Any) -> Any:
        with connection.cursor() as cursor:
            for name in ("idle_in_transaction_session", "lock", "statement"):
                cursor.execute(f"SHOW {name}_timeout")
                said.extend(cursor.fetchone() or ())
        return worked_in(*given)

    monkeypatch.setattr(working, "worked", asked)
    for dry_run in (True, False):
        imported(admin, [["key", "name", "type"], ["n-1", "a", "host"]], dry_run=dry_run)
    assert said == ["30min", "30min", "10min"] * 2


def test_how_many_rows_are_through_is_told_meanwhile(
    admin: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"n-{n},{n},host\n" for n in range(300))
    run = sent(admin, "a.csv", f"key,name,type\n{rows}".encode()).body
    assert run["progress"] is None
    told: list[Any] = []
    monkeypatch.setattr(progress, "_EVERY", 0.0)
    tell = progress.tell

    def told_and_asked(*given: Any) -> None:
        tell(*given)
        with connection.cursor() as cursor:  # others see it at once; one transaction looks once
            cursor.execute("SELECT pg_stat_clear_snapshot()")
        told.append(admin.get(f"/imports/{run['id']}").body["progress"])

    monkeypatch.setattr(progress, "tell", told_and_asked)
    assert worked(admin, run["id"])["progress"] is None
    steps = list(dict.fromkeys(each["step"] for each in told))
    assert steps == ["reading", "checking", "writing"]
    assert {"step": "checking", "done": 256, "rows": 300} in told
    assert {each["rows"] for each in told} == {300}


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """Any import is one; what is queued to undo it."""
    queued: list[dict[str, str]] = []
    monkeypatch.setattr(import_undoing, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(tasks.undo_import, "defer", lambda **given: queued.append(given))
    return queued


def test_a_large_import_is_undone_in_the_background(
    admin: ApiClient, large: list[dict[str, str]]
) -> None:
    rows = [["key", "name", "type"], ["n-1", "a", "host"], ["host-1", "b", "host"]]
    run = imported(admin, rows)
    answer = admin.post(f"/imports/{run['id']}/undo")
    assert (answer.status, answer.body["state"]) == (200, "undoing")
    assert Item.objects.get(key="host-1").name == "b"
    again = admin.post(f"/imports/{run['id']}/undo")
    assert (again.status, again.body["code"]) == (409, "import_under_way")
    (job,) = large
    tasks.undo_import(**job)
    done = admin.get(f"/imports/{run['id']}").body
    assert (done["state"], done["undone_by"], done["why"]) == ("undone", "li (tests)", "")
    assert Item.objects.get(key="host-1").name == "物理服务器 1"
    history = ItemChange.objects.count()
    tasks.undo_import(**job)  # a job may run twice
    assert ItemChange.objects.count() == history


def test_what_speaks_against_a_large_undo_is_told_afterwards(
    admin: ApiClient, large: list[dict[str, str]]
) -> None:
    rows = [["key", "name", "type"], ["n-1", "a", "host"], ["host-1", "b", "host"]]
    run = imported(admin, rows)
    (item,) = admin.get("/items", key="host-1").body["items"]
    admin.patch(f"/items/{item['id']}", {"version": item["version"], "name": "c"})
    admin.post(f"/imports/{run['id']}/undo")
    tasks.undo_import(**large[0])
    done = admin.get(f"/imports/{run['id']}").body
    assert (done["state"], done["undone_by"]) == ("done", "")
    assert "“c” (host-1)" in done["why"]
    assert Item.objects.filter(key="n-1", retired_at=None).exists()


def test_an_undo_that_is_cut_off_again_and_again(
    admin: ApiClient, large: list[dict[str, str]]
) -> None:
    rows = [["key", "name", "type"], ["n-1", "a", "host"], ["n-2", "b", "host"]]
    run = imported(admin, rows)
    admin.post(f"/imports/{run['id']}/undo")
    ImportRun.objects.update(attempts=3)
    tasks.undo_import(**large[0])
    done = admin.get(f"/imports/{run['id']}").body
    assert done["state"] == "done"
    assert done["why"]
