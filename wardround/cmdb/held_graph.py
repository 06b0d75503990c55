"""The graph of this process, right in every process: read once, then kept in step by the log of
changes that triggers write (`migrations/0007_graph_changes.py` and `0008`).

Who asks looks at the newest change (one small query) and takes in what came since; writers do it
in turn (`statements.in_turn`), so that numbers come in the order in which they may be seen. 200,000
items and 1,000,000 relations hold some 50 MB.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from wardround.cmdb import rules, statements
from wardround.cmdb.drawn import Drawn, Touched
from wardround.cmdb.graph import Graph
from wardround.schema import queries as schema
from wardround.schema.types import Capability, Impact

_Kinds = tuple[tuple[str, ...], tuple[str, ...]]
"""Those whose source needs the target, and those whose target needs the source."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A place in the log."""

    number: int
    token: UUID


@dataclass(frozen=True, slots=True)
class _Held:
    until: _Change
    drawn: Drawn
    kinds: _Kinds
    apart: tuple[str, ...]
    """Types whose items take no part in impact."""
    graph: Graph


class _InProcess:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: _Held | None = None

    def current(self) -> Graph:
        """The graph as the database is now, as this transaction sees it."""
        kinds, apart = _impact_kinds(), _apart()
        with self._lock:
            newest, known, writing = _newest(self._held.until if self._held else None)
            held = self._held
            if (
                held is None
                or not known
                or set(held.kinds[0] + held.kinds[1]) != set(sum(kinds, ()))
            ):
                held = _read(newest, kinds, apart)
            else:
                held = _brought_on(held, newest, kinds, apart)
            if not writing:  # what this transaction wrote may be rolled back
                self._held = held
        return held.graph


_in_process = _InProcess()


def current() -> Graph:
    """Who needs whom, now. The first call of a process reads everything."""
    return _in_process.current()


def _impact_kinds() -> _Kinds:
    kinds = schema.remembered_relation_kinds()
    upward = rules.impact_kinds(kinds, Impact.TARGET_TO_SOURCE)
    downward = rules.impact_kinds(kinds, Impact.SOURCE_TO_TARGET)
    return tuple(upward), tuple(downward)


def _apart() -> tuple[str, ...]:
    return tuple(rules.types_without(Capability.IMPACT, schema.remembered_item_types()))


def _newest(until: _Change | None) -> tuple[_Change | None, bool, bool]:
    """The newest change, whether that one is in the log, and whether we are writing ourselves."""
    wanted = {"number": until.number if until else None, "token": until.token if until else None}
    rows = statements.returned("graph_newest", wanted)
    if not rows:  # an emptied log tells nothing
        return None, False, True
    number, token, known, writing = rows[0]
    return _Change(number, token), known, writing


def _read(newest: _Change | None, kinds: _Kinds, apart: tuple[str, ...]) -> _Held:
    types = [name for (name,) in statements.returned("graph_types", {})]
    names = kinds[0] + kinds[1]
    items = _copied("graph_items", {"types": list(types)})
    drawn = Drawn.read(items, _copied("graph_relations", {"kinds": list(names)}), types, names)
    until = newest or _Change(0, UUID(int=0))
    return _Held(until, drawn, kinds, apart, drawn.graph(*kinds, apart))


def _brought_on(
    held: _Held, newest: _Change | None, kinds: _Kinds, apart: tuple[str, ...]
) -> _Held:
    if newest == held.until or newest is None:
        if (kinds, apart) == (held.kinds, held.apart):
            return held
        return _Held(held.until, held.drawn, kinds, apart, held.drawn.graph(*kinds, apart))
    span = {"after": held.until.number, "until": newest.number}
    rows = statements.returned("graph_touched", span)
    if any(kind is None for kind, *_rest in rows):
        return _read(newest, kinds, apart)
    names = {"", *kinds[0], *kinds[1]}  # without a kind: an item by itself
    drawn = held.drawn.after(
        [
            Touched(
                kind, source, target, source_type or "", target_type or "", bool(stands), *terms
            )
            for kind, source, target, source_type, target_type, stands, *terms in rows
            if kind in names
        ]
    )
    return _Held(newest, drawn, kinds, apart, drawn.graph(*kinds, apart))


def _copied(name: str, parameters: Mapping[str, Any]) -> bytes:
    sql = statements.statement(name)
    # the driver's own cursor: one that counts statements takes no parameters here
    with connection.cursor() as cursor, cursor.cursor.copy(sql, parameters) as rows:
        return b"".join(bytes(part) for part in rows)
