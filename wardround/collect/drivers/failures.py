"""Which class of reason an error of the network belongs to."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

from wardround.collect.types import Reason

_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
_CLASSES: tuple[tuple[type[BaseException], Reason], ...] = (
    (socket.gaierror, Reason.DNS),
    (ConnectionRefusedError, Reason.REFUSED),
    (ssl.SSLError, Reason.TLS),
    (TimeoutError, Reason.TIMEOUT),
    (ConnectionResetError, Reason.CUT),
    (BrokenPipeError, Reason.CUT),
)


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything behind it, groups opened."""
    waiting = [error]
    seen: set[int] = set()
    while waiting:
        failure = waiting.pop(0)
        if id(failure) in seen:
            continue
        seen.add(id(failure))
        yield failure
        if isinstance(failure, BaseExceptionGroup):
            waiting.extend(failure.exceptions)
        waiting.extend(
            cause for cause in (failure.__cause__, failure.__context__) if cause is not None
        )


def reason_of(error: BaseException) -> Reason | None:
    """The reason class of the first known error behind this one."""
    return next((reason for cause in causes(error) if (reason := _class_of(cause))), None)


def _class_of(error: BaseException) -> Reason | None:
    if isinstance(error, OSError) and error.errno in _UNREACHABLE:
        return Reason.UNREACHABLE
    return next((reason for kind, reason in _CLASSES if isinstance(error, kind)), None)
