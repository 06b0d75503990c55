"""People at odds with each other, with detection and the store; and what nobody should send."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, connections

from tests.alerts.conftest import MORNING, World
from tests.alerts.test_actions import DETECTION, disk, over
from tests.alerts.test_handling import (
    LI,
    NIGHT,
    WANG,
    Clock,
    Heard,
    alert,
    committed,
    disk_rule,
    heard,
    person,
    seen_at,
    silence,
    time,
)
from tests.alerts.test_handling_routes import alerts, soon
from tests.hospital import ApiClient, client_of
from wardround.alerts import actions, models, queries, statements
from wardround.alerts.actions import handling
from wardround.alerts.types import Act, LineKind, Wanted
from wardround.detection.actions import record
from wardround.kernel import clock
from wardround.kernel.errors import Forbidden, WardroundError
from wardround.kernel.models import AuditRecord
from wardround.kernel.reach import EVERYTHING
from wardround.kernel.types import Actor, Scope

__all__ = ["alert", "alerts", "committed", "disk_rule", "heard", "time"]


# The store ---------------------------------------------------------------------------------------


def test_a_trouble_of_the_store_takes_no_answer_away(
    world: World, heard: Heard, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second of three waits too long for its turn, since a storm is being raised."""
    values = [disk(world.switch, f"/{name}") for name in "abc"]
    ids = actions.raise_alerts(DETECTION, values, at=MORNING)
    turns = iter([None, OperationalError("canceling statement due to lock timeout"), None])
    run = statements.run

    def waiting(statement: str) -> None:
        trouble = next(turns)
        if trouble is not None:
            raise trouble
        run(statement)

    monkeypatch.setattr(handling.statements, "run", waiting)
    done = actions.handle_many(LI, ids, silence())
    assert done.done == (ids[0], ids[2])
    (refused,) = done.refused
    assert refused.alert == ids[1]
    assert "lock timeout" not in refused.why
    assert refused.why


# At once -----------------------------------------------------------------------------------------


DONE = {
    Act.ACKNOWLEDGE: "acknowledged",
    Act.SILENCE: "silenced",
    Act.LIFT: "lifted",
    Act.CLOSE: "closed",
}


def something(world: World, who: Actor, chance: Random) -> None:
    """Detection or a person does something, or a silence comes to its end."""
    now, kind = clock.now(), chance.choice(["raise", "end", "expire", *Act])
    match kind:
        case "raise":
            actions.raise_alerts(DETECTION, [disk(world.database, at=now)], at=now)
        case "end":
            actions.resolve_alerts(DETECTION, [over(disk(world.database))], at=now)
        case "expire":
            due = {"since": MORNING, "until": MORNING + timedelta(hours=1)}
            models.Silence.objects.filter(ended_at=None).update(**due)
            actions.end_silences()
        case _:
            newest = models.Alert.objects.order_by("-started_at", "-id")[0]
            wanted = Wanted(Act(kind), "因为", now + timedelta(hours=1))
            with contextlib.suppress(WardroundError):
                actions.handle(who, newest.id, wanted)


@pytest.mark.parametrize("seed", range(6))
def test_everybody_at_once_leaves_no_contradiction(committed: World, seed: int) -> None:
    actions.raise_alerts(DETECTION, [disk(committed.database)], at=MORNING)

    def work(number: int) -> None:
        chance = Random(seed * 100 + number)  # noqa: S311  # no secret
        who = person(f"第{number}")
        try:
            for _ in range(25):
                something(committed, who, chance)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    open_now = models.Alert.objects.filter(ended_at=None)
    assert open_now.count() <= 1
    assert models.Silence.objects.filter(ended_at=None).count() <= 1
    condition = committed.condition(committed.database)
    assert condition == ("warning" if open_now.exists() else "ok")
    for act, kind in DONE.items():
        acts = models.ActLine.objects.filter(kind=kind).values("at").distinct().count()
        assert AuditRecord.objects.filter(action=f"alert.{act}").count() == acts


@pytest.mark.parametrize("turn", range(4))
def test_who_closes_while_detection_confirms_hides_nothing(
    committed: World, disk_rule: None, turn: int
) -> None:
    (first,) = actions.raise_alerts(DETECTION, [disk(committed.database)], at=MORNING)

    def close(_: int) -> None:
        actions.handle_many(LI, [first], Wanted(Act.CLOSE, "误报"))
        connections.close_all()

    def confirm(_: int) -> None:
        now = clock.now()
        record(seen_at(committed, now), at=now)
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        works: list[Callable[[int], None]] = [close, confirm, close, confirm]
        list(pool.map(lambda work: work(0), works[turn:] + works[:turn]))
    now = clock.now()
    record(seen_at(committed, now), at=now)
    assert models.Alert.objects.filter(ended_at=None).count() == 1


# What must not leak or be taken ------------------------------------------------------------------


