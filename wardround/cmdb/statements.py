"""The room's named SQL statements, each in a file of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

_FOLDER = Path(__file__).resolve().parent / "sql"


@lru_cache
def statement(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def changed(name: str, parameters: Mapping[str, Any]) -> int:
    """Run a statement and say how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters)
        return int(cursor.rowcount)


def returned(name: str, parameters: Mapping[str, Any], *, after: str = "") -> list[tuple[Any, ...]]:
    """Run a statement and give the rows it returns; `after`: the rows it goes by, in a file too."""
    text = f"{statement(after)}{statement(name)}" if after else statement(name)
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return list(cursor.fetchall())


def listed(kind: str, values: Collection[object]) -> RawSQL:
    """One parameter for any number of values."""
    return RawSQL(f"SELECT unnest(%s::{kind}[])", [list(values)])  # noqa: S611  # a name of ours


_LOCK = 0x5741_5244_0301


def in_turn() -> None:
    """Let whoever writes items do it one after the other, until this transaction ends.

    One edit moves many rows (which systems an item serves is derived from all relations), in an
    order that nobody chose: two at once would wait for each other, and neither would derive what
    the other has not told yet. It is asked for after `schema.hold`, and before any row is locked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


_PATIENCE = {
    "idle_in_transaction_session_timeout": "30min",
    "lock_timeout": "30min",
    "statement_timeout": "10min",
}


def take_time() -> None:
    """Let this transaction wait, think and write longer than others may: what a large file comes
    to is found out and written in one, and a connection that is cut off gives up all of it.
    """
    with connection.cursor() as cursor:
        for name, length in _PATIENCE.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, length])


def analyse() -> None:
    """Renew the planner's picture of the tables, inside the transaction that filled them."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cmdb_item, cmdb_relation, cmdb_item_text")
