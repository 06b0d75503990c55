"""The room's named SQL statements, each in a file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection

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


def analyse() -> None:
    """Renew the planner's picture of the tables, inside the transaction that filled them."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cmdb_item, cmdb_relation")
