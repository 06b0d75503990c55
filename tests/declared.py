"""Every answer that any test gets must be one that the API's description names."""

from __future__ import annotations

import json
import re
from functools import cache

from tools.openapi import document

_NOT_OF_A_ROUTE = {405, 500}
"""A method that an address does not take; and what fell over, which tests look at themselves."""


@cache
def _statuses() -> list[tuple[str, re.Pattern[str], frozenset[int]]]:
    found = []
    for path, operations in json.loads(document())["paths"].items():
        place = re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path.removeprefix("/api/v1")))
        for method, operation in operations.items():
            named = frozenset(int(status) for status in operation["responses"] if status.isdigit())
            found.append((method.upper(), re.compile(place), named))
    return found


def named(method: str, path: str) -> frozenset[int] | None:
    """The statuses of a route; None for an address that has none."""
    place = path.partition("?")[0]
    # The longest pattern first would be a guess: a path without parameters is the one meant.
    routes = [
        (pattern, statuses)
        for known, pattern, statuses in _statuses()
        if known == method and pattern.fullmatch(place)
    ]
    return min(routes, key=lambda route: route[0].pattern.count("[^/]"))[1] if routes else None


def require(method: str, path: str, status: int) -> None:
    """Fail where the description lacks this status."""
    statuses = named(method, path)
    if statuses is not None and status not in _NOT_OF_A_ROUTE:
        assert status in statuses, f"{method} {path} answered {status}, which openapi.json lacks"
