"""Parsed definitions in this process, right in every process.

Every import changes one token in the database. A process looks at it at most once a second and
forgets what it holds when the token is another one; the importing process looks at once. Inside
the importing transaction what is read stays private to its thread, because it may be rolled back.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from time import monotonic
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wardround.schema import kinds
from wardround.schema.models import Definition, Revision

logger = logging.getLogger("wardround.schema")

FRESH_S = 1.0
_LOCK = 0x5741_5244_0201
"""Who changes definitions holds it alone; who writes rows that name some shares it."""


class Snapshot:
    """What is known of the definitions under one token; kinds are loaded when asked for."""

    def __init__(self, token: UUID | None) -> None:
        self.token = token
        self.checked_at = monotonic()
        self.derived: dict[str, Any] = {}
        self._current: dict[str, Mapping[str, Any]] = {}
        self._versions: dict[str, Mapping[str, int]] = {}
        self._past: dict[tuple[str, str, int], Any] = {}

    def values(self, kind: str) -> Mapping[str, Any]:
        """Every current definition of a kind, parsed, by name."""
        if kind not in self._current:
            self._load(kind)
        return self._current[kind]

    def versions(self, kind: str) -> Mapping[str, int]:
        if kind not in self._versions:
            self._load(kind)
        return self._versions[kind]

    def past(self, kind: str, name: str, version: int) -> Any | None:
        """One version, current or not; None if there is none, or none that can be read."""
        key = kind, name, version
        if key not in self._past:
            rows = Definition.objects.filter(kind=kind, name=name, version=version)
            body = rows.values_list("body", flat=True).first()
            self._past[key] = None if body is None else _read(kind, name, body)
        return self._past[key]

    def _load(self, kind: str) -> None:
        rows = Definition.objects.filter(kind=kind, current=True).order_by("name")
        found = list(rows.values_list("name", "version", "body"))
        self._versions[kind] = MappingProxyType({name: version for name, version, _body in found})
        values = {name: _read(kind, name, body) for name, _version, body in found}
        readable = {name: value for name, value in values.items() if value is not None}
        self._current[kind] = MappingProxyType(readable)


def parsed(kind: str, body: str) -> Any:
    """The frozen value of a stored body; KeyError for a kind no room here knows."""
    known = kinds.kind_named(kind)
    if known is None:
        raise KeyError(kind)
    return known.stored(body)


def _read(kind: str, name: str, body: str) -> Any | None:
    """One that cannot be read takes none of the others away: it is as if it were not there."""
    try:
        return parsed(kind, body)
    except ValueError:
        logger.exception("The stored definition %s %s cannot be read", kind, name)
        return None


class _Settle:
    """Run at the commit of a change, and gone from the connection once it is rolled back."""

    def __call__(self) -> None:
        _private.settle, _private.snapshot = None, None
        _shared.clear()


class _Private(threading.local):
    """What the importing transaction of this thread has made of the definitions."""

    settle: _Settle | None = None
    """That of its newest change."""
    snapshot: Snapshot | None = None


_private = _Private()
_shared: list[Snapshot] = []


def snapshot() -> Snapshot:
    """What is known now; at most one small query, at most once a second."""
    if _importing():
        if _private.snapshot is None:
            _private.snapshot = Snapshot(_token())
        return _private.snapshot
    held = _shared[0] if _shared else None
    if held is None or monotonic() - held.checked_at > FRESH_S:
        held = _checked(held)
        _shared[:] = [held]
    return held


def _importing() -> bool:
    """Whether this thread is inside a transaction that has changed definitions.

    What a savepoint changed goes with it; what the transaction had changed before it stays.
    """
    waiting = (entry[1] for entry in reversed(connection.run_on_commit))
    newest = next((done for done in waiting if isinstance(done, _Settle)), None)
    if newest is not _private.settle:
        _private.settle, _private.snapshot = newest, None
    return newest is not None


def _token() -> UUID | None:
    return Revision.objects.values_list("token", flat=True).first()


def _checked(held: Snapshot | None) -> Snapshot:
    token = _token()
    if held is None or held.token != token:
        return Snapshot(token)
    held.checked_at = monotonic()
    return held


def lock(*, shared: bool) -> None:
    """Wait for who changes definitions, and let nobody do it until this transaction ends."""
    with connection.cursor() as cursor:
        function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
        cursor.execute(f"SELECT {function}(%s)", [_LOCK])


def hold() -> None:
    """Let definitions be until this transaction ends, and look at them as they are by now."""
    lock(shared=True)
    if not _importing():
        _shared[:] = [_checked(_shared[0] if _shared else None)]


def changed() -> None:
    """Say that this transaction has changed definitions and their token."""
    settle = _Settle()
    _private.settle, _private.snapshot = settle, None
    transaction.on_commit(settle)
