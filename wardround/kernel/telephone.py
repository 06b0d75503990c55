"""Telephone numbers as people in China write them, in one form.

`138-0000-0000`, `+86 138 0000 0000` and the same in full width are one number, and are kept as one:
`+86 138 0000 0000`. What is dialled inside of a house stays as short as it is. Numbering plan: a
mobile number has 11 digits and begins with 13 to 19; an area code has two or three digits behind
the 0, a number in it eight, with an area code of three perhaps seven (ITU-T, numbering plan of
country code 86).
"""

from __future__ import annotations

import re

from wardround.kernel.typed_text import typed_code

_EXTENSION = re.compile(
    r"[\s,;(]*(?:转接?|轉|分机号?|分機|内线|ext(?:ensio)?n?\.?=?|x|#)[\s:.]*(\d{1,6})\s*\)?\Z",
    re.IGNORECASE,
)
_LAST_GROUP = re.compile(r"\s*[-*]\s*(\d{1,6})\Z|\s*\(\s*(\d{1,6})\s*\)\Z")
_CALLED = re.compile(
    r"\A\s*(?:电话|電話|手机|手機|移动电话|座机|固话|总机|短号|内线|内部电话|院内|院内电话|分机号?|tel(?:ephone)?|phone"
    r"|mobile|ext)\s*[.:]?\s*(?=[+(\d*#])",
    re.IGNORECASE,
)
"""What kind of number follows, which its digits say as well."""
_TRUNK = re.compile(r"\(0\)")
_FILLERS = re.compile(r"[\s().·‐-―−~-]+")  # dashes of every length
_ABROAD = re.compile(r"\+[1-9]\d{5,14}\Z")
_MOBILE = re.compile(r"0?(1[3-9]\d)(\d{4})(\d{4})\Z")
_LANDLINE = re.compile(r"0(10|2\d)(\d{4})(\d{4})\Z|0([3-9]\d{2})(\d{3,4})(\d{4})\Z")
_SERVICE = re.compile(r"([48]00)(\d{3})(\d{4})\Z")
_SHORT = re.compile(r"\d{3,8}\Z")
_SWITCHED_ON = "转"
_LONG_ENOUGH = re.compile(r"\d{4,12}\Z")
_SWITCHED = re.compile(r"(?=.*\d)(?=.*[*#])[*#\d]{2,20}\Z")
"""What a switchboard understands: `*72#`."""


def normal_number(text: str) -> str | None:
    """The one form of a number; None for what is none.

    Mobile and land lines get the country's code. Numbers of a house, of a town without its area
    code and of services (400, 95598, 120) have none. An extension stands behind `转`.
    """
    written = _CALLED.sub("", typed_code(text), count=1)
    if (number := _plain_number(written)) is not None:
        return number
    if found := _EXTENSION.search(written):
        number = _plain_number(written[: found.start()])
    elif found := _LAST_GROUP.search(written):
        number = _with_code(written[: found.start()])
    if found and number:
        return f"{number} {_SWITCHED_ON} {found[found.lastindex or 0]}"
    return _of_switch(written)


def _with_code(written: str) -> str | None:
    """A short number has no last group: `138-0000-000` is one of too few digits."""
    number = _plain_number(written)
    return number if number is not None and number.startswith("+") else None


def dialled(text: str) -> str:
    """The digits to look for where somebody searches a number, without the country's; else none."""
    written = normal_number(text) or typed_code(text)
    number = _FILLERS.sub("", written.partition(_SWITCHED_ON)[0])
    digits = number.removeprefix("+86").removeprefix("+").removeprefix("0")
    return digits if _LONG_ENOUGH.match(digits) else ""


def digits(number: str) -> str:
    """A number as it is kept, without what groups it: what `dialled` is looked for in."""
    return re.sub(r"\D", "", number)


def _plain_number(written: str) -> str | None:
    digits = _FILLERS.sub("", _TRUNK.sub("", written))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("+86"):
        return _of_china(digits[3:]) or _of_china("0" + digits[3:])
    if _ABROAD.match(digits):
        return digits
    return _of_china(digits) or _without_plus(digits) or _of_house(digits)


def _of_china(digits: str) -> str | None:
    if found := _MOBILE.match(digits) or _LANDLINE.match(digits):
        return "+86 " + " ".join(filter(None, found.groups()))
    if found := _SERVICE.match(digits):
        return " ".join(found.groups())
    return None


def _without_plus(digits: str) -> str | None:
    """`86` before a whole number can only be the country's code: no number is that long."""
    if not digits.startswith("86"):
        return None
    return _of_china(digits[2:]) or _of_china("0" + digits[2:])


def _of_house(digits: str) -> str | None:
    return digits if _SHORT.match(digits) else None


def _of_switch(written: str) -> str | None:
    digits = _FILLERS.sub("", written)
    if not _SWITCHED.match(digits):
        return None
    return digits if digits == written else normal_number(digits)  # `010#0(` has an extension
