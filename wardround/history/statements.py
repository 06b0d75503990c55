"""The named statements of `sql/` and the words put into them.

Words are this module's own text or whole numbers, never a reader's: those travel as parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from wardround.history.rolling import FIVE_MINUTES, ONE_HOUR, RAW, Part, Rolling, parts
from wardround.history.types import Aggregate, Labels, Source

_RAW = {
    Aggregate.AVG: "avg(number)",
    Aggregate.MIN: "min(number)",
    Aggregate.MAX: "max(number)",
    Aggregate.SUM: "sum(number)",
    Aggregate.LAST: "argMax(number, (at, number))",
    Aggregate.COUNT: "count()",
    Aggregate.P95: "quantile(0.95)(number)",
}
_ROLLED_UP = {
    Aggregate.AVG: "sum(total) / sum(count)",
    Aggregate.MIN: "min(low)",
    Aggregate.MAX: "max(high)",
    Aggregate.SUM: "sum(total)",
    Aggregate.LAST: "argMax(newest, last_ms)",
    Aggregate.COUNT: "sum(count)",
}
_GROWN = {
    Aggregate.RATE: "sum(growth) / (sum(gap) / 1000)",
    Aggregate.INCREASE: "sum(growth)",
}
_BEFORE = {FIVE_MINUTES: "samples_5m", ONE_HOUR: "samples_1h"}


def steps(width_ms: int) -> dict[str, str]:
    """Words for one value a step of so many milliseconds."""
    return {"bucket": f"intDiv(ms, {width_ms}) * {width_ms}", "tail": ""}


def whole_window(top: int, *, lowest: bool) -> dict[str, str]:
    """Words for one value a series over the whole window, the greatest (or least) first."""
    order = "ASC" if lowest else "DESC"
    return {"bucket": "toInt64(0)", "tail": f"ORDER BY result {order}, series LIMIT {int(top)}"}


def listed(ids: Iterable[int]) -> str:
    return ",".join(str(int(number)) for number in ids)


def points_of(
    source: Source, aggregate: Aggregate, words: Mapping[str, str], state: Rolling | None
) -> str:
    """The statement for a store and an aggregate; `words` say which series, when and how.

    Roll-ups need to know how far they have come, and know no percentile.
    """
    shape = "rate" if aggregate.grows else "steps"
    words = {**words, "grown": _GROWN.get(aggregate, "")}
    if source is Source.RAW or state is None:
        return sql(f"raw_{shape}", {**words, "value": _RAW.get(aggregate, "")})
    back = int(words["lookback"]) if aggregate.grows else 0
    begin, end = (int(words["since"]) - back) // 1000, int(words["until"]) // 1000
    inner = rolled(state, begin, end, series=words["series"], hours=source is Source.HOUR)
    return sql(
        f"rolled_{shape}", {**words, "value": _ROLLED_UP.get(aggregate, ""), "rolled": inner}
    )


def rolled(state: Rolling, begin: int, end: int, *, series: str, hours: bool) -> str:
    """Rows as roll-ups have them for the windows of a time (Unix seconds), each window once."""
    texts = []
    for part in parts(state, begin, end, hours=hours):
        texts.append(_part(part, series))
        if state.before and part.table in _BEFORE:
            texts.append(_part(part, series, before=True))
    union = "\nUNION ALL\n".join(texts)
    return sql("parts_best", {"parts": union}) if state.before else union


def _part(part: Part, series: str, *, before: bool = False) -> str:
    words = {
        "series": series,
        "table": _BEFORE[part.table] if before else part.table,
        "begin": str(part.begin),
        "end": str(part.end),
        "but": "",
    }
    window = f"intDiv(toInt64(toUnixTimestamp(at)), {part.width}) * {part.width}"
    if part.only:
        words["but"] = f"AND {window} IN ({listed(part.only)})"
    elif part.without:
        words["but"] = f"AND {window} NOT IN ({listed(part.without)})"
    name = "part_raw" if part.table == RAW else "part_before" if before else "part_rolled"
    return sql(name, words)


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
