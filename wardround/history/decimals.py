"""Doubles to decimals where that loses nothing, many at once.

Measured values are printed with few digits, but a double holds 0.1 as 52 bits of noise. Digits and
a scale take less than two thirds of the room. `digits / 10**scale` is correctly rounded when
both are whole numbers a double holds, so the double that comes back is the one that went in; what
is no short decimal (NaN, infinities, -0.0, 1/3) stays a double, bit by bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wardround.dependability.compiled import compiled, inlined
from wardround.history.blocks import COUNTED, DOUBLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_SCALE = 12
LIMIT = 2.0**53
_POWERS = 10.0 ** np.arange(MOST_SCALE + 1)
_FAILURES = -8
"""Doubles in a row after which a series is tried only now and then."""
_TRY_AGAIN = 15


@inlined
def _digits(value: float, power: float) -> tuple[bool, np.int64]:
    """Whether value is exactly some digits / power, and the digits."""
    scaled = value * power
    if not abs(scaled) < LIMIT:  # also for NaN
        return False, np.int64(0)
    digits = np.int64(np.rint(scaled))
    back = np.float64(digits) / power
    same = back == value and (digits != 0 or not np.signbit(value))
    return same, digits


@inlined
def _search(value: float, usual: int) -> tuple[int, np.int64]:
    """The scale for a value that the usual one does not suit, and its digits; DOUBLE without."""
    for scale in range(max(usual + 1, 0), MOST_SCALE + 1):
        fits, digits = _digits(value, _POWERS[scale])
        if fits:
            return scale, digits
    for scale in range(max(usual, 0)):
        fits, digits = _digits(value, _POWERS[scale])
        if fits:
            return scale, digits
    return DOUBLE, np.int64(0)


@compiled
def encode(  # noqa: PLR0913, PLR0917  columns, as compiled code wants them
    values: NDArray[np.float64],
    places: NDArray[np.int64],
    scales: NDArray[np.int8],
    counters: NDArray[np.bool_],
    number: NDArray[np.int64],
    code: NDArray[np.int8],
) -> None:
    """Fill `number` and `code` for values, the i-th being of the series at `places[i]`.

    `scales` (a series' usual scale) is kept up: one scale for all values of a series makes its
    digits neighbours. `counters` says of which series they go to the counters' column.
    """
    bits = values.view(np.int64)
    for i in range(len(values)):
        place = places[i]
        usual = scales[place]
        fits, digits = False, np.int64(0)
        if usual >= 0:
            fits, digits = _digits(values[i], _POWERS[usual])
        scale = int(usual)
        if not fits:
            if usual > _FAILURES or i & _TRY_AGAIN == 0:
                scale, digits = _search(values[i], usual)
            else:
                scale = DOUBLE
            if scale > usual:
                scales[place] = scale
            elif scale == DOUBLE and _FAILURES < usual < 0:
                scales[place] = usual - 1
        if scale == DOUBLE:
            number[i], code[i] = bits[i], DOUBLE
        else:
            number[i] = digits
            code[i] = scale + COUNTED if counters[place] else scale
