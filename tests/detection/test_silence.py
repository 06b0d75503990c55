"""What silence means: of one target, of a collector, of a rule that is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.detection.story import named, rules
from wardround.collect.types import Reason, State, Target
from wardround.detection import silence
from wardround.detection.rules import FIRING, INACTIVE, PENDING
from wardround.detection.types import Rule, Seen, Standing, Verdicts
from wardround.kernel.wording import Label

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ALIVE, DEAD = named("collector a"), named("collector b")
NO_DATA = {
    "alert": "NoData",
    "expr": "up == 0",
    "no_data": "60s",
    "labels": {"team": "os"},
}
RULES = {one.name: one for one in rules(NO_DATA, {"alert": "Busy", "expr": "busy > 1"})}
PLATFORM = {one.name: one for one in rules({**NO_DATA, "alert": "Platform"}, template="wardround")}


def target(name: str, quiet: float, **changes: object) -> Target:
    """A target of 15 s whose last scrape was `quiet` seconds ago."""
    made = Target(
        id=named(name),
        name=name,
        item=named(f"item {name}"),
        item_name="",
        template="linux",
        template_label=Label.parse("linux"),
        driver="machine",
        address="",
        interval_s=15,
        timeout_s=10,
        enabled=True,
        parameters={},
        state=State.UP,
        reason=Reason.OK,
        detail="",
        last_at=NOW - timedelta(seconds=quiet),
        last_seconds=0.1,
        last_samples=5,
        asked_at=NOW - timedelta(days=1),
        worked=True,
        unfilled=(),
        collector=ALIVE,
        version=1,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def judge(
    *targets: Target,
    standings: tuple[Standing, ...] = (),
    known: dict[str, Rule] | None = None,
) -> Verdicts:
    return silence.judge(
        silence.Known(
            targets, frozenset({ALIVE}), RULES | PLATFORM if known is None else known, standings
        ),
        NOW,
    )


def told(verdicts: Verdicts) -> set[tuple[str, UUID]]:
    return {(one.rule.name, one.target) for one in verdicts.findings}


@pytest.mark.parametrize(
    ("quiet", "found"), [(0, False), (30, False), (85, False), (91, True), (900, True)]
)
def test_a_target_of_which_nothing_arrives(quiet: float, *, found: bool) -> None:
    verdicts = judge(target("a", quiet))
    assert told(verdicts) == ({("NoData", named("a"))} if found else set())
    assert [one.phase for one in verdicts.standings] == [FIRING] * found
    assert [one.labels for one in verdicts.findings] == [(("team", "os"),)] * found


@pytest.mark.parametrize(
    "changes",
    [{"enabled": False}, {"last_at": None}, {"state": State.PAUSED}, {"template": "windows"}],
)
def test_of_whom_nothing_is_expected(changes: dict[str, object]) -> None:
    assert judge(target("a", 900, **changes)) == Verdicts()


def never(name: str, **changes: object) -> Target:
    """A target that was tried just now and has never answered as it is asked."""
    return target(name, 0, **{"worked": False, "state": State.NEVER, **changes})


def test_of_a_target_that_never_worked_silence_is_no_outage_and_its_item_unknown() -> None:
    verdicts = judge(never("a", last_at=NOW - timedelta(seconds=900)))
    assert told(verdicts) == set()
    assert verdicts.unknown == {named("item a")}


def test_an_item_that_another_target_measures_is_not_unknown() -> None:
    item = named("item")
    assert judge(never("a", item=item), target("b", 0, item=item)) == Verdicts()
    assert judge(never("a", item=item), never("b", item=item)).unknown == {item}
    assert judge(never("a", enabled=False)) == Verdicts()


def test_an_item_of_which_the_page_of_another_tells_is_measured_by_that() -> None:
    item = named("item")
    page = target("page", 0)

    def unknown(*targets: Target) -> frozenset[UUID]:
        beside = {page.id: frozenset({item})}
        alive = frozenset({ALIVE})
        return silence.judge(silence.Known(targets, alive, RULES, (), beside), NOW).unknown

    assert unknown(never("a", item=item), page) == frozenset()
    silent = replace(page, worked=False, state=State.NEVER)
    assert unknown(silent) == {item, page.item}
    assert unknown(silent, target("b", 0, item=item)) == {page.item}
    lost = target("a", 900, item=item, reason=Reason.TEMPLATE)
    assert unknown(lost, page) == frozenset()


def test_what_began_while_its_target_had_never_worked_was_no_outage() -> None:
    kept = judge(target("a", 900)).standings
    asked = NOW - timedelta(hours=1)
    verdicts = judge(never("a", asked_at=asked), standings=kept)
    assert [one.reason for one in verdicts.recoveries] == ["never_worked"]


def test_what_was_open_when_it_was_asked_otherwise_stays_until_it_is_over() -> None:
    kept = judge(target("a", 900)).standings
    assert judge(never("a", asked_at=NOW + timedelta(seconds=1)), standings=kept) == Verdicts()
    moved = never("a", asked_at=NOW + timedelta(seconds=1), item=named("other"))
    verdicts = judge(moved, standings=kept)
    assert [one.reason for one in verdicts.recoveries] == ["target_removed"]


def test_what_fires_already_does_not_fire_again() -> None:
    first = judge(target("a", 900))
    again = judge(target("a", 900), standings=first.standings)
    (standing,) = first.standings
    still = Seen("NoData", standing.item, standing.labels, 0.0, NOW)
    assert again == Verdicts(seen=(still,))
    pending = replace(first.standings[0], phase=PENDING)
    assert told(judge(target("a", 900), standings=(pending,)))


def test_two_targets_of_an_item_are_told_apart() -> None:
    item = named("item")
    verdicts = judge(target("a", 900, item=item), target("b", 0, item=item))
    assert verdicts.findings[0].labels == (("target", "a"), ("team", "os"))


def test_a_dead_collector_is_one_alert_and_its_items_are_unknown() -> None:
    own = target("platform", 900, template="wardround", collector=DEAD)
    others = [target(f"t{number}", 900, collector=DEAD) for number in range(5)]
    alive = target("alive", 0)
    verdicts = judge(own, *others, alive)
    assert told(verdicts) == {("Platform", own.id)}
    assert verdicts.unknown == {one.item for one in others}


def test_no_target_is_told_before_the_platform() -> None:
    """A rule of a quicker target would be due before that of the platform."""
    own = {"template": "wardround", "collector": DEAD, "interval_s": 60, "timeout_s": 30}
    rule = rules({**NO_DATA, "alert": "Quick", "no_data": "10s"})[0]
    quick = target("quick", 0, collector=DEAD, interval_s=1, timeout_s=1)
    told_at: dict[str, float] = {}
    for quiet in range(0, 300, 5):
        last = NOW - timedelta(seconds=quiet)
        both = (target("platform", quiet, **own), replace(quick, last_at=last))
        for name, _ in told(judge(*both, known={**PLATFORM, "Quick": rule})):
            told_at.setdefault(name, quiet)
    assert told_at == {"Platform": 155}


def test_a_dead_collector_beside_one_that_collects_the_platform_is_told_by_that() -> None:
    own = target("platform", 0, template="wardround")
    verdicts = judge(own, target("lost", 900, collector=DEAD))
    assert told(verdicts) == set()
    assert verdicts.unknown == {named("item lost")}


def test_where_nobody_would_tell_every_target_does() -> None:
    others = [target(f"t{number}", 900, collector=DEAD) for number in range(3)]
    assert len(told(judge(*others))) == 3


def test_a_hung_target_of_a_living_collector_is_told_beside_a_dead_one() -> None:
    own = target("platform", 900, template="wardround", collector=DEAD)
    verdicts = judge(own, target("hung", 900), target("lost", 900, collector=DEAD))
    assert told(verdicts) == {("Platform", own.id), ("NoData", named("hung"))}
    assert verdicts.unknown == {named("item lost")}


@pytest.mark.parametrize(
    ("targets", "known", "reason"),
    [
        ((), RULES, "target_removed"),
        ((target("a", 0, enabled=False),), RULES, "target_removed"),
        ((target("a", 0),), {}, "rule_removed"),
        ((target("a", 0, template="windows"),), RULES, "rule_removed"),
        (
            (target("a", 0),),
            {"NoData": replace(RULES["NoData"], enabled=False)},
            "rule_removed",
        ),
    ],
)
def test_what_is_gone_is_over(
    targets: tuple[Target, ...], known: dict[str, Rule], reason: str
) -> None:
    kept = judge(target("a", 900)).standings
    verdicts = judge(*targets, standings=kept, known=known)
    assert [one.reason for one in verdicts.recoveries] == [reason]
    assert [one.phase for one in verdicts.standings] == [INACTIVE]
