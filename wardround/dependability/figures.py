"""How counts are written: in digits while they can be read, else rounded and said to be.

Python refuses to write more than 4,300 digits of an integer, and nobody reads fifty. The exact
value stays where it was: `CutSets.count` and `by_order` are integers of any length.
"""

from __future__ import annotations

import math

_READABLE = 10**30
_SAFE_INTEGER = 2**53  # up to which every reader of JSON keeps an integer as it is
_LONGEST = 10**4000
_MANTISSA = 60  # bits


def written(number: int) -> str:
    """With commas, or from 10³⁰ on as `≈ 1.2345e67`, which is rounded."""
    return f"{number:,}" if abs(number) < _READABLE else f"≈ {_rounded(number)}"


def for_json(number: int) -> int | str:
    """An integer that every reader keeps; from 2⁵³ on a text: its digits, and where they are more
    than 4,000 `≈1.2345e6789`, which is rounded.
    """
    if number < _SAFE_INTEGER:
        return number
    return str(number) if number < _LONGEST else f"≈{_rounded(number)}"


def _rounded(number: int) -> str:
    sign, number = ("-", -number) if number < 0 else ("", number)
    cut = max(0, number.bit_length() - _MANTISSA)
    logarithm = math.log10(number >> cut) + cut * math.log10(2.0)
    exponent = math.floor(logarithm)
    mantissa = f"{10.0 ** (logarithm - exponent):.4f}"
    if mantissa.startswith("10"):
        mantissa, exponent = "1.0000", exponent + 1
    return f"{sign}{mantissa}e{exponent}"
