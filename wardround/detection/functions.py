"""Which functions an expression may use, with the names and the meaning of PromQL."""

from __future__ import annotations

WINDOW_FUNCTIONS = frozenset(
    {
        "increase",
        "irate",
        "rate",
        "absent_over_time",
        "avg_over_time",
        "changes",
        "count_over_time",
        "delta",
        "deriv",
        "idelta",
        "last_over_time",
        "max_over_time",
        "min_over_time",
        "predict_linear",
        "present_over_time",
        "quantile_over_time",
        "resets",
        "stddev_over_time",
        "stdvar_over_time",
        "sum_over_time",
    }
)

VALUE_AT = "value_at"
"""The value at an earlier moment, which `offset` alone asks for; nobody writes it."""
OUTLASTING = frozenset({"absent_over_time", "last_over_time", "present_over_time", VALUE_AT})
"""Functions of which one value is enough, whatever became of the series since."""

CALENDAR_FUNCTIONS = frozenset(
    {
        "day_of_month",
        "day_of_week",
        "day_of_year",
        "days_in_month",
        "hour",
        "minute",
        "month",
        "year",
    }
)
"""Of a moment in seconds since 1970, in UTC; of now if none is given."""

NUMBERS_OF = {
    "abs": (0, 0),
    "ceil": (0, 0),
    "clamp": (2, 2),
    "clamp_max": (1, 1),
    "clamp_min": (1, 1),
    "exp": (0, 0),
    "floor": (0, 0),
    "ln": (0, 0),
    "log10": (0, 0),
    "log2": (0, 0),
    "round": (0, 1),
    "sgn": (0, 0),
    "sort": (0, 0),
    "sort_desc": (0, 0),
    "sqrt": (0, 0),
}
"""Functions of each value; how many plain numbers follow it, at least and at most."""

WHOLE_FUNCTIONS = frozenset({"absent", "histogram_quantile", "scalar", "timestamp", "vector"})
LABEL_FUNCTIONS = frozenset({"label_join", "label_replace"})
NULLARY_FUNCTIONS = frozenset({"pi", "time"})

FUNCTIONS = (
    WINDOW_FUNCTIONS
    | CALENDAR_FUNCTIONS
    | frozenset(NUMBERS_OF)
    | WHOLE_FUNCTIONS
    | LABEL_FUNCTIONS
    | NULLARY_FUNCTIONS
)

PLAIN_AGGREGATIONS = frozenset({"avg", "count", "group", "max", "min", "stddev", "stdvar", "sum"})
NUMBERED_AGGREGATIONS = frozenset({"bottomk", "quantile", "topk"})
DISTINCT = "count_distinct"
"""`count(count_values("any", x))`, the one use of `count_values` that has labels of its own."""
AGGREGATIONS = PLAIN_AGGREGATIONS | NUMBERED_AGGREGATIONS | {"count_values"}
SELECTING_AGGREGATIONS = frozenset({"bottomk", "topk"})
"""They keep the labels of what they choose."""
