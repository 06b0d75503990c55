"""What the store said, or its silence, as an error of this room."""

from __future__ import annotations

import logging

from django.utils.translation import gettext_lazy as _
from urllib3.exceptions import ReadTimeoutError

from wardround.history.engine_codes import INSERT_WAS_DEDUPLICATED, NO_SPACE
from wardround.history.errors import (
    BatchChanged,
    EngineError,
    HistoryFailed,
    HistoryFull,
    HistorySignInRefused,
    HistoryTooSlow,
    HistoryUnavailable,
)
from wardround.kernel.errors import WardroundError

log = logging.getLogger(__name__)

# ClickHouse's error codes that mean something to the reader.
_TOO_SLOW = frozenset({159, 160})
_WRONG_PASSWORD = 516
_OF_CODE: dict[int | None, type[WardroundError]] = {
    NO_SPACE: HistoryFull,
    INSERT_WAS_DEDUPLICATED: BatchChanged,
}
BUSY = _("it is too busy")
_REASONS = {
    202: BUSY,  # too many statements at once
    241: BUSY,  # out of the memory it may use
    252: BUSY,  # too many parts: merging cannot follow
    81: _("it has not been set up yet"),
    _WRONG_PASSWORD: _("it does not accept our password"),
}


def code_of(code: int | None, text: str) -> int | None:
    """The engine's code; old servers say it in words alone."""
    if code is None and "DB::Exception" in text:
        return EngineError.from_text(text).code
    return code


def meaning(
    code: int | None, text: str, cause: BaseException | None, *, seconds: int
) -> WardroundError:
    """The error for what the store answered within so many seconds, or for why it did not."""
    if code in _TOO_SLOW:
        return HistoryTooSlow(seconds=seconds)
    if "No space left on device" in text:
        code = NO_SPACE
    if code in _OF_CODE:
        return _OF_CODE[code]()
    reason = silence(cause) if code is None else _REASONS.get(code)
    if reason is not None:
        kind = HistorySignInRefused if code == _WRONG_PASSWORD else HistoryUnavailable
        return kind(reason=reason)
    log.error("the history store refused a statement: %s", text)
    return HistoryFailed(engine_code=code)


def silence(error: BaseException | None) -> object:
    """Why nothing came back, from the chain of causes the driver left."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ReadTimeoutError):
            return _("no answer in time")
        cause = cause.__cause__ or cause.__context__
    return _("no connection")
