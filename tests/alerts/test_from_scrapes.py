"""From a scrape to an open alert and its job, and back, through real threads and tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import connection, connections
from django.db.utils import OperationalError

from tests.alerts.conftest import MORNING, World
from tests.detection.story import Machine
from wardround.alerts.actions import mark_unknown
from wardround.alerts.models import Alert
from wardround.detection import actions as detection
from wardround.detection import signals
from wardround.detection.detector import Detector
from wardround.detection.engine import Engine
from wardround.detection.models import Standing
from wardround.detection.queries import rules
from wardround.detection.types import Verdicts
from wardround.kernel.types import system_actor
from wardround.schema.actions import import_packs
from wardround.schema.sources import Source

pytestmark = pytest.mark.servers
START = MORNING.timestamp()
PACK = b'pack: test\nversion: "1"\nlabel: test\n'


def install(*rules: dict[str, object]) -> None:
    """Import a pack with these rules, for targets of any template."""
    body = {
        "kind": "alert-rules",
        "name": "test",
        "groups": [{"name": "g", "rules": list(rules)}],
    }
    files = {"pack.yaml": PACK, "rules.yaml": json.dumps(body).encode()}
    import_packs(system_actor("tests"), [Source("test", files)], at=MORNING, consent=True)


def install_templates(*names: str) -> None:
    """Import a pack with monitor templates of these names, which collect nothing but `up`."""
    head = b'pack: templates\nversion: "1"\nlabel: templates\n'
    groups = [{"name": "all", "interval": "15s"}]
    bodies = {
        f"{name}.yaml": json.dumps(
            {
                "kind": "monitor-template",
                "name": name,
                "label": name,
                "driver": "prometheus",
                "groups": groups,
            }
        ).encode()
        for name in names
    }
    source = Source("templates", {"pack.yaml": head, **bodies})
    import_packs(system_actor("tests"), [source], at=MORNING, consent=True)


DISK_LOW: dict[str, object] = {
    "alert": "DiskLow",
    "label": {"zh": "磁盘空间不足", "en": "Disk low"},
    "expr": "free / size < 0.1",
    "recover": "free / size > 0.15",
    "unit": "ratio",
    "annotations": {
        "summary": {
            "zh": "{{ item }} 的 {{ labels.m }} 仅剩 {{ value | percent }}",
            "en": "{{ labels.m }} of {{ item }} has {{ value | percent }} left",
        }
    },
}
DOWN: dict[str, object] = {
    "alert": "Down",
    "expr": "up == 0",
    "for": "20s",
    "labels": {"severity": "critical", "availability": "true"},
    "annotations": {"summary": "{{ item }}"},
}


@pytest.fixture
def hospital(transactional_db: None) -> World:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")  # no model's table: not flushed
    install(DISK_LOW, DOWN)
    return World()


@pytest.fixture
def machine(hospital: World) -> Machine:
    machine = Machine("his-db1")
    machine.item = hospital.database.id
    return machine


@pytest.fixture
def detector() -> Iterator[Detector]:
    started = Detector()
    started.start()
    yield started
    started.stop()


def scrape(
    detector: Detector, machine: Machine, second: float, free: float | None, mount: str = "/"
) -> None:
    """One scrape of a disk with `free` of 100 (None: no answer), judged and recorded."""
    values = {f"free{{m={mount}}}": free, f"size{{m={mount}}}": 100.0} if free else {}
    detector.offer(machine.scrape(START + second, values, up=free is not None))
    assert detector.settle(20)


def jobs(name: str) -> list[object]:
    """What waits for the tickets room."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args->'body' FROM procrastinate_jobs WHERE args->>'listener' = %s ORDER BY id",
            [name],
        )
        bodies = [json.loads(row[0]) for row in cursor.fetchall()]
    return [value for body in bodies for value in body]


