"""A file that takes its time, and a worker that is slow and not dead."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.cmdb.imports import counts, imported, lines, sent, worked
from tests.hospital import ApiClient, client_of
from wardround.cmdb import import_actions, tasks
from wardround.cmdb.intake import working
from wardround.cmdb.models import Item, ItemChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(hospital: dict[str, UUID]) -> ApiClient:
    return client_of("li", "administrator")


def test_all_columns_that_a_sheet_can_have(admin: ApiClient) -> None:
    heads = ["key", "name", "type", *[f"column {n}" for n in range(16_381)]]
    began = time.monotonic()
    run = imported(admin, [heads, ["n-1", "a", "host", *["x"] * 16_381]])
    assert counts(run) == (1, 0, 0, 0)
    assert time.monotonic() - began < 15  # it took minutes


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
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            said.extend(cursor.fetchone() or ())
        return worked_in(*given)

    monkeypatch.setattr(import_actions.working, "worked", asked)
    for dry_run in (True, False):
        imported(admin, [["key", "name", "type"], ["n-1", "a", "host"]], dry_run=dry_run)
    assert said == ["30min", "30min"]
