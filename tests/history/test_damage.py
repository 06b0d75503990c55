"""What the disk damages after it was written: told with its time, passed over, tried again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.history.batches import NOON, batch, every
from wardround.history import actions, queries, rolling, rolling_up, rules, server
from wardround.history.engine import engine
from wardround.history.errors import HistoryDamaged
from wardround.history.types import Aggregate, RangeQuery, SeriesKey
from wardround.kernel import clock
from wardround.kernel.ids import new_id
from wardround.site import doctor
from wardround.site.doctor import Health
from wardround.web import health

pytestmark = pytest.mark.servers

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SAMPLES = 10_000


@dataclass
class Stored:
    """Three days of one series' samples, two hours and three quarters each, in the tables alone."""

    folder: Path
    key: SeriesKey
    running: server.RunningServer

    @property
    def part(self) -> Path:
        """The folder of the middle day's samples."""
        day = f"{NOON - DAY:%Y%m%d}"
        text = "SELECT path FROM system.parts WHERE active AND table = 'samples'"
        return next(Path(row[0]) for row in engine().rows(text) if day in row[0])

    def begin_anew(self) -> None:
        self.running.stop()
        password = urlsplit(self.running.url).password or ""
        self.running = server.start(self.folder, self.running.port, password=password)

    def count(self, days_ago: int) -> float:
        """The middle of a day's samples."""
        begin = NOON - days_ago * DAY
        query = RangeQuery("m", (self.key.item,), begin, begin + 3 * HOUR, HOUR, Aggregate.COUNT)
        found = queries.samples(query, now=NOON + DAY).series
        return float(sum(series.value.sum() for series in found))


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stored]:
    running = server.start(tmp_path / "history")
    monkeypatch.setenv("WARDROUND_HISTORY_URL", running.url)
    monkeypatch.setattr(rules, "NARROW_SAMPLES", 0)
    actions.migrate()
    key = SeriesKey("m", new_id())
    for days_ago in range(3):
        values = [i / 7 for i in range(SAMPLES)]
        brought = batch({key: every(1, values, start=NOON - days_ago * DAY)})
        actions.append(brought, at=NOON + DAY)
        engine().columns("SELECT 1")
    made = Stored(tmp_path / "history", key, running)
    made.begin_anew()  # or the newest samples would be read from memory
    yield made
    made.running.stop()


def flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 16
    file.write_bytes(data)


def roll_up() -> None:
    while actions.roll_up(at=clock.now()):
        pass


def test_a_question_about_a_damaged_part_is_told_its_time_and_others_are_answered(
    stored: Stored,
) -> None:
    part = stored.part
    flip(part / "data.bin")
    assert queries.damaged_parts() == ()
    with pytest.raises(HistoryDamaged) as caught:
        stored.count(1)
    with timezone.override("Asia/Shanghai"):
        since, until = (
            timezone.localtime(NOON - DAY + span).strftime("%Y-%m-%d %H:%M")
            for span in (timedelta(0), timedelta(seconds=SAMPLES - 1))
        )
        with translation.override("zh-hans"):
            assert f"表 samples 在{since} 至 {until} 期间无法读取" in str(caught.value)
        with translation.override("en"):
            assert f"samples cannot be read from {since} to {until}." in str(caught.value)
    assert (stored.count(0), stored.count(2)) == (SAMPLES, SAMPLES)
    (told,) = queries.damaged_parts()
    assert (told.table, told.part, told.rows, told.set_aside) == (
        "samples", part.name, SAMPLES, False,
    )  # fmt: skip
    assert told.since == NOON - DAY
    assert queries.store_figures().damaged == (told,)
    (found,) = doctor._damage({"WARDROUND_HISTORY_URL": stored.running.url})
    assert found.health is Health.FAULT
    assert str(part) in found.text
    assert (health._history().ok, health._history().text[-1]) == (False, "1")


def test_roll_ups_get_past_a_damaged_part_and_are_made_when_it_is_whole_again(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = int((NOON - 3 * DAY).timestamp())
    engine().command(
        f"ALTER TABLE rolling UPDATE seen = {since} WHERE at = 0 SETTINGS mutations_sync = 1"
    )
    engine().command("ALTER TABLE rolling DELETE WHERE at != 0 SETTINGS mutations_sync = 1")
    whole = stored.part / "data.bin"
    kept = whole.read_bytes()
    flip(whole)
    roll_up()
    state = rolling.rolling(engine(), fresh=True)
    first = int((NOON - DAY).timestamp())
    assert state.until > clock.now().timestamp() - 600
    assert state.windows == list(range(first, first + 3 * 3600, 300))
    assert (stored.count(0), stored.count(2)) == (SAMPLES, SAMPLES)
    rolled = "SELECT sum(count) FROM rolled_1h FINAL"
    assert engine().rows(rolled)[0][0] == 2 * SAMPLES
    with pytest.raises(HistoryDamaged):
        stored.count(1)

    whole.write_bytes(kept)
    assert actions.roll_up(at=clock.now()) == 0  # not yet
    monkeypatch.setattr(rolling_up, "_put_off", {})
    roll_up()
    assert rolling.rolling(engine(), fresh=True).touched == ()
    assert engine().rows(rolled)[0][0] == 3 * SAMPLES
    assert stored.count(1) == SAMPLES


def test_a_part_set_aside_at_a_start_is_told_with_its_rows(stored: Stored) -> None:
    part = stored.part
    shutil.copyfile(part / "primary.cidx", part / "data.cmrk4")
    stored.begin_anew()
    assert (stored.count(0), stored.count(1), stored.count(2)) == (SAMPLES, 0, SAMPLES)
    (told,) = queries.damaged_parts()
    assert (told.table, told.rows, told.set_aside) == ("samples", SAMPLES, True)
    midnight = (NOON - DAY).replace(hour=0)
    assert (told.since, told.until) == (midnight, midnight + DAY)
    (found,) = doctor._damage({"WARDROUND_HISTORY_URL": stored.running.url})
    assert told.place in found.text
    shutil.rmtree(told.place)
    assert queries.damaged_parts() == ()


def test_a_length_that_the_disk_damaged_is_not_told_as_a_lack_of_memory(stored: Stored) -> None:
    file = stored.part / "data.bin"
    harmed = bytearray(file.read_bytes())
    harmed[20] ^= 1 << 5  # half a gigabyte more
    file.write_bytes(harmed)
    with pytest.raises(HistoryDamaged):
        stored.count(1)
    assert stored.count(0) == SAMPLES


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_wherever_the_disk_errs_the_answer_is_right_or_says_that_it_cannot_be(
    stored: Stored, data: st.DataObject
) -> None:
    file = stored.part / data.draw(st.sampled_from(["data.bin", "data.cmrk4"]))
    kept = file.read_bytes()
    harmed = bytearray(kept)
    kind = data.draw(st.sampled_from(["bit", "zeros", "short", "gone"]))
    place = data.draw(st.one_of(st.integers(0, 40), st.integers(0, len(kept) - 1)))
    if kind == "bit":
        harmed[place] ^= 1 << data.draw(st.integers(0, 7))
    elif kind == "zeros":
        harmed[place : place + 512] = bytes(len(harmed[place : place + 512]))
    else:
        del harmed[place:]
    file.write_bytes(harmed)
    if kind == "gone":
        file.unlink()
    try:
        engine().command("SYSTEM DROP MARK CACHE")
        with suppress(HistoryDamaged):
            assert stored.count(1) == SAMPLES
        assert stored.count(0) == SAMPLES
    finally:
        file.write_bytes(kept)
