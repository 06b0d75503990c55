"""Parsed definitions in this process, right in every process.

Every import changes one token in the database. A process looks at it at most once a second and
forgets what it holds when the token is another one; the importing process looks at once. Inside
the importing transaction what is read stays private to its thread, because it may be rolled back.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from time import monotonic
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wardround.schema import kinds
from wardround.schema.models import Definition, Revision

FRESH_S = 1.0


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
        """One version, current or not; None if there never was one."""
        key = kind, name, version
        if key not in self._past:
            rows = Definition.objects.filter(kind=kind, name=name, version=version)
            body = rows.values_list("body", flat=True).first()
            self._past[key] = None if body is None else parsed(kind, body)
        return self._past[key]

    def _load(self, kind: str) -> None:
        rows = Definition.objects.filter(kind=kind, current=True).order_by("name")
        found = list(rows.values_list("name", "version", "body"))
        self._versions[kind] = MappingProxyType({name: version for name, version, _body in found})
        values = {name: parsed(kind, body) for name, _version, body in found}
        self._current[kind] = MappingProxyType(values)


def parsed(kind: str, body: str) -> Any:
    """The frozen value of a stored body; KeyError for a kind no room here knows."""
    known = kinds.kind_named(kind)
    if known is None:
        raise KeyError(kind)
    return known.parse(json.loads(body))


class _Private(threading.local):
    importing = False
    snapshot: Snapshot | None = None


_private = _Private()
_shared: list[Snapshot] = []


def snapshot() -> Snapshot:
    """What is known now; at most one small query, at most once a second."""
    if _private.importing and connection.in_atomic_block:
        _private.snapshot = _checked(_private.snapshot)
        return _private.snapshot
    _private.importing, _private.snapshot = False, None
    held = _shared[0] if _shared else None
    if held is None or monotonic() - held.checked_at > FRESH_S:
        held = _checked(held)
        _shared[:] = [held]
    return held


def _checked(held: Snapshot | None) -> Snapshot:
    token = Revision.objects.values_list("token", flat=True).first()
    if held is None or held.token != token:
        return Snapshot(token)
    held.checked_at = monotonic()
    return held


def changed() -> None:
    """Say that this transaction has changed definitions and their token."""
    _private.importing, _private.snapshot = True, None
    transaction.on_commit(_settled)


def _settled() -> None:
    _private.importing, _private.snapshot = False, None
    _shared.clear()
