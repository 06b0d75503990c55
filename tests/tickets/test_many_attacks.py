"""What nobody should send to the door for several tickets."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.hospital import client_of
from tests.tickets.conftest import World
from tests.tickets.test_many import ACCEPT, asked, lines, opened, states
from wardround.kernel.models import AuditRecord
from wardround.kernel.types import Scope
from wardround.tickets import models
from wardround.tickets.types import LineKind


def test_out_of_reach_is_as_unknown_and_all_may_be_refused(world: World) -> None:
    several = opened(world, 2)
    away = client_of("away", "engineer", scope=Scope(systems=frozenset({world.archive})))
    seen = away.post("/tickets/offers", {"tickets": [str(id_) for id_ in several]}).body
    none = away.post("/tickets/offers", {"tickets": [str(uuid4())]}).body
    wanted = [*several, uuid4()]
    for act in (ACCEPT, {"kind": "comment", "text": "x"}, {"kind": "assign", "account": None}):
        role = away
        answer = role.post("/tickets/acts", {"tickets": [str(id_) for id_ in wanted], "act": act})
        if answer.status == 403:
            continue
        assert answer.body["done"] == []
        assert len({refused["why"] for refused in answer.body["refused"]}) == 1
    assert seen == none
    assert models.Request.objects.count() == 0


@pytest.mark.parametrize("count", [0, 201])
def test_how_many(world: World, count: int) -> None:
    taker = client_of("taker", "engineer")
    ids = [str(uuid4()) for _ in range(count)]
    assert taker.post("/tickets/acts", {"tickets": ids, "act": ACCEPT}).status == 422
    assert taker.post("/tickets/offers", {"tickets": ids}).status == 422


def test_as_many_as_may_be_with_some_twice(world: World) -> None:
    several = opened(world, 3)
    taker = client_of("taker", "engineer")
    wanted = [*several * 60, *(uuid4() for _ in range(20))]
    body = asked(taker, wanted, ACCEPT, Idempotency_Key="k")
    assert body["done"] == [str(id_) for id_ in several]
    assert len(body["refused"]) == 20
    assert states(several) == ["accepted"] * 3
    assert AuditRecord.objects.filter(action="ticket.move").count() == 3


@pytest.mark.parametrize(
    "text", ["\u200b\u2060", "\x01\x07", " \u3000 ", "", "\x00", "\ud800", "x" * 100_000]
)
def test_a_comment_that_says_nothing_or_too_much(world: World, text: str) -> None:
    several = opened(world, 2)
    taker = client_of("taker", "engineer")
    ids = [str(id_) for id_ in several]
    answer = taker.post("/tickets/acts", {"tickets": ids, "act": {"kind": "comment", "text": text}})
    assert answer.status == 422 or len(answer.body["refused"]) == 2, answer.body
    assert lines(several[0], LineKind.COMMENT) == []


@pytest.mark.parametrize(
    "act",
    [
        {"kind": "step", "name": "start", "fields": {"x" * 10_000: 1}},
        {"kind": "step", "name": "start", "fields": {"__proto__": {"a": [None]}}},
        {"kind": "step", "name": "\u200b"},
        {"kind": "step", "name": "wait_vendor", "fields": {"wait_reason": {"a": 1}}},
        {"kind": "step", "name": "wait_vendor", "fields": {"wait_reason": "\x07"}},
        {"kind": "assign", "account": str(uuid4())},
        {"kind": "dance"},
        {},
    ],
)
def test_acts_that_are_none(world: World, act: dict[str, object]) -> None:
    several = opened(world, 2)
    admin = client_of("chief", "administrator")
    asked(client_of("taker", "engineer"), several, ACCEPT)
    answer = admin.post("/tickets/acts", {"tickets": [str(id_) for id_ in several], "act": act})
    assert answer.status == 422 or len(answer.body["done"]) + len(answer.body["refused"]) == 2
    for ticket in several:
        assert admin.get(f"/tickets/{ticket}").status == 200
        assert admin.get(f"/tickets/{ticket}/timeline").status == 200
