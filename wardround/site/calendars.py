"""Whether working time can be counted in the weeks ahead; asks a running installation's stores."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import DatabaseError

from wardround.site.doctor import Finding
from wardround.worktime import queries as worktime

AHEAD = timedelta(days=30)


def examine(at: datetime) -> Finding:
    """Holiday lists are published late in the year; without one, clocks count by weekday."""
    try:
        missing = worktime.missing_lists(at, ahead=AHEAD)
    except DatabaseError:
        return Finding(
            "calendar", "warning", "工作日历暂时读不到，平台可能正在首次启动。请稍后再试。",
            "The calendars cannot be read now; perhaps this is the first start. Try again soon.",
        )  # fmt: skip
    if not missing:
        return Finding("calendar", "ok", "节假日安排齐全。", "The holidays ahead are known.")
    named = "、".join(sorted({f"{one.year}（{one.region}）" for one in missing}))
    english = ", ".join(sorted({f"{one.year} ({one.region})" for one in missing}))
    return Finding(
        "calendar", "warning",
        f"缺少节假日安排：{named}，工时暂按星期计算。公布后请按 docs/tickets.md 导入。",
        f"Holiday lists are missing: {english}; working time counts by weekday until they are"
        " imported, see docs/tickets.md.",
    )  # fmt: skip
