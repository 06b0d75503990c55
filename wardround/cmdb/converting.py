"""Values written in another form where their attribute becomes another type: a number as text, a
text that says a number as one. What cannot be stays as it is, and is counted as unfit. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from wardround.kernel.secrets import is_sealed
from wardround.schema.errors import Unfit
from wardround.schema.types import AttributeType, ItemAttribute
from wardround.schema.values import normal

_APART = (AttributeType.SECRET, AttributeType.REFERENCE)
"""Types whose values no other type reads."""


def converted(was: ItemAttribute, becomes: ItemAttribute, value: Any) -> Any:
    """A stored value in the form of what its attribute becomes; None where there is none."""
    apart = was.type in _APART or becomes.type in _APART
    if apart or value is None or is_sealed(value):
        return None
    for said in _ways(becomes, value):
        try:
            return normal(becomes, said)
        except Unfit:
            continue
    return None


def _ways(becomes: ItemAttribute, value: Any) -> Iterator[Any]:
    """The value as the new type might take it, the plainest first."""
    yield value
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield _number_text(value)
    elif isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        if becomes.type is AttributeType.CHOICE:
            yield from _choice(becomes, text)
        elif read := _READ.get(becomes.type):
            said = read(text)
            yield from () if said is None else (said,)


def _number_text(value: float) -> str:
    whole = isinstance(value, int) or value.is_integer()
    return str(int(value)) if whole else repr(value)


_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_YES, _NO = frozenset({"是", "有", "yes", "true", "1"}), frozenset({"否", "无", "no", "false", "0"})


def _number(text: str) -> int | float | None:
    if not _NUMBER.fullmatch(text):
        return None
    plain = text.replace(",", "")
    return float(plain) if "." in plain else int(plain)


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _day(text: str) -> str | None:
    found = _DAY.fullmatch(text)
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else None


def _boolean(text: str) -> bool | None:
    said = text.casefold()
    return True if said in _YES else False if said in _NO else None


def _choice(becomes: ItemAttribute, text: str) -> Iterator[str]:
    """The choice that is called so, in either language."""
    said = text.casefold()
    for choice in becomes.choices:
        if said in {each.casefold() for each in (choice.value, choice.label.zh, choice.label.en)}:
            yield choice.value


_READ: Mapping[AttributeType, Callable[[str], Any]] = {
    AttributeType.NUMBER: _number,
    AttributeType.PORT: _whole,
    AttributeType.DATE: _day,
    AttributeType.BOOLEAN: _boolean,
}
