"""The live stream: of each topic its reader hears what he may see, and nothing of anything else."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import wardround
from tests.tickets.conftest import MONDAY, World, committed_world, raised
from wardround.access.types import Opening
from wardround.alerts.models import Alert
from wardround.kernel.ids import new_id
from wardround.kernel.live import topics
from wardround.kernel.types import Actor, ActorKind, Grant, Scope
from wardround.tickets import actions
from wardround.web import live
from wardround.web.live import News, Subscription, reaches

__all__ = ["committed_world"]
NOBODYS = Opening(session=None, token=None)
ALL = ("items", "targets", "alerts", "tickets", "board", "definitions", "imports",
       "recycle-bin", "scenarios", "webhooks")  # fmt: skip


def somebody(scope: Scope, *permissions: str) -> Actor:
    granted = frozenset(permissions or ("*",))
    return Actor(new_id(), "somebody", ActorKind.PERSON, (Grant(granted, scope),))


def test_every_topic_that_is_published_is_declared() -> None:
    said = set()
    for path in Path(wardround.__path__[0]).rglob("*.py"):
        said |= set(re.findall(r"live\.publish\(\s*\"([\w-]+)\"", path.read_text()))
    assert said == set(topics()) == set(ALL)


def test_nobody_hears_of_what_he_may_not_read() -> None:
    lis = Scope(systems=frozenset({new_id()}))
    assert set(reaches(somebody(lis, "tickets.read"), ALL)) == {"tickets", "definitions"}
    assert set(reaches(somebody(lis), [*ALL, "secrets"])) == set(ALL)
    assert set(reaches(somebody(Scope()), ALL)) == {"definitions"}


def heard(subscription: Subscription, *news: News) -> list[dict[str, Any]]:
    """The frames after these news, up to the first heartbeat."""

    async def listen() -> list[dict[str, Any]]:
        for changed in news:
            subscription.offer(changed)
        frames: list[dict[str, Any]] = []
        while (frame := await subscription.next()) is not None and b"heartbeat" not in frame:
            frames.append(json.loads(frame.decode().split("data: ")[1]))
        return frames

    return asyncio.run(listen())


@pytest.mark.servers
def test_news_of_the_hidden_are_not_even_a_frame(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 1.0)
    world = committed_world
    (hidden,) = actions.open_event_tickets([raised(world.server)], at=MONDAY)
    (seen,) = actions.open_event_tickets([raised(world.printer)], at=MONDAY)
    archive = reaches(somebody(Scope(systems=frozenset({world.archive}))), ALL)
    news = [
        News("tickets", (hidden,)),
        News("tickets", (hidden, seen)),
        News("items", (world.server, world.lis)),
        News("board", (world.server,)),
        News("board", (world.printer,)),
        News("alerts", (_alert(world.lis), _alert(world.archive))),
        News("targets", (new_id(),)),
        News("items"),
    ]
    told = heard(Subscription(NOBODYS, ALL, archive), *news)
    alerts = [
        str(alert)
        for alert in Alert.objects.filter(item_id=world.archive).values_list("id", flat=True)
    ]
    assert [(frame["topic"], frame["ids"]) for frame in told] == [
        ("tickets", [str(seen)]),
        ("board", [str(world.printer)]),
        ("alerts", alerts),
        ("items", []),
    ]
    everything = reaches(world.admin, ALL)
    assert len(heard(Subscription(NOBODYS, ALL, everything), *news)) == len(news)


def _alert(system: UUID) -> UUID:
    made = Alert.objects.create(
        fingerprint=new_id(), rule="r", severity="warning", item_id=system, systems=[system],
        started_at=MONDAY, last_at=MONDAY,
    )  # fmt: skip
    return made.id
