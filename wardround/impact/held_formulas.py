"""All formulas in this process, right in every process: read again when their token is another."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from wardround.impact.formulas import Term, read
from wardround.impact.models import FormulaRow, FormulaToken
from wardround.kernel.ids import new_id


@dataclass(frozen=True, slots=True, eq=False)
class Formulas:
    token: UUID | None
    by_item: Mapping[UUID, Term]


class _InProcess:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: Formulas | None = None

    def current(self) -> Formulas:
        # the token first: what is read after it is as new as it, or newer and read again
        token = FormulaToken.objects.values_list("token", flat=True).first()
        with self._lock:
            if self._held is None or self._held.token != token:
                rows = FormulaRow.objects.exclude(tree=None).order_by("item")
                trees = {item: read(tree) for item, tree in rows.values_list("item", "tree")}
                self._held = Formulas(token, MappingProxyType(trees))
            return self._held


_in_process = _InProcess()


def current() -> Formulas:
    """The formulas as the database has them, as this transaction sees it; one small query."""
    return _in_process.current()


def changed() -> None:
    """To be called last in every transaction that writes formulas: it waits for the others."""
    FormulaToken.objects.update_or_create(id=1, defaults={"token": new_id()})
