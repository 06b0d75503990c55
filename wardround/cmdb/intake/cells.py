"""What a cell says, as the attribute's type takes it. Pure; what fits no form is left as it is, so
that the type refuses it in its own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from types import MappingProxyType

from wardround.cmdb.intake.tables import Cell
from wardround.kernel.typed_text import compatible, matching, typed
from wardround.schema.types import Attribute, AttributeType

_YES = frozenset({"true", "yes", "y", "1", "是", "有", "√", "✓", "on", "启用"})
_NO = frozenset({"false", "no", "n", "0", "否", "无", "×", "✗", "off", "停用"})
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_CLOCK = re.compile(r"(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2}))?秒?")
_FIRST_DAY = date(1899, 12, 30)
"""Day 0 of a spreadsheet, as far as days from March 1900 on are concerned."""
_DAYS = range(20_000, 80_000)
"""Numbers that a spreadsheet means as days of 1954 to 2119."""
_UNIT = re.compile(r"\(\s*([KMGT]?i?B)\s*\)\s*(?:#\d+)?$", re.IGNORECASE)
_WITH_LENGTH = re.compile(r"([0-9.]{7,15}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)/\d{1,3}")
_RACK_UNITS = re.compile(r"(\d+)U", re.IGNORECASE)
_WHOLE = 10**15
"""From here on a spreadsheet's numbers lose digits."""
_BYTES = ("B", "bytes")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)(B|[KMGT]i?B?)", re.IGNORECASE)
_FEW_BYTES = 2**20
"""What is measured in bytes has more: with fewer and no unit, somebody means another unit."""
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def as_text(cell: Cell) -> str:
    """A cell as a person reads it; a whole number without its point."""
    if isinstance(cell, str):
        return typed(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _WHOLE else repr(cell)
    if isinstance(cell, datetime):
        day = not (cell.hour or cell.minute or cell.second)
        return cell.date().isoformat() if day else cell.isoformat(sep=" ")
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


def value(attribute: Attribute, cell: Cell, head: str, zone: tzinfo) -> object:
    """What it says for this attribute; None where it is empty."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if attribute.type is AttributeType.NUMBER:
        return _number(cell, _factor(attribute, head))
    if attribute.type in (AttributeType.DATETIME, AttributeType.DATE):
        return _day_or_moment(attribute, cell, zone)
    return _OTHERS.get(attribute.type, _as_text)(attribute, cell)


def _day_or_moment(attribute: Attribute, cell: Cell, zone: tzinfo) -> object:
    moment = _moment(cell)
    if attribute.type is AttributeType.DATE or moment is None:
        return moment.date().isoformat() if moment else as_text(cell)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _as_text(_attribute: Attribute, cell: Cell) -> object:
    return as_text(cell)


def _boolean(_attribute: Attribute, cell: Cell) -> object:
    if isinstance(cell, bool):
        return cell
    word = matching(as_text(cell))
    return True if word in _YES else False if word in _NO else as_text(cell)


def _choice(attribute: Attribute, cell: Cell) -> object:
    text = as_text(cell)
    wanted = matching(text)
    for choice in attribute.choices:
        if wanted in map(matching, (choice.value, choice.label.zh, choice.label.en)):
            return choice.value
    return text


def _secret(_attribute: Attribute, cell: Cell) -> object:
    return cell if isinstance(cell, str) else as_text(cell)


def _address(_attribute: Attribute, cell: Cell) -> object:
    """An address with the length of its network behind it is that address."""
    text = as_text(cell)
    found = _WITH_LENGTH.fullmatch(text)
    return found[1] if found else text


_OTHERS: Mapping[AttributeType, Callable[[Attribute, Cell], object]] = MappingProxyType(
    {
        AttributeType.ADDRESS: _address,
        AttributeType.BOOLEAN: _boolean,
        AttributeType.CHOICE: _choice,
        AttributeType.SECRET: _secret,
    }
)


def without_unit(attribute: Attribute, cell: Cell, head: str) -> bool:
    """Whether nobody can tell what a number of bytes means: a memory of 64 has not 64 of them."""
    if attribute.unit not in _BYTES or _UNIT.search(compatible(head)):
        return False
    number = _number(cell, None)
    return isinstance(number, int | float) and 0 < number < _FEW_BYTES


def _factor(attribute: Attribute, head: str) -> int | None:
    """By what a number is multiplied whose head names a larger unit of bytes; none where it is not
    of bytes, and a unit behind it means nothing.
    """
    if attribute.unit not in _BYTES:
        return None
    unit = _UNIT.search(compatible(head))
    return _times(unit[1]) if unit else 1


def _times(unit: str) -> int:
    return 1 << 10 * _POWERS[unit.upper().rstrip("B").rstrip("I")]


def _bare(cell: Cell) -> str:
    return compatible(as_text(cell)).replace(",", "").replace(" ", "")


def _number(cell: Cell, factor: int | None) -> object:
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float):
        number = float(cell)
    else:
        text = _RACK_UNITS.sub(r"\1", _bare(cell))
        if factor is not None and (amount := _AMOUNT.fullmatch(text)):
            text, factor = amount[1], _times(amount[2])
        try:
            number = float(text)
        except ValueError:
            return as_text(cell)
    number *= factor or 1
    return int(number) if number.is_integer() else number


def _moment(cell: Cell) -> datetime | None:
    if isinstance(cell, date):
        return cell if isinstance(cell, datetime) else datetime.combine(cell, time())
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _of_days(float(cell))
    return _of_text(as_text(cell))


@lru_cache(maxsize=20_000)
def _of_text(given: str) -> datetime | None:
    """A column of dates has few of them, and each many times."""
    text = compatible(given).strip()
    if re.fullmatch(r"\d{5}", text):
        return _of_days(float(text))
    if re.fullmatch(r"(19|20)\d{6}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _written(text)


def _of_days(number: float) -> datetime | None:
    if int(number) not in _DAYS:
        return None
    return datetime.combine(_FIRST_DAY, time()) + timedelta(seconds=round(number * 86_400))


def _written(text: str) -> datetime | None:
    day = _DAY.match(text)
    if day is None:
        return None
    rest = text[day.end() :].strip()
    clock = _CLOCK.fullmatch(rest) if rest else None
    if rest and clock is None:
        return None
    hours = [int(part or 0) for part in clock.groups()] if clock else [0, 0, 0]
    try:
        return datetime(*map(int, day.groups()), *hours)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
