"""Rows of a call that says many things: one that cannot be read is refused like one that cannot be
stored, and not with it all the others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from wardround.cmdb.items import ItemEdit
from wardround.cmdb.rows import ItemRow, Row
from wardround.kernel.errors import FieldProblem
from wardround.kernel.shapes import field_problem


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """A row of the wrong shape; it takes the place of one that was read."""

    key: str
    problems: tuple[FieldProblem, ...]

    def row(self, number: int) -> Row:
        told = tuple(replace(problem, row=number) for problem in self.problems)
        return Row(number, ItemRow(ItemEdit(), key=self.key or None), problems=told)


def _read(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError as error:
        key = value.get("key") if isinstance(value, dict) else None
        found = (field_problem({"loc": ("row",), **_placed(each)}) for each in error.errors())
        problems = tuple(found)
        return UnreadRow(key if isinstance(key, str) else "", problems)


def _placed(found: Any) -> dict[str, Any]:
    """What pydantic found, at its place in the row; without one it is the row as a whole."""
    return {name: told for name, told in found.items() if name != "loc" or told}


ROW_BY_ROW = WrapValidator(_read)
