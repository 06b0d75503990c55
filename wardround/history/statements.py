"""The named statements of `sql/` and the words put into them.

Words are this module's own text or whole numbers, never a reader's: those travel as parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from wardround.history.types import Aggregate, Labels, Source

_TABLES = {Source.FIVE_MINUTES: "samples_5m", Source.HOUR: "samples_1h"}
_RAW = {
    Aggregate.AVG: "avg(value)",
    Aggregate.MIN: "min(value)",
    Aggregate.MAX: "max(value)",
    Aggregate.SUM: "sum(value)",
    Aggregate.LAST: "argMax(value, at)",
    Aggregate.COUNT: "count()",
    Aggregate.P95: "quantile(0.95)(value)",
}
_ROLLED_UP = {
    Aggregate.AVG: "sum(r.sum) / sum(r.count)",
    Aggregate.MIN: "min(r.min)",
    Aggregate.MAX: "max(r.max)",
    Aggregate.SUM: "sum(r.sum)",
    Aggregate.LAST: "max(r.last).2",
    Aggregate.COUNT: "sum(r.count)",
    Aggregate.P95: "quantile(0.95)(r.sum / r.count)",
}
STEPS = {"bucket": "intDiv(ms, {step:Int64}) * {step:Int64}", "tail": "ORDER BY series, bucket"}


def whole_window(top: int, *, lowest: bool) -> dict[str, str]:
    """Words for one value a series over the whole window, the greatest (or least) first."""
    order = "ASC" if lowest else "DESC"
    return {"bucket": "toInt64(0)", "tail": f"ORDER BY result {order}, series LIMIT {int(top)}"}


def listed(ids: Iterable[int]) -> str:
    return ",".join(str(int(number)) for number in ids)


def points_of(source: Source, aggregate: Aggregate) -> tuple[str, dict[str, str]]:
    """The named statement for a store and an aggregate, and the words it wants."""
    shape = "rate" if aggregate is Aggregate.RATE else "steps"
    if source is Source.RAW:
        return f"raw_{shape}", {"value": _RAW.get(aggregate, "")}
    words = {"rollup": _TABLES[source], "value": _ROLLED_UP.get(aggregate, "")}
    return f"rollup_{shape}", words


MAX_LISTED = 3_000
"""Series named one by one in a statement (60 kB of 256 kB it may have); past that they are looked
up where they are used."""
SERIES_OF_METRIC = "SELECT id FROM series WHERE metric = {metric:String}"


def label_clause(labels: Labels) -> str:
    return "".join(
        f" AND labels[{{label{i}:String}}] = {{match{i}:String}}" for i in range(len(labels))
    )


def parameters_of(metric: str, labels: Labels) -> dict[str, Any]:
    given: dict[str, Any] = {"metric": metric}
    for i, (name, value) in enumerate(labels):
        given |= {f"label{i}": name, f"match{i}": value}
    return given


@cache
def _text(name: str) -> Template:
    return Template((files("wardround.history") / "sql" / f"{name}.sql").read_text("utf-8"))


def sql(name: str, words: Mapping[str, str] | None = None) -> str:
    """The named statement of `sql/`; its words may hold words again."""
    text = _text(name).safe_substitute(words or {})
    return Template(text).substitute(words or {})