def test_from_a_scrape_to_an_alert_and_back(
    hospital: World, machine: Machine, detector: Detector
) -> None:
    scrape(detector, machine, 0, 50)
    assert hospital.condition(hospital.database) == "ok"
    scrape(detector, machine, 10, 5)
    (alert,) = Alert.objects.all()
    assert (alert.rule, alert.rule_label_zh, alert.item_name) == (
        "DiskLow",
        "磁盘空间不足",
        "HIS 数据库一",
    )
    assert alert.summary_zh == "HIS 数据库一 的 / 仅剩 5.0%"
    assert alert.summary_en == "/ of HIS 数据库一 has 5.0% left"
    assert (alert.value, alert.unit) == (0.05, "ratio")
    assert alert.labels == [["m", "/"], ["target", "his-db1"]]
    assert hospital.condition(hospital.database) == "warning"
    (raised,) = jobs("tickets.open_event_tickets")
    assert raised["alert_id"] == str(alert.id)  # type: ignore[index]
    scrape(detector, machine, 20, 12)
    assert Alert.objects.get().ended_at is None
    scrape(detector, machine, 30, 50)
    assert Alert.objects.get().end_reason == "recovered"
    assert hospital.condition(hospital.database) == "ok"
    (resolved,) = jobs("tickets.end_event_tickets")
    assert resolved["alert_id"] == str(alert.id)  # type: ignore[index]
    assert not Standing.objects.exists()


def test_silence_is_an_alert(hospital: World, machine: Machine, detector: Detector) -> None:
    for second, free in ((0, 50.0), (10, None), (20, None), (30, None)):
        scrape(detector, machine, second, free)
    assert list(Alert.objects.values_list("rule", flat=True)) == ["Down"]
    assert hospital.condition(hospital.database) == "down"


def test_a_target_that_never_worked_is_no_outage(
    hospital: World, machine: Machine, detector: Detector
) -> None:
    """Its item stays unknown; once it has answered, no answer is an outage."""
    for second in range(0, 60, 10):
        detector.offer(replace(machine.scrape(START + second, {}, up=False), worked=False))
        assert detector.settle(20)
    assert not Alert.objects.exists()
    assert not Standing.objects.exists()
    assert hospital.condition(hospital.database) == "unknown"
    scrape(detector, machine, 60, 50)
    assert hospital.condition(hospital.database) == "ok"
    for second in range(70, 100, 10):
        scrape(detector, machine, second, None)
    assert Alert.objects.get().rule == "Down"
    assert hospital.condition(hospital.database) == "down"


def test_what_was_open_when_a_target_was_asked_otherwise_ends_with_its_first_answer(
    hospital: World, machine: Machine, detector: Detector
) -> None:
    for second, free in ((0, 50.0), (10, None), (20, None), (30, None)):
        scrape(detector, machine, second, free)
    for second in range(40, 70, 10):
        detector.offer(replace(machine.scrape(START + second, {}, up=False), worked=False))
        assert detector.settle(20)
    assert Alert.objects.get().ended_at is None
    mark_unknown(system_actor("detection"), [hospital.database.id], at=MORNING)
    scrape(detector, machine, 75, 50)
    assert Alert.objects.get().end_reason == "recovered"
    assert hospital.condition(hospital.database) == "ok"


def test_a_restart_neither_loses_time_nor_fires_again(hospital: World, machine: Machine) -> None:
    """A new process after every scrape finds what one process alone would have found."""
    story = [50, None, None, None, 5, 5, 50, None, 50, 5]
    for number, free in enumerate(story):
        detector = Detector()
        detector.start()
        scrape(detector, machine, number * 10, free)
        detector.stop()
    found = Alert.objects.order_by("id").values_list("rule", "started_at", "ended_at")
    seconds = [
        (rule, began.timestamp() - START, ended and ended.timestamp() - START)
        for rule, began, ended in found
    ]
    assert seconds == [("Down", 30, 40), ("DiskLow", 40, 60), ("DiskLow", 90, None)]
    assert len(jobs("tickets.open_event_tickets")) == 3
    assert len(jobs("tickets.end_event_tickets")) == 2


def test_a_target_that_moved_is_taken_over_with_its_state(
    hospital: World, machine: Machine
) -> None:
    first, second = Detector(), Detector()
    first.start()
    second.start()
    scrape(first, machine, 0, 5)
    first.hold([])
    scrape(second, machine, 10, 5)
    scrape(second, machine, 20, 50)
    first.hold([machine.target])
    scrape(first, machine, 80, 50)
    scrape(first, machine, 90, 5)
    first.stop()
    second.stop()
    assert Alert.objects.count() == 2
    assert Alert.objects.filter(ended_at=None).count() == 1


