"""Scrapes in, verdicts out."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detection.story import Machine, Values, named, rules
from wardround.collect.types import CollectedBatch
from wardround.detection.engine import Engine
from wardround.detection.rules import FIRING, INACTIVE, PENDING
from wardround.detection.types import Rule, Standing, Verdicts

LOW_DISK = {
    "alert": "DiskLow",
    "expr": "free / size < 0.1",
    "recover": "free / size > 0.15",
    "labels": {"severity": "critical", "team": "os"},
}
DOWN = {"alert": "Down", "expr": "up == 0", "for": "20s", "labels": {"availability": "true"}}


GROUPS = {"linux": {"on": "fast", "tablespace": "slow", "lag": "slow"}}


class Watching:
    """An engine, and a log of what it found."""

    def __init__(self, *bodies: Mapping[str, object]) -> None:
        self.engine = Engine(rules(*bodies), GROUPS)
        self.log: list[str] = []
        self.standings: dict[object, Standing] = {}

    def see(self, *batches: CollectedBatch) -> Verdicts:
        self.engine.admit(batches)
        found = self.engine.evaluate(batches)
        for finding in found.findings:
            labels = ",".join("=".join(pair) for pair in finding.labels)
            self.log.append(f"{finding.at.timestamp():.0f} +{finding.rule.name}[{labels}]")
        for recovery in found.recoveries:
            labels = ",".join("=".join(pair) for pair in recovery.labels)
            self.log.append(
                f"{recovery.at.timestamp():.0f} -{recovery.rule}[{labels}] {recovery.reason}"
            )
        for one in found.standings:
            key = (one.rule, one.target, one.item, one.labels)
            self.standings.pop(key, None)
            if one.phase != INACTIVE:
                self.standings[key] = one
        return found


def _disk(free: float, mount: str = "/") -> Values:
    return {f"free{{m={mount}}}": free, f"size{{m={mount}}}": 100.0}


def test_a_filling_disk_fires_once_and_recovers_once() -> None:
    watching, machine = Watching(LOW_DISK), Machine()
    for at, free in enumerate([50, 9, 8, 12, 9, 14, 16, 20]):
        watching.see(machine.scrape(at * 10, _disk(free)))
    assert watching.log == [
        "10 +DiskLow[m=/,team=os]",
        "60 -DiskLow[m=/,team=os] recovered",
    ]


def test_a_finding_tells_all_that_an_alert_needs() -> None:
    watching, machine = Watching(LOW_DISK), Machine()
    (finding,) = watching.see(machine.scrape(0, _disk(5))).findings
    assert (finding.target, finding.item) == (machine.target, machine.item)
    assert finding.value == 0.05
    assert finding.rule.severity == "critical"


def test_silence_is_not_recovery_but_down() -> None:
    watching, machine = Watching(LOW_DISK, DOWN), Machine()
    watching.see(machine.scrape(0, _disk(5)))
    for at in (10, 20, 30, 40):
        watching.see(machine.scrape(at, up=False))
    watching.see(machine.scrape(50, _disk(5)))
    watching.see(machine.scrape(60, _disk(50)))
    assert watching.log == [
        "0 +DiskLow[m=/,team=os]",
        "30 +Down[]",
        "50 -Down[] recovered",
        "60 -DiskLow[m=/,team=os] recovered",
    ]


def test_a_target_that_never_answered_is_down() -> None:
    watching, machine = Watching(DOWN), Machine()
    for at in (0, 10, 20):
        watching.see(machine.scrape(at, up=False))
    assert watching.log == ["20 +Down[]"]


def test_an_unmounted_disk_ends_its_alert() -> None:
    watching, machine = Watching(LOW_DISK), Machine()
    watching.see(machine.scrape(0, {**_disk(50), **_disk(5, "/data")}))
    watching.see(machine.scrape(10, _disk(50)))
    assert watching.log == [
        "0 +DiskLow[m=/data,team=os]",
        "10 -DiskLow[m=/data,team=os] series_ended",
    ]


def test_a_metric_of_another_interval_stays_as_it_was() -> None:
    watching, machine = Watching({"alert": "Slow", "expr": "tablespace > 90 and on > 0"}), Machine()
    watching.see(machine.scrape(0, {"tablespace{t=a}": 95}))
    watching.see(machine.scrape(1, {"on": 1}))
    watching.see(machine.scrape(16, {"on": 1}))
    assert watching.log == ["1 +Slow[t=a]"]


def test_what_an_answer_of_its_group_no_longer_holds_has_ended() -> None:
    watching, machine = Watching({"alert": "Lag", "expr": "lag > 9"}), Machine()
    watching.see(machine.scrape(0, {"lag{r=1}": 10, "scrape_group_up{group=slow}": 1}))
    watching.see(machine.scrape(10, {"on": 1, "scrape_group_up{group=fast}": 1}))
    watching.see(machine.scrape(20, {"on": 1, "scrape_group_up{group=slow}": 0}))
    assert watching.log == ["0 +Lag[r=1]"]
    watching.see(machine.scrape(30, {"on": 1, "scrape_group_up{group=slow,x=}": 1}))
    assert watching.log == ["0 +Lag[r=1]", "30 -Lag[r=1] series_ended"]


def test_one_target_tells_about_many_items() -> None:
    watching = Watching({"alert": "PortDown", "expr": "port_up == 0"}, DOWN)
    exporter = Machine("exporter")
    values = {"sw1:port_up{p=1}": 0, "sw1:port_up{p=2}": 1, "sw2:port_up{p=1}": 0}
    found = watching.see(exporter.scrape(0, values))
    assert {(one.item, one.labels) for one in found.findings} == {
        (named("sw1"), (("p", "1"),)),
        (named("sw2"), (("p", "1"),)),
    }
    assert watching.engine.items_of(exporter.target) == {
        exporter.item,
        named("sw1"),
        named("sw2"),
    }
    watching.see(exporter.scrape(10, up=False))
    watching.see(exporter.scrape(30, up=False))
    assert watching.log[-1] == "30 +Down[]"


def test_two_targets_of_one_item_are_kept_apart() -> None:
    watching = Watching(DOWN)
    first, second = Machine("a", item="db", alone=False), Machine("b", item="db", alone=False)
    for at in (0, 20):
        watching.see(first.scrape(at, up=False), second.scrape(at, {"x": 1}))
    assert watching.log == ["20 +Down[target=a]"]


def test_a_rule_of_another_template_does_not_look() -> None:
    watching = Watching(LOW_DISK)
    watching.see(Machine(template="windows").scrape(0, _disk(5)))
    assert watching.log == []
    assert watching.engine.instances == 0


def test_rules_may_change_while_alerts_are_open() -> None:
    watching, machine = Watching(LOW_DISK, DOWN), Machine()
    watching.see(machine.scrape(0, _disk(5)))
    watching.engine.use(rules({**LOW_DISK, "expr": "free / size < 0.2"}, DOWN))
    watching.see(machine.scrape(10, _disk(12)))
    watching.engine.use(rules(DOWN))
    watching.see(machine.scrape(20, _disk(50)))
    watching.engine.use(rules(LOW_DISK, DOWN))
    watching.see(machine.scrape(30, _disk(5)))
    assert watching.log == ["0 +DiskLow[m=/,team=os]", "30 +DiskLow[m=/,team=os]"]


def test_a_disabled_rule_is_none() -> None:
    watching = Watching({**LOW_DISK, "enabled": False})
    watching.see(Machine().scrape(0, _disk(5)))
    assert watching.log == []


def test_a_restart_keeps_what_was_pending_and_what_was_open() -> None:
    before, machine = Watching(LOW_DISK, DOWN), Machine()
    before.see(machine.scrape(0, _disk(5)))
    before.see(machine.scrape(10, up=False))
    kept = list(before.standings.values())
    assert sorted((one.rule, one.phase) for one in kept) == [("DiskLow", FIRING), ("Down", PENDING)]
    after = Watching(LOW_DISK, DOWN)
    batch = machine.scrape(30, up=False)
    after.engine.admit([batch])
    after.engine.restore(kept, {machine.target})
    after.see(batch)
    after.see(machine.scrape(40, _disk(50)))
    assert after.log == ["30 +Down[]", "40 -Down[] recovered"]


def test_an_alert_about_what_came_back_changed_recovers_after_a_restart() -> None:
    before, machine = Watching(LOW_DISK), Machine()
    before.see(machine.scrape(0, _disk(5)))
    after = Watching(LOW_DISK)
    batch = machine.scrape(30, _disk(50))
    after.engine.admit([batch])
    after.engine.restore(before.standings.values(), {machine.target})
    after.see(batch)
    assert after.log == ["30 -DiskLow[m=/,team=os] recovered"]


def test_rates_of_counters() -> None:
    rule = {"alert": "Deadlocks", "expr": "rate(deadlocks_total[1m]) * 60 >= 1"}
    watching, machine = Watching(rule), Machine()
    for at, total in enumerate([7, 7, 7, 7, 8, 8, 8, 8, 8, 8]):
        watching.see(machine.scrape(at * 15, {"deadlocks_total{d=his}": total}))
    assert watching.log == ["60 +Deadlocks[d=his]", "105 -Deadlocks[d=his] recovered"]


def test_a_target_let_go_leaves_nothing() -> None:
    watching, machine = Watching(LOW_DISK, DOWN), Machine()
    watching.see(machine.scrape(0, _disk(5)))
    watching.engine.forget(machine.target)
    assert watching.engine.instances == 0 or not list(watching.engine.targets())
    other = Machine("other")
    watching.see(other.scrape(10, _disk(50)))
    assert watching.log == ["0 +DiskLow[m=/,team=os]"]


def test_labels_that_never_come_again_are_forgotten() -> None:
    watching, machine = Watching({"alert": "Hot", "expr": "heat > 1"}), Machine()
    for number in range(50):
        watching.see(machine.scrape(number * 700, {f"heat{{pod={number}}}": 5}))
    assert watching.engine.instances < 10
    assert len(watching.log) == 99
    gc.collect()


def test_a_scrape_told_twice_or_late_changes_nothing() -> None:
    watching, machine = Watching(LOW_DISK), Machine()
    watching.see(machine.scrape(10, _disk(50)))
    watching.see(machine.scrape(5, _disk(5)))
    watching.see(machine.scrape(10, _disk(5)))
    assert watching.log == []


@pytest.mark.parametrize("size", [1, 3])
@given(data=st.data())
@settings(max_examples=30)
def test_together_or_one_by_one_is_the_same(size: int, data: st.DataObject) -> None:
    """Rounds of many targets find exactly what an engine for each target alone finds."""
    machines = [Machine(f"m{number}") for number in range(3)]
    together = Watching(LOW_DISK, DOWN)
    alone = [Watching(LOW_DISK, DOWN) for _ in machines]
    for at in range(data.draw(st.integers(1, 12))):
        batches = []
        for machine, watching in zip(machines[:size], alone, strict=False):
            batch = _any_scrape(machine, at * 10, data)
            watching.see(batch)
            batches.append(batch)
        together.see(*batches)
    assert sorted(together.log) == sorted(_all_logs(alone))


def _any_scrape(machine: Machine, at: float, data: st.DataObject) -> CollectedBatch:
    free = data.draw(st.sampled_from([None, 5.0, 12.0, 50.0, float("nan")]))
    if free is None:
        return machine.scrape(at, up=False)
    mounts: Sequence[str] = data.draw(st.sampled_from([("/",), ("/", "/data"), ()]))
    values: dict[str, float] = {"other": 1}
    for mount in mounts:
        values |= _disk(free, mount)
    return machine.scrape(at, values)


def _all_logs(many: Iterable[Watching]) -> list[str]:
    return [line for one in many for line in one.log]


def test_rules_are_compared_by_what_they_say() -> None:
    first: list[Rule] = rules(LOW_DISK)
    assert first == rules(LOW_DISK)
    assert first != rules({**LOW_DISK, "for": "1m"})


PAGE = {"scrape_group_up{group=page}": 1.0}
QUEUE = {"alert": "Queue", "expr": "queue > 10"}


def test_an_undeclared_metric_that_leaves_an_answering_page_ends_its_alert() -> None:
    watching, machine = Watching(QUEUE, {"alert": "NoQueue", "expr": "absent(queue)"}), Machine()
    watching.see(machine.scrape(0, {"queue{q=a}": 50, **PAGE}))
    watching.see(machine.scrape(10, up=False))
    watching.see(machine.scrape(20, PAGE))
    watching.see(machine.scrape(30, {"queue{q=a}": 50, **PAGE}))
    assert watching.log == [
        "0 +Queue[q=a]",
        "20 +NoQueue[]",
        "20 -Queue[q=a] series_ended",
        "30 +Queue[q=a]",
        "30 -NoQueue[] recovered",
    ]


def test_an_undeclared_metric_is_of_a_group_that_answered_whenever_it_came() -> None:
    watching, machine = Watching({"alert": "Odd", "expr": "odd > 1"}), Machine()
    fast, slow = "scrape_group_up{group=fast}", "scrape_group_up{group=slow}"
    watching.see(machine.scrape(0, {"odd{of=fast}": 5, "odd{of=slow}": 5, fast: 1, slow: 1}))
    watching.see(machine.scrape(10, {"odd{of=fast}": 5, fast: 1}))
    watching.see(machine.scrape(20, {fast: 1}))
    assert watching.log == ["0 +Odd[of=fast]", "0 +Odd[of=slow]", "20 -Odd[of=fast] series_ended"]
    watching.see(machine.scrape(30, {fast: 1, slow: 0}))
    assert len(watching.log) == 3
    watching.see(machine.scrape(40, {fast: 1, slow: 1, "other": 1}))
    assert watching.log[3:] == ["40 -Odd[of=slow] series_ended"]


def test_a_group_that_fails_stays_so_until_it_is_asked_again() -> None:
    watching = Watching({"alert": "GroupDown", "expr": "scrape_group_up == 0"})
    machine, fast, slow = Machine(), "scrape_group_up{group=fast}", "scrape_group_up{group=slow}"
    watching.see(machine.scrape(0, {fast: 1, slow: 0}))
    watching.see(machine.scrape(10, {fast: 1}))
    watching.see(machine.scrape(20, {fast: 1, slow: 1}))
    assert watching.log == ["0 +GroupDown[group=slow]", "20 -GroupDown[group=slow] recovered"]


def test_nothing_is_absent_from_a_group_that_does_not_answer() -> None:
    watching, machine = Watching({"alert": "NoLag", "expr": "absent(lag)"}), Machine()
    fast, slow = "scrape_group_up{group=fast}", "scrape_group_up{group=slow}"
    watching.see(machine.scrape(0, {"on": 1, fast: 1, slow: 0}))
    assert watching.log == []
    watching.see(machine.scrape(10, {"on": 1, fast: 1, slow: 1}))
    assert watching.log == ["10 +NoLag[]"]


def test_a_new_series_of_an_answering_target_is_judged_from_two_values() -> None:
    watching, machine = Watching({"alert": "Busy", "expr": "rate(work_total[5m]) > 1"}), Machine()
    old = {"work_total{w=old}": 0.0, **PAGE}
    watching.see(machine.scrape(0, old))
    for at in (15, 30, 45):
        old = {"work_total{w=old}": at * 2.0, **PAGE}
        watching.see(machine.scrape(at, {"work_total{w=new}": at * 2.0, **old}))
    assert watching.log == ["30 +Busy[w=new]"]


def test_a_recovery_whose_series_left_does_not_hold_an_alert() -> None:
    rule = {"alert": "Full", "expr": "used > 90", "recover": "free > 20"}
    watching, machine = Watching(rule), Machine()
    watching.see(machine.scrape(0, {"used": 95, "free": 5, **PAGE}))
    watching.see(machine.scrape(10, {"used": 50, "free": 5, **PAGE}))
    assert watching.log == ["0 +Full[]"]
    watching.see(machine.scrape(20, {"used": 50, **PAGE}))
    assert watching.log == ["0 +Full[]", "20 -Full[] recovered"]


def test_values_that_are_missing_for_longer_than_the_window_end_an_alert() -> None:
    rule = {"alert": "Hot", "expr": "avg_over_time(heat[1m]) > 30"}
    watching, machine = Watching({**rule, "recover": "avg_over_time(heat[1m]) < 20"}), Machine()
    for at in range(0, 60, 15):
        watching.see(machine.scrape(at, {"heat": 40, **PAGE}))
    for at in range(60, 180, 15):
        watching.see(machine.scrape(at, {"heat": float("nan"), **PAGE}))
    assert watching.log == ["30 +Hot[]", "105 -Hot[] series_ended"]


def test_a_rule_that_would_make_too_many_values_is_refused_and_the_others_are_judged() -> None:
    greedy = {"alert": "Greedy", "expr": "a * on () group_left (r) b > 0"}
    watching, machine = Watching(greedy, {"alert": "Plain", "expr": "a > 299"}), Machine()
    sides = {f"a{{l={n}}}": float(n) for n in range(300)} | {f"b{{r={n}}}": 1.0 for n in range(300)}
    watching.see(machine.scrape(100, sides))
    assert watching.log == []
    assert watching.engine.refused == 1
    watching.see(machine.scrape(115, {"a{l=0}": 1.0, "a{l=300}": 300.0, "b{r=0}": 1.0}))
    assert watching.log == ["115 +Plain[l=300]"]
    watching.engine.forget(machine.target)
    assert watching.engine.refused == 0


def test_absent_over_time_waits_until_the_window_is_empty() -> None:
    watching = Watching({"alert": "NoQueue", "expr": "absent_over_time(queue[1m])"})
    machine = Machine()
    for at in range(0, 60, 15):
        watching.see(machine.scrape(at, {"queue{q=a}": 1, **PAGE}))
    for at in range(60, 180, 15):
        watching.see(machine.scrape(at, PAGE))
    watching.see(machine.scrape(180, {"queue{q=a}": 1, **PAGE}))
    assert watching.log == ["105 +NoQueue[]", "180 -NoQueue[] recovered"]


def test_what_grew_since_ten_minutes_ago() -> None:
    watching = Watching({"alert": "Restarts", "expr": "restarts - restarts offset 10m >= 1"})
    machine = Machine()
    for at in range(0, 1500, 15):
        watching.see(machine.scrape(at, {"restarts{c=a}": 3.0 if at < 750 else 4.0, **PAGE}))
    assert watching.log == ["750 +Restarts[c=a]", "1350 -Restarts[c=a] recovered"]


def test_a_clock_set_back_delays_nothing() -> None:
    rule = {"alert": "Full", "expr": "used > 90", "for": "30s"}
    rate = {"alert": "Busy", "expr": "rate(work_total[1m]) > 1"}
    watching, machine = Watching(rule, rate, DOWN), Machine()
    year = 31_536_000.0
    for step in range(6):
        values = {"used": 95.0 if step > 3 else 5.0, "work_total": step * 30.0}
        watching.see(machine.scrape(year + step * 15, values))
    assert [line.split()[1] for line in watching.log] == ["+Busy[]"]
    for step in range(6):
        watching.see(machine.scrape(step * 15, {"used": 95.0, "work_total": 150.0}))
    assert watching.log[1:] == ["15 +Full[]", "30 -Busy[] recovered"]
    for step in range(6, 9):
        watching.see(machine.scrape(step * 15, up=False))
    assert watching.log[3:] == ["120 +Down[]"]


def test_what_a_clock_set_back_moved_is_kept_so() -> None:
    rule = {"alert": "Full", "expr": "used > 90", "for": "1m"}
    watching, machine = Watching(rule), Machine()
    watching.see(machine.scrape(90_000, {"used": 95.0}))
    watching.see(machine.scrape(1_000, {"used": 95.0}))
    (kept,) = watching.standings.values()
    assert 900 < kept.active_at < 1_000


@pytest.mark.parametrize("phase", [PENDING, FIRING])
def test_moments_of_a_later_clock_do_not_hold_what_was_kept(phase: int) -> None:
    rule = {"alert": "Full", "expr": "used > 90", "for": "30s"}
    watching, machine = Watching(rule), Machine()
    later = 9e9
    standing = Standing("Full", machine.target, machine.item, (), phase, later, -np.inf, later)
    batch = machine.scrape(0, {"used": 95.0})
    watching.engine.admit([batch])
    watching.engine.restore([standing], {machine.target})
    watching.see(batch)
    for at in (15, 30, 45):
        watching.see(machine.scrape(at, {"used": 95.0}))
    watching.see(machine.scrape(60, {"used": 5.0}))
    assert watching.log == ["30 +Full[]"] * (phase == PENDING) + ["60 -Full[] recovered"]


def test_a_target_asked_rarely_can_hold_for_long() -> None:
    rule = {"alert": "Full", "expr": "used > 90", "for": "5m"}
    watching, machine = Watching(rule), Machine()
    for step in range(5):
        watching.see(machine.scrape(step * 600, {"used": 95.0 if step else 5.0}))
    assert watching.log == ["1800 +Full[]"]


@pytest.mark.parametrize(("counts", "fired"), [(False, 60), (True, 40)])
def test_a_rule_says_whether_unknown_time_counts(fired: int, *, counts: bool) -> None:
    rule = {"alert": "Full", "expr": "used > 90", "for": "40s", "unknown_counts": counts}
    watching, machine = Watching(rule), Machine()
    for at, up in ((0, True), (10, False), (20, False), (30, True), (40, True)):
        watching.see(machine.scrape(at, {"used": 95.0} if up else {}, up=up))
    for at in (50, 60, 70):
        watching.see(machine.scrape(at, {"used": 95.0}))
    assert watching.log == [f"{fired} +Full[]"]


def test_a_sample_told_again_is_no_second_value_in_a_window() -> None:
    rule = {"alert": "Mean", "expr": "avg_over_time(pushed[2m]) > 4"}
    watching, machine = Watching(rule), Machine()
    for at, value, moved in ((0, 9, 1), (15, 1, 1), (30, 1, 0), (45, 1, 0), (60, 1, 0)):
        batch = machine.scrape(at, {"pushed": value})
        watching.see(replace(batch, moved=np.array([bool(moved)])))
    assert watching.log == ["60 +Mean[]"]
    for at in range(75, 151, 15):
        batch = machine.scrape(at, {"pushed": 1})
        watching.see(replace(batch, moved=np.array([False])))
    assert watching.log[1:] == ["120 -Mean[] recovered"]
