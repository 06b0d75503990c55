"""Tickets from before their agreement was pinned keep what counted for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.tickets.conftest import MONDAY, make_world, raised
from wardround.tickets import actions, models

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def latest() -> Iterator[list[tuple[str, str]]]:
    newest: Any = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield newest
    MigrationExecutor(connection).migrate(newest)


def test_a_ticket_of_before_is_pinned_to_what_counted_for_it(
    latest: list[tuple[str, str]],
) -> None:
    world = make_world()
    actions.open_event_tickets([raised(world.server)], at=MONDAY)
    columns = ("sla", "policy_version", "calendar", "calendar_version", "sla_version")
    pinned = models.Ticket.objects.values_list(*columns).get()
    MigrationExecutor(connection).migrate([("tickets", "0001_initial")])
    MigrationExecutor(connection).migrate(latest)
    assert models.Ticket.objects.values_list(*columns).get() == pinned
    assert pinned[1:4] == (1, "hospital", 1)
    assert actions.read_clocks_again(at=MONDAY) == 0
