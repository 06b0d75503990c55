"""State changes and events: recorded once, newest first."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests.history.batches import NOON
from wardround.history import actions, queries
from wardround.history.errors import BadRange
from wardround.history.types import Event, StateChange
from wardround.kernel.ids import new_id

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("history")]


def change(item: UUID, minutes: int, to: str, kind: str = "item") -> StateChange:
    at = NOON + timedelta(minutes=minutes)
    return StateChange(new_id(), at, kind, item, "up", to, '{"why": "停电\\n\\t\'"}')


def test_changes_come_back_newest_first_and_once(item: UUID) -> None:
    other = new_id()
    sent = [change(item, 0, "down"), change(item, 1, "up"), change(other, 2, "down")]
    for _ in range(2):
        actions.record_state_changes(sent)
    since, until = NOON, NOON + timedelta(minutes=2)
    assert queries.state_changes("item", [item], since=since, until=until) == [sent[1], sent[0]]
    longer = queries.state_changes(
        "item", [item, other], since=since, until=until + timedelta(minutes=1), limit=2
    )
    assert longer == [sent[2], sent[1]]
    assert queries.state_changes("alert", [item], since=since, until=until) == []


def test_changes_of_very_many_items_are_one_question(item: UUID) -> None:
    """The client sends what is long in a form of its own."""
    sent = change(item, 0, "down")
    actions.record_state_changes([sent])
    asked = [*(new_id() for _ in range(1000)), item]
    found = queries.state_changes("item", asked, since=NOON, until=NOON + timedelta(minutes=1))
    assert found == [sent]


def test_events_come_back_as_they_were(item: UUID) -> None:
    event = Event(new_id(), NOON, "restart", "item", item, "info", "重启", "{}")
    for _ in range(2):
        actions.record_events([event])
    until = NOON + timedelta(seconds=1)
    assert queries.events("restart", [item], since=NOON, until=until) == [event]


def test_nothing_to_record_is_fine() -> None:
    actions.record_state_changes([])
    actions.record_events([])


def test_a_range_the_wrong_way_round_is_an_error() -> None:
    with pytest.raises(BadRange):
        queries.state_changes("item", since=NOON, until=NOON)
