"""A collector that dies is told by another process, and everything recovers when one is back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, connections

from tests.alerts.conftest import MORNING, World
from tests.alerts.test_from_scrapes import install, install_templates, jobs, scrape
from tests.detection.story import Machine
from wardround.alerts.models import Alert
from wardround.cmdb.models import Item
from wardround.collect.models import TargetRow, TargetStateRow
from wardround.detection import actions
from wardround.detection.detector import Detector
from wardround.kernel.ids import new_id

pytestmark = pytest.mark.servers
NO_DATA: dict[str, object] = {
    "alert": "NoData",
    "expr": "up == 0",
    "no_data": "60s",
    "labels": {"severity": "critical", "availability": "true"},
    "annotations": {"summary": "{{ item }}"},
}
LATE = MORNING + timedelta(minutes=5)


class Targets:
    """The database server and the switch, and the platform that watches them."""

    def __init__(self, world: World) -> None:
        self.platform = self._target(world.his, "platform", "wardround")
        self.database = self._target(world.database, "his-db1", "test")
        self.switch = self._target(world.switch, "core-1", "test")

    def _target(self, item: Item, name: str, template: str) -> TargetRow:
        row = TargetRow.objects.create(
            name=name,
            item_id=item.pk,
            template=template,
            interval_s=15,
            timeout_s=10,
            created_at=MORNING,
            updated_at=MORNING,
            asked_at=MORNING,
        )
        TargetStateRow.objects.create(
            target=row,
            state="up",
            last_at=MORNING,
            collector=new_id(),
            since=MORNING,
            worked_as=MORNING,
        )
        return row


@pytest.fixture
def hospital(transactional_db: None) -> Iterator[World]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    install(NO_DATA)
    install_templates("wardround", "test")
    yield World()
    connections.close_all()


def test_a_dead_collector_is_told_once_and_its_items_are_unknown(hospital: World) -> None:
    Targets(hospital)
    actions.judge_silence(at=MORNING + timedelta(seconds=40))
    assert not Alert.objects.exists()
    for minutes in (5, 6):
        actions.judge_silence(at=MORNING + timedelta(minutes=minutes))
    assert list(Alert.objects.values_list("rule", "item_name")) == [("NoData", "HIS")]
    assert len(jobs("tickets.open_event_tickets")) == 1
    assert hospital.condition(hospital.database) == "unknown"
    assert hospital.condition(hospital.switch) == "unknown"


def test_when_a_collector_is_back_all_is_well_again(hospital: World) -> None:
    targets = Targets(hospital)
    actions.judge_silence(at=LATE)
    detector = Detector()
    detector.start()
    for row, item in ((targets.platform, hospital.his), (targets.database, hospital.database)):
        machine = Machine(row.name)
        machine.target, machine.item, machine.template = row.pk, item.pk, row.template
        scrape(detector, machine, 330, 50)
    detector.stop()
    assert Alert.objects.get().end_reason == "recovered"
    assert hospital.condition(hospital.his) == "ok"
    assert hospital.condition(hospital.database) == "ok"
    assert hospital.condition(hospital.switch) == "unknown"


def test_an_alert_ends_with_its_target_and_with_its_rule(hospital: World) -> None:
    targets = Targets(hospital)
    TargetRow.objects.filter(pk=targets.platform.pk).update(template="test")
    actions.judge_silence(at=LATE)
    assert Alert.objects.filter(ended_at=None).count() == 3
    targets.switch.delete()
    TargetRow.objects.filter(pk=targets.database.pk).update(enabled=False)
    actions.judge_silence(at=LATE)
    ended = Alert.objects.exclude(ended_at=None).values_list("end_reason", flat=True)
    assert list(ended) == ["target_removed", "target_removed"]
    install({**NO_DATA, "alert": "Other"})
    actions.judge_silence(at=LATE)
    assert list(Alert.objects.filter(ended_at=None).values_list("rule", flat=True)) == ["Other"]
    assert len(jobs("tickets.end_event_tickets")) == 3