def test_what_is_out_of_reach_answers_as_what_is_not_there(world: World, alerts: list[str]) -> None:
    pacs = client_of("li", "engineer", scope=Scope(systems=frozenset({world.pacs.id})))
    admin = client_of("wang", "administrator")
    hidden, unheard = alerts[2], str(uuid4())
    admin.post(f"/alerts/{hidden}/silence", {"until": soon(), "reason": "秘密"})
    for path, body in (
        ("acknowledgement", {}),
        ("silence", {"until": soon(), "reason": "x"}),
        ("closing", {"reason": "x"}),
    ):
        answers = [pacs.post(f"/alerts/{which}/{path}", body) for which in (hidden, unheard)]
        assert [answer.status for answer in answers] == [404, 404]
        assert answers[0].body == answers[1].body
    for path in ("", "/timeline", "/ticket-decision"):
        assert pacs.get(f"/alerts/{hidden}{path}").status == 404
    assert pacs.delete(f"/alerts/{hidden}/silence").status == 404
    for asked in ({"silenced": "true"}, {"same_as": hidden}, {"id": hidden}, {"q": "秘密"}):
        found = pacs.get("/alerts", **asked).body
        assert (found["items"], found["total"]) == ([], 0)
        assert found["abnormal_hidden"] == 2
    for act in ("acknowledge", "silence", "lift", "close"):
        asked = {"alerts": [hidden, unheard], "act": act, "reason": "x", "until": soon()}
        refused = pacs.post("/alerts/acts", asked).body["refused"]
        assert refused[0]["code"] == refused[1]["code"] == "unknown_alert"
        assert refused[0]["why"] == refused[1]["why"]


@pytest.mark.parametrize(
    "until",
    [
        "2026-12-01T00:00:00",
        "9999-12-31T23:59:59-12:00",
        "0001-01-01T00:00:00+14:00",
        "2026-02-30T00:00:00Z",
        "tomorrow",
        "",
        1e300,
        True,
        [],
    ],
)
@pytest.mark.parametrize("act", ["acknowledge", "silence", "lift", "close"])
def test_moments_that_are_none(api: ApiClient, alerts: list[str], until: object, act: str) -> None:
    asked = {"alerts": alerts, "act": act, "reason": "x", "until": until}
    assert api.post("/alerts/acts", asked).status == 422
    assert not models.ActLine.objects.exists()


@pytest.mark.parametrize(
    "text", ["\u200b\u2060", "\x01\x07", " \u3000 ", "\x00", "\ud800", "长" * 1001, "x" * 100_000]
)
def test_texts_that_say_nothing_or_too_much(api: ApiClient, alerts: list[str], text: str) -> None:
    one = f"/alerts/{alerts[0]}"
    for path, body in (
        ("silence", {"until": soon(), "reason": text}),
        ("closing", {"reason": text}),
    ):
        assert api.post(f"{one}/{path}", body).status == 422, path
        act = {"silence": "silence", "closing": "close"}[path]
        answer = api.post("/alerts/acts", {"alerts": alerts, "act": act, **body})
        assert answer.status == 422 or len(answer.body["refused"]) == 3
    assert not models.ActLine.objects.exists()


def test_as_many_as_may_be_with_some_twice(api: ApiClient, alerts: list[str]) -> None:
    ids = [*alerts * 60, *(str(uuid4()) for _ in range(20))]
    answer = api.post("/alerts/acts", {"alerts": ids, "act": "acknowledge"}).body
    assert answer["done"] == alerts
    assert len(answer["refused"]) == 20
    assert AuditRecord.objects.filter(action="alert.acknowledge").count() == 3


def test_a_silence_is_lifted_by_an_alert_of_before_for_the_one_that_is_open(
    alert: UUID, world: World, heard: Heard, time: Clock
) -> None:
    actions.handle(LI, alert, silence())
    actions.resolve_alerts(DETECTION, [over(disk(world.database))], at=NIGHT)
    world.database.systems = [world.pacs.id]  # it serves another system by now
    world.database.save()
    (again,) = actions.raise_alerts(DETECTION, [disk(world.database, at=NIGHT)], at=NIGHT)
    his_only = person("检验", scope=Scope(systems=frozenset({world.his.id})))
    with pytest.raises(Forbidden):
        actions.handle(his_only, alert, Wanted(Act.LIFT))
    assert queries.alert(EVERYTHING, again).silence is not None
    actions.handle(WANG, alert, Wanted(Act.LIFT))
    for id_ in (alert, again):
        assert LineKind.LIFTED in [line.kind for line in queries.lines(EVERYTHING, id_)]


# How the item fares ------------------------------------------------------------------------------


def test_nobody_can_tell_of_an_item_and_its_alert_is_closed(
    alert: UUID, world: World, time: Clock
) -> None:
    actions.mark_unknown(DETECTION, [world.database.id], at=NIGHT)
    actions.handle(LI, alert, Wanted(Act.CLOSE, "采集器坏了"))
    assert world.condition(world.database) == "unknown"


def test_no_act_makes_an_item_calm_that_is_not(world: World, heard: Heard, time: Clock) -> None:
    first, second = actions.raise_alerts(
        DETECTION, [disk(world.database, "/a"), disk(world.database, "/b")], at=MORNING
    )
    before = world.condition(world.database)
    for who, id_, act in (
        (LI, first, Act.ACKNOWLEDGE),
        (LI, first, Act.SILENCE),
        (WANG, second, Act.SILENCE),
        (WANG, first, Act.LIFT),
        (LI, first, Act.CLOSE),
    ):
        actions.handle(who, id_, Wanted(act, "x", NIGHT + timedelta(hours=1)))
        assert world.condition(world.database) == before
    assert len(queries.open_alerts(EVERYTHING, [world.database.id])[world.database.id]) == 1
