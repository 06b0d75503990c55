"""Targets of before it was kept whether they ever worked: no outage goes unseen at an update."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from wardround.kernel.ids import new_id

pytestmark = pytest.mark.django_db(transaction=True)
CREATED = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def before() -> Iterator[Any]:
    """The models of the release before; everything is migrated again at the end."""
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    executor.migrate([("collect", "0009_trials_draft")])
    yield executor.loader.project_state([("collect", "0009_trials_draft")]).apps
    MigrationExecutor(connection).migrate(newest)


def test_one_that_is_down_since_its_first_try_has_never_worked(before: Any) -> None:
    item = before.get_model("cmdb", "Item").objects.create(
        id=new_id(), key="h", name="H", type="host", created_at=CREATED, updated_at=CREATED
    )
    made: dict[str, UUID] = {}

    def add(name: str, state: str | None, since: float, *, version: int = 1) -> None:
        row = before.get_model("collect", "TargetRow").objects.create(
            id=new_id(), name=name, item=item, template="t", interval_s=15, timeout_s=5,
            version=version, created_at=CREATED, updated_at=CREATED,
        )  # fmt: skip
        made[name] = row.id
        if state is not None:
            moment = CREATED + timedelta(seconds=since)
            before.get_model("collect", "TargetStateRow").objects.create(
                target=row, state=state, since=moment, last_at=moment
            )

    add("up", "up", 3)
    add("down since its first try", "down", 3)
    add("down later", "down", 16)
    add("down and changed", "down", 3, version=2)
    add("never tried", None, 0)
    MigrationExecutor(connection).migrate([("collect", "0010_asked_and_worked")])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.id FROM collect_target t JOIN collect_target_state s ON s.target_id = t.id"
            " WHERE s.worked_as = t.asked_at AND t.asked_at = t.created_at"
        )
        worked = {row[0] for row in cursor.fetchall()}
    assert {name for name, id_ in made.items() if id_ in worked} == {
        "up", "down later", "down and changed",
    }  # fmt: skip
