"""Expressions over the series of several targets at once."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wardround.detection.bind import Holding, Labels, bind
from wardround.detection.columns import SeriesColumns
from wardround.detection.evaluate import GONE, PRESENT, UNKNOWN, Values, evaluate
from wardround.detection.parse import parse
from wardround.detection.plan import join

NaN, INF = math.nan, math.inf
Given = dict[str, dict[str, float | None]]
"""Metric → labels as `a=1,b=2` → value; None: the last answer came without it."""


class Targets:
    """Some targets with their series, all answered at the same moment."""

    def __init__(self, *given: Given) -> None:
        self.columns = SeriesColumns()
        self.columns.now = 100.0
        self.series: list[Holding] = [self._target({"up": {"": 1.0}, **one}) for one in given]

    def _target(self, given: Given) -> Holding:
        by_metric = {
            metric: [(_labels(text), self._series(value)) for text, value in values.items()]
            for metric, values in given.items()
        }
        return Holding(by_metric, up=by_metric["up"][0][1])

    def _series(self, value: float | None) -> int:
        number = self.columns.add()
        ids = np.array([number])
        if value is None:
            self.columns.end(ids)
        else:
            self.columns.put(ids, np.array([value]), 100.0)
        return number

    def ask(self, text: str) -> list[tuple[str, float]]:
        """What is so, in order: labels and value."""
        labels, values = self.answer(text)
        return [
            (_text(one), float(value))
            for one, value, status in zip(labels, values.value, values.status, strict=True)
            if status == PRESENT
        ]

    def answer(self, text: str) -> tuple[list[Labels], Values]:
        parts = [bind(parse(text), series) for series in self.series]
        labels = [one for part in parts for one in part.labels]
        return labels, evaluate(join([part.plan for part in parts]), self.columns)


def _labels(text: str) -> Labels:
    return tuple(sorted(tuple(pair.split("=")) for pair in text.split(",") if pair))  # type: ignore[misc]


def _text(labels: Labels) -> str:
    return ",".join(f"{name}={value}" for name, value in labels)


DISKS: Given = {
    "free": {"m=/": 5.0, "m=/boot": 1.0, "m=/data": 50.0},
    "size": {"m=/": 100.0, "m=/boot": 100.0, "m=/data": 100.0},
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('free{m!="/boot"} / size < 0.1', [("m=/", 0.05)]),
        ("free / size * 100 <= 5", [("m=/", 5.0), ("m=/boot", 1.0)]),
        ("0.1 > free / size", [("m=/", 0.05), ("m=/boot", 0.01)]),
        ("free > bool 4", [("m=/", 1.0), ("m=/boot", 0.0), ("m=/data", 1.0)]),
        ("-free < -10", [("m=/data", -50.0)]),
        ("abs(free - 6) == 1", [("m=/", 1.0)]),
        ("free > 4 and free < 10", [("m=/", 5.0)]),
        ("free > 4 unless free < 10", [("m=/data", 50.0)]),
        ("free > 40 or free < 2", [("m=/boot", 1.0), ("m=/data", 50.0)]),
        ("free / 0 > 1", [("m=/", INF), ("m=/boot", INF), ("m=/data", INF)]),
        ("(free - free) / 0 == 0", []),
        ("sum(free) / sum(size)", [("", 56 / 300)]),
        ("max(free) > 40", [("", 50.0)]),
        ("min by (m) (free) < 2", [("m=/boot", 1.0)]),
        ("avg(size)", [("", 100.0)]),
        ("count(free < 10) >= 2", [("", 2.0)]),
        ("absent(nothing)", [("", 1.0)]),
        ('absent(free{m="/x"})', [("m=/x", 1.0)]),
        ("absent(free)", []),
        ("free ^ 2 % 7 > 3", [("m=/", 4.0)]),
        ("free / on_nothing > 0", []),
        ("-1 < free", [("m=/", 5.0), ("m=/boot", 1.0), ("m=/data", 50.0)]),
        ("2 * 3 + 3 < free", [("m=/data", 50.0)]),
        ("-(1 + 1) ^ 2 < free / size - 4.4", [("m=/data", 50 / 100 - 4.4)]),
        ("55 - free > 49", [("m=/", 50.0), ("m=/boot", 54.0)]),
        ("49 < 55 - free", [("m=/", 50.0), ("m=/boot", 54.0)]),
        ("size - free > free", [("m=/", 95.0), ("m=/boot", 99.0)]),
        ("free < size - free", [("m=/", 5.0), ("m=/boot", 1.0)]),
        ("10 > bool 5 < free", [("m=/", 5.0), ("m=/data", 50.0)]),
    ],
)
def test_one_target(text: str, found: list[tuple[str, float]]) -> None:
    assert sorted(Targets(DISKS).ask(text)) == found


PODS: Given = {
    "cpu": {"node=n1,pod=a": 3.0, "node=n1,pod=b": 1.0, "node=n2,pod=c": 5.0},
    "limit": {"node=n1": 2.0, "node=n2": 4.0, "node=n3": 1.0},
    "info": {"node=n1,zone=x": 1.0, "node=n2,zone=y": 1.0},
    "seconds_bucket": {"le=0.1": 10.0, "le=1": 30.0, "le=+Inf": 40.0, "le=x": 9.0},
    "version": {"n=1": 7.0, "n=2": 7.0, "n=3": 8.0, "n=4": NaN},
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sum by (node) (cpu) / on (node) limit > 1", [("node=n1", 2.0), ("node=n2", 1.25)]),
        ("limit - ignoring (zone) info == 1", [("node=n1", 1.0)]),
        ("cpu / on (node) group_left limit > 1.3", [("node=n1,pod=a", 1.5)]),
        ("limit * on (node) group_right cpu == 20", [("node=n2,pod=c", 20.0)]),
        ("cpu * on (node) group_left (zone) info > 4", [("node=n2,pod=c,zone=y", 5.0)]),
        ("limit and on (node) (cpu > 4)", [("node=n2", 4.0)]),
        ("limit unless on (node) cpu", [("node=n3", 1.0)]),
        ("limit unless ignoring (pod) cpu", [("node=n3", 1.0)]),
        ("limit > 3 or on (node) cpu < 2", [("node=n1,pod=b", 1.0), ("node=n2", 4.0)]),
        ("limit > 3 or on (node) cpu > 4", [("node=n2", 4.0)]),
        ("cpu > ignoring (pod) group_left limit", [("node=n1,pod=a", 3.0), ("node=n2,pod=c", 5.0)]),
        ("sum without (pod) (cpu) > 4", [("node=n2", 5.0)]),
        ("topk(1, cpu)", [("node=n2,pod=c", 5.0)]),
        ("bottomk by (node) (1, cpu)", [("node=n1,pod=b", 1.0), ("node=n2,pod=c", 5.0)]),
        ("quantile(0.5, cpu)", [("", 3.0)]),
        ("quantile by (node) (0.75, cpu) < 3", [("node=n1", 2.5)]),
        ("stddev(cpu)", [("", pytest.approx(1.632993))]),
        ("group by (node) (cpu)", [("node=n1", 1.0), ("node=n2", 1.0)]),
        ('count(count_values("v", version))', [("", 3.0)]),
        ("histogram_quantile(0.5, seconds_bucket)", [("", 0.55)]),
        ("histogram_quantile(0.99, seconds_bucket)", [("", 1.0)]),
        (
            "clamp(cpu, 2, 4)",
            [("node=n1,pod=a", 3.0), ("node=n1,pod=b", 2.0), ("node=n2,pod=c", 4.0)],
        ),
        ("round(limit / 8, 0.25) > 0.4", [("node=n2", 0.5)]),
        ("sqrt(limit) == 2", [("node=n2", 2.0)]),
        ("scalar(sum(cpu)) - limit > 7", [("node=n3", 8.0)]),
        ("limit > scalar(cpu)", []),
        ('vector(1 / scalar(limit{node="n1"} * 0 * -1)) < 0', [("", -float("inf"))]),
        ("vector(9) unless on () limit > 99", [("", 9.0)]),
        ("time() - limit > 98", [("node=n3", 99.0)]),
        ("minute() == 1 and on () limit", [("", 1.0)]),
        ("day_of_week(limit * 86400) == 5", [("node=n3", 5.0)]),
        ("timestamp(limit) - time() == 0", [(f"node=n{n}", 0.0) for n in (1, 2, 3)]),
        ('label_replace(limit, "n", "$1", "node", "n(.*)") > 3', [("n=2,node=n2", 4.0)]),
        ('label_join(limit, "n", "-", "node", "no", "node") > 3', [("n=n2--n2,node=n2", 4.0)]),
        ('count({__name__=~"cpu|limit"})', [("", 6.0)]),
        ('{__name__=~"cpu|limit"} > 4', [("__name__=cpu,node=n2,pod=c", 5.0)]),
        ("limit >= on (node) group_right () cpu", [("node=n1,pod=b", 2.0)]),
        ("1 < limit", [("node=n1", 2.0), ("node=n2", 4.0)]),
        ("-1 < limit - 4", [("node=n2", 0.0)]),
    ],
)
def test_the_language_of_prometheus(text: str, found: list[tuple[str, float]]) -> None:
    assert sorted(Targets(PODS).ask(text)) == found


def test_two_that_meet_one_are_unknown_until_one_is_left() -> None:
    """As in Prometheus, where it is an error; but one of them may be filtered out before."""
    target = Targets(PODS)
    assert _status(target, "limit / on (node) cpu > 0") == (UNKNOWN, PRESENT)
    assert target.ask("limit / on (node) (cpu > 1) > 0") == [("node=n1", 2 / 3), ("node=n2", 0.8)]
    zones = {"cpu": {"node=n1,pod=a": 1.0}, "info": {"node=n1,zone=x": 1.0, "node=n1,zone=y": 0.0}}
    target = Targets(zones)  # type: ignore[arg-type]
    assert target.ask("cpu * on (node) group_left (zone) info") == []
    assert target.ask("cpu * on (node) group_left (zone) (info == 1)") == [
        ("node=n1,pod=a,zone=x", 1.0)
    ]


def test_labels_that_become_equal_are_unknown() -> None:
    target = Targets(PODS)
    assert target.ask('label_replace(limit, "node", "n", "", "")') == []
    assert target.ask('label_replace(limit > 3, "node", "n", "", "")') == [("node=n", 4.0)]


def test_a_total_meets_each_part() -> None:
    target = Targets({"used": {"db=a": 30.0, "db=b": 60.0}, "limit": {"": 100.0}})
    assert target.ask("used / limit > 0.5") == [("db=b", 0.6)]
    assert target.ask("limit - used < 50") == [("db=b", 40.0)]
    assert target.ask("limit > 99 and used > 50") == [("", 100.0)]
    assert target.ask("used > 50 and limit > 99") == [("db=b", 60.0)]


def test_many_targets_at_once_are_as_many_alone() -> None:
    others: list[Given] = [
        DISKS,
        {},
        {"free": {"m=/": 1.0}, "size": {"m=/": 10.0, "m=/x": 1.0}},
        {"free": {"d=1,m=/": 3.0, "d=2,m=/": 2.0}, "size": {"m=/": 20.0}},
    ]
    for text in (
        "free / size <= 0.1",
        "free > 2 or size < 20",
        "free unless size > 50",
        "sum by (m) (free) < 10",
        "absent(free)",
        "free > 1 and on_nothing",
        "max(free / size) > 0.05 or absent(size)",
        "topk by (d) (1, free)",
        "free / on (m) group_left () sum by (m) (size)",
        "free unless on (m) size > 50",
        "size > 10 or on () free",
        "vector(1) + on () count(free)",
        "time() - free > scalar(count(free))",
        "quantile(0.3, free) > 0",
        "-1 < free",
        "free > -(2 ^ 3) / 8 and 1 + 1 < size",
    ):
        together = Targets(*others).ask(text)
        alone = [found for one in others for found in Targets(one).ask(text)]
        assert together == alone, text


@pytest.mark.parametrize("comparison", ["<", "<=", ">", ">=", "=="])
def test_nan_is_neither_more_nor_less(comparison: str) -> None:
    assert Targets({"x": {"": NaN}}).ask(f"x {comparison} 1") == []


def test_nan_differs_and_infinities_compare() -> None:
    assert len(Targets({"x": {"": NaN}}).ask("x != 1")) == 1
    assert Targets({"x": {"": INF}}).ask("x > 1e308") == [("", INF)]
    assert Targets({"x": {"": -INF}}).ask("x < 0") == [("", -INF)]


def _status(target: Targets, text: str) -> tuple[int, int]:
    values = target.answer(text)[1]
    return int(values.status[0]), int(values.there[0])


def test_old_data_are_unknown_not_good() -> None:
    target = Targets({"x": {"": 5.0}, "y": {"": 5.0}})
    target.columns.now = 191.0
    for text in ("x > 1", "x < 1", "x > 1 and y > 1", "sum(x) > 1", "absent(x)", "x + y > 0"):
        assert _status(target, text)[0] == UNKNOWN, text


def test_a_filter_leaves_the_series_there() -> None:
    target = Targets({"x": {"": 5.0}, "gone": {"": None}})
    assert _status(target, "x < 1") == (GONE, PRESENT)
    assert _status(target, "gone < 1") == (GONE, GONE)
    assert _status(target, "x + gone > 1") == (GONE, GONE)
    assert _status(target, "x > 1 unless gone") == (PRESENT, PRESENT)
    assert _status(target, "absent(gone)") == (PRESENT, PRESENT)


def test_nothing_is_absent_from_a_target_that_does_not_answer() -> None:
    target = Targets({"up": {"": 0.0}})
    assert _status(target, "absent(x)")[0] == UNKNOWN


def test_one_unknown_member_makes_a_sum_unknown() -> None:
    target = Targets({"x": {"a=1": 5.0, "a=2": 5.0}})
    target.columns.lose(np.array([target.series[0].by_metric["x"][0][1]]))
    assert _status(target, "sum(x) > 1")[0] == UNKNOWN
    values = target.answer("sum by (a) (x) > 1")[1]
    assert values.status.tolist() == [UNKNOWN, PRESENT]


def test_known_falsehood_wins_over_the_unknown() -> None:
    target = Targets({"x": {"": 5.0}, "y": {"": 5.0}})
    target.columns.lose(np.array([target.series[0].by_metric["y"][0][1]]))
    assert _status(target, "x < 1 and y > 1")[0] == GONE
    assert _status(target, "x > 1 or y > 1")[0] == PRESENT
    assert _status(target, "x < 1 or y > 1")[0] == UNKNOWN


def test_a_group_of_nothing_and_of_nan_has_no_number() -> None:
    target = Targets({"x": {"a=1": NaN, "a=2": 5.0}, "y": {"": NaN}})
    assert target.ask("min(x) > 1") == [("", 5.0)]
    assert target.ask("max(y) < 1e308 or min(y) > -1e308") == []
    for function in ("sum", "avg", "min", "max", "count"):
        assert math.isnan(target.answer(f"{function}(x > 7)")[1].value[0]), function


def test_nan_is_an_answer_without_a_value() -> None:
    target = Targets({"x": {"": NaN}})
    assert _status(target, "x < 1") == (GONE, GONE)
    assert _status(target, "absent(x)")[0] == GONE


def test_an_average_of_what_is_too_large_to_add_up_and_one_value_that_does_not_vary() -> None:
    target = Targets({"x": {"a=1": 1.5e308, "a=2": 0.5e308}, "y": {"": INF}, "z": {"": NaN}})
    assert target.ask("avg(x) > 0") == [("", 1e308)]
    assert target.ask("avg(y) > 0") == [("", INF)]
    assert target.ask("stddev(y) == 0") == target.ask("stdvar(z) == 0") == [("", 0.0)]


def test_a_sum_of_nothing_below_zero_keeps_its_sign() -> None:
    """As in Prometheus: what is divided by it is infinite the other way."""
    target = Targets({"x": {"m=a": -0.0, "m=b": -0.0}, "y": {"m=a": -0.0, "m=b": 0.0}})
    assert target.ask("1 / sum(x)") == [("", -INF)]
    assert target.ask("1 / sum(y)") == [("", INF)]
