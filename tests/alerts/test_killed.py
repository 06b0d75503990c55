"""Processes that are killed, and several that say the same: each episode is told once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection, connections

from tests.alerts.conftest import MORNING, World
from tests.alerts.feeder import episodes
from tests.alerts.test_actions import DETECTION, LATER, disk, over
from tests.alerts.test_from_scrapes import DISK_LOW, install, jobs
from wardround.alerts import actions
from wardround.alerts.models import Alert

pytestmark = pytest.mark.servers


@pytest.fixture
def hospital(transactional_db: None) -> Iterator[World]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    install(DISK_LOW)
    yield World()
    connections.close_all()


def _address() -> str:
    """The test's database, for another process."""
    database = settings.DATABASES["default"]
    host, port = quote(database["HOST"], safe=""), database["PORT"] or 5432
    who = f"{database['USER']}:{quote(database['PASSWORD'])}" if database["USER"] else ""
    name = connection.settings_dict["NAME"]
    return f"postgresql://{who}@/{name}?host={host}&port={port}"


def _feed(first: int, last: int, machines: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.alerts.feeder", str(first), str(last), *machines]
    environment = {**os.environ, "WARDROUND_DATABASE_URL": _address()}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def test_killed_again_and_again_each_episode_is_told_once(hospital: World) -> None:
    """The collector is killed in the middle of its work; the next goes on with what it had."""
    last, chance = 40, random.Random(7)  # noqa: S311
    machines = [f"m{number}={hospital.database.id}" for number in range(6)]
    first, kills = 0, 0
    while first < last:
        process = _feed(first, last, machines)
        lives = chance.randint(5, 9) if kills < 3 else last
        assert process.stdout is not None
        for line in process.stdout:
            first = int(line) + 1
            lives -= 1
            if not lives:
                process.kill()
                kills += 1
                break
        process.stdout.close()
        process.wait(30)
    assert kills == 3
    expected = [episodes(number, last) for number in range(6)]
    found = [
        Alert.objects.filter(labels__contains=[["target", f"m{number}"]]).count()
        for number in range(6)
    ]
    assert found == expected
    raised = [one["alert_id"] for one in jobs("tickets.open_event_tickets")]  # type: ignore[index]
    assert len(raised) == len(set(raised)) == sum(expected)
    resolved = [one["alert_id"] for one in jobs("tickets.end_event_tickets")]  # type: ignore[index]
    assert len(resolved) == len(set(resolved)) == Alert.objects.exclude(ended_at=None).count()


def test_many_who_say_the_same_at_once_raise_it_once(hospital: World) -> None:
    values = [disk(hospital.database, f"/{number}") for number in range(50)]
    orders = [random.Random(seed).sample(values, len(values)) for seed in range(8)]  # noqa: S311

    def tell(order: list[object]) -> int:
        try:
            return len(actions.raise_alerts(DETECTION, order, at=MORNING))  # type: ignore[arg-type]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tell, orders)) == 50
    assert Alert.objects.count() == 50
    assert len(jobs("tickets.open_event_tickets")) == 50


def test_raising_and_resolving_at_once_leaves_the_condition_right(hospital: World) -> None:
    values = [disk(hospital.database, f"/{number}") for number in range(20)]

    def churn(part: int) -> None:
        try:
            for _ in range(5):
                mine = values[part::4]
                actions.raise_alerts(DETECTION, mine, at=MORNING)
                actions.resolve_alerts(DETECTION, [over(one) for one in mine], at=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(churn, range(4)))
    assert not Alert.objects.filter(ended_at=None).exists()
    assert hospital.condition(hospital.database) == "ok"
    assert Alert.objects.count() == 100
