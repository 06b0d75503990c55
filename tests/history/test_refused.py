"""What a question or a batch may not say is refused with the field named, and nothing is stored."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from tests.collect.scrapes import scrape
from tests.history.batches import NOON, batch
from wardround.collect.delivery import Delivery
from wardround.collect.spool import Spool
from wardround.collect.types import Layout
from wardround.history import actions, queries, types
from wardround.history.engine import engine
from wardround.history.errors import SeriesRefused
from wardround.history.types import Aggregate, FleetQuery, Misfit, RangeQuery, SeriesKey
from wardround.kernel import clock
from wardround.kernel.errors import BadInput

pytestmark = pytest.mark.servers
HOUR = timedelta(hours=1)
NAIVE = datetime(2026, 11, 29)  # noqa: DTZ001  that is what is wrong with it
NO_AGGREGATE = cast("Aggregate", "median")


def _fleet(**changed: Any) -> object:
    given = {"aggregate": Aggregate.AVG, "since": NOON, "until": NOON + HOUR} | changed
    return queries.fleet(FleetQuery("m", **given))


def _range(**changed: Any) -> object:
    given = {"since": NOON, "until": NOON + HOUR} | changed
    return queries.samples(RangeQuery("m", (), **given))


QUESTIONS: list[tuple[Any, str]] = [
    *[(lambda top=top: _fleet(top=top), "top") for top in (-1, 0, 1.5, True, 10**9)],
    (lambda: _fleet(aggregate=NO_AGGREGATE), "aggregate"),
    (lambda: _fleet(since=NOON + HOUR), "from"),
    (lambda: _fleet(since=NAIVE), "from"),
    (lambda: _range(until=NAIVE), "to"),
    (lambda: _range(aggregate=NO_AGGREGATE), "aggregate"),
    (lambda: _range(step=timedelta(0)), "step"),
    (lambda: _range(step=timedelta(seconds=-60)), "step"),
    (lambda: queries.latest(["m"], at=NAIVE), "at"),
    (lambda: queries.events("k", since=NOON, until=NOON + HOUR, limit=-1), "limit"),
    (lambda: queries.state_changes("k", since=NOON, until=NOON + HOUR, limit=0), "limit"),
]


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(("ask", "field"), QUESTIONS, ids=range(len(QUESTIONS)))
def test_a_question_that_means_nothing_names_its_field(ask: Any, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        ask()
    assert refused.value.field == field
    assert "%" not in str(refused.value)


def _labels(*pairs: tuple[str, str]) -> types.Labels:
    return pairs


TOO_MUCH: list[tuple[Misfit, str, types.Labels]] = [
    (Misfit.METRIC, "", ()),
    (Misfit.METRIC, "m" * 201, ()),
    (Misfit.LABELS, "m", tuple((f"l{i}", "") for i in range(65))),
    (Misfit.LABEL, "m", _labels(("", "v"))),
    (Misfit.LABEL, "m", _labels(("l" * 201, "v"))),
    (Misfit.TWICE, "m", _labels(("l", "1"), ("l", "2"))),
    (Misfit.VALUE, "m", _labels(("l", "v" * 4097))),
    (Misfit.BYTES, "m", tuple((f"l{i}", "值" * 4096) for i in range(2))),
    (Misfit.TEXT, "m", _labels(("l", "\ud800"))),
]


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(("misfit", "metric", "labels"), TOO_MUCH, ids=range(len(TOO_MUCH)))
def test_a_name_without_measure_is_refused_and_nothing_of_its_batch_stored(
    item: UUID, misfit: Misfit, metric: str, labels: types.Labels
) -> None:
    fine, wrong = SeriesKey("fine", item), SeriesKey(metric, item, labels)
    assert wrong.misfit is misfit
    for _ in range(2):
        with pytest.raises(SeriesRefused) as refused:
            actions.append(batch({fine: [(NOON, 1.0)], wrong: [(NOON, 1.0)]}), at=NOON)
    assert refused.value.field == ("metric" if misfit is Misfit.METRIC else "labels")
    assert len(str(refused.value)) < 300
    assert queries.series(item) == []
    assert engine().rows("SELECT count() FROM series WHERE item = {i:UUID}", {"i": item}) == [(0,)]


@pytest.mark.usefixtures("history")
def test_the_longest_names_there_may_be_come_back(item: UUID) -> None:
    labels = tuple((f"{i:0200}", "值" * 5) for i in range(64))
    longest = SeriesKey("指" * 200, item, labels)
    assert longest.misfit is None
    actions.append(batch({longest: [(NOON, 1.0)]}), at=NOON)
    assert [found.key for found in queries.series(item, at=NOON)] == [longest]


@pytest.mark.usefixtures("history")
def test_a_scraped_series_with_too_long_a_name_does_not_cost_the_others(
    tmp_path: Path, item: UUID, caplog: pytest.LogCaptureFixture
) -> None:
    keys = [SeriesKey("a", item), SeriesKey("m" * 300, item), SeriesKey("z", item)]
    now = clock.now()
    spool = Spool.open(tmp_path / "spool")
    asyncio.run(spool.accept(scrape(Layout(tuple(keys)), first=1, at=now)))
    delivery = Delivery(spool, actions.append, linger=0)
    assert delivery.drain()
    assert {found.key: found.latest and found.latest.value for found in queries.series(item)} == {
        keys[0]: 1.0,
        keys[2]: 3.0,
    }
    assert "1 series of target" in caplog.text
    spool.close()