def test_what_fails_to_be_told_is_not_kept(
    hospital: World, machine: Machine, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failing listener undoes the record; the recorder tries again until both are done."""
    failures = [OperationalError("gone"), OperationalError("gone")]
    told: list[Verdicts] = []

    def fail(verdicts: Verdicts, at: object) -> None:
        told.append(verdicts)
        if verdicts.findings and failures:
            raise failures.pop()

    monkeypatch.setattr(signals, "_listeners", [*signals._listeners, fail])
    scrape(detector, machine, 0, 5)
    assert len(told) == 3
    assert Alert.objects.count() == 1
    assert len(jobs("tickets.open_event_tickets")) == 1


def test_one_verdict_that_cannot_be_recorded_holds_up_no_other(
    hospital: World, machine: Machine, detector: Detector
) -> None:
    machine_two = Machine("bad")
    machine_two.item = hospital.switch.id
    bad = machine_two.scrape(START, {"free{m=\x00}": 5, "size{m=\x00}": 100})
    detector.offer(bad)
    detector.offer(machine.scrape(START, {"free{m=/}": 5, "size{m=/}": 100}))
    assert detector.settle(20)
    assert list(Alert.objects.values_list("item_id", flat=True)) == [hospital.database.id]
    assert detector.figures()["detection_lost_total"] == 1


def test_recording_twice_is_recording_once(hospital: World, machine: Machine) -> None:
    engine = Engine(rules().values())
    batch = machine.scrape(START, {"free{m=/}": 5, "size{m=/}": 100})
    engine.admit([batch])
    verdicts = engine.evaluate([batch])
    for _ in range(2):
        detection.record(verdicts, at=MORNING)
    assert Alert.objects.count() == 1
    assert len(jobs("tickets.open_event_tickets")) == 1


def test_rules_that_change_are_used_at_once(
    hospital: World, machine: Machine, detector: Detector
) -> None:
    scrape(detector, machine, 0, 12)
    assert not Alert.objects.exists()
    install({**DISK_LOW, "expr": "free / size < 0.13"}, DOWN)
    scrape(detector, machine, 10, 12)
    assert Alert.objects.count() == 1


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    yield
    connections.close_all()


def test_what_waits_is_judged_before_the_end(hospital: World, machine: Machine) -> None:
    detector = Detector()
    detector.start()
    detector.offer(machine.scrape(START, {"free{m=/}": 5, "size{m=/}": 100}))
    detector.stop()
    assert Alert.objects.get().rule == "DiskLow"
    assert detector.figures()["detection_missed_total"] == 0


def test_a_series_that_left_during_a_restart_ends_its_alert_with_the_first_answer(
    hospital: World, machine: Machine
) -> None:
    first = Detector()
    first.start()
    scrape(first, machine, 0, 5)
    first.stop()
    second = Detector()
    second.start()
    scrape(second, machine, 10, None)
    assert Alert.objects.get().ended_at is None
    second.offer(machine.scrape(START + 20, {"scrape_group_up{group=page}": 1}))
    assert second.settle(20)
    second.stop()
    assert Alert.objects.get().end_reason == "series_ended"
    assert not Standing.objects.exists()


def test_a_series_that_comes_after_a_restart_goes_on_where_it_was(
    hospital: World, machine: Machine
) -> None:
    first = Detector()
    first.start()
    scrape(first, machine, 0, 5)
    first.stop()
    second = Detector()
    second.start()
    second.offer(machine.scrape(START + 10, {"scrape_group_up{group=page}": 0}))
    assert second.settle(20)
    scrape(second, machine, 20, 50)
    second.stop()
    assert Alert.objects.get().end_reason == "recovered"


def test_a_rule_keeps_what_left_during_a_restart_as_long_as_it_says(
    hospital: World, machine: Machine
) -> None:
    install({**DISK_LOW, "keep_firing_for": "30s"})
    for seconds, page in (((0, 10), {"free{m=/}": 5.0, "size{m=/}": 100.0}), ((20, 40, 50), {})):
        detector = Detector()
        detector.start()
        for second in seconds:
            detector.offer(machine.scrape(START + second, {**page, "up_again": 1}))
            assert detector.settle(20)
        detector.stop()
    alert = Alert.objects.get()
    assert alert.ended_at is not None
    assert alert.ended_at.timestamp() - START == 50


def test_time_in_which_no_collector_ran_does_not_count(hospital: World, machine: Machine) -> None:
    """The last look of what is pending is kept, so that a long pause is no holding."""
    install({**DISK_LOW, "for": "60s"})
    for seconds in ((0, 10, 20), (30, 40), (190, 200), (210, 220)):
        detector = Detector()
        detector.start()
        for second in seconds:
            scrape(detector, machine, second, 5)
        detector.stop()
        started = Alert.objects.values_list("started_at", flat=True)
        assert [at.timestamp() - START for at in started] == ([210] if seconds[0] == 210 else [])
