"""ClickHouse's error codes as far as they mean something here, and the error that carries one."""

from __future__ import annotations

import re

_ERROR_CODE = re.compile(r"Code: (\d+)\.")

NO_SUCH_COLUMN = 16
BAD_ARGUMENTS = 36
UNKNOWN_TABLE = 60
UNKNOWN_DATABASE = 81
TIMEOUT_EXCEEDED = 159
TOO_MANY_SIMULTANEOUS_QUERIES = 202
NO_SPACE = 243
UNKNOWN = 1001


class EngineError(Exception):
    """What the engine answered, with ClickHouse's own error code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @classmethod
    def from_text(cls, text: str) -> EngineError:
        found = _ERROR_CODE.search(text)
        return cls(int(found[1]) if found else UNKNOWN, text[found.start() :] if found else text)
