"""Ctrl-C in the commands: an answer of what is known, or at least the end, within a second or two.

Python runs its handlers between two lines of Python; compiled code holds them up.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, NoReturn

from wardround.dependability import compiling
from wardround.kernel.wording import told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from wardround.dependability.diagram import Budget

STOPPED = 130
"""The code of a program that a person stopped, as a shell counts signals."""
_PATIENCE = 2.0  # seconds of the processor after Ctrl-C until it ends without an answer
_GRACE = 0.4  # seconds the usual way to stop has


@contextlib.contextmanager
def interruptible(budget: Budget) -> Iterator[None]:
    """Ctrl-C ends the budget, so that what is known gets printed; a second one ends the program,
    and so does the first where nothing looks at the budget for so long (the compiler).
    """

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if budget.stopped:
            if compiling.under_way():
                _leave()  # an exception in the midst of the compiler would crash it
            raise KeyboardInterrupt
        budget.stopped = True
        signal.setitimer(signal.ITIMER_VIRTUAL, _PATIENCE)

    before = signal.signal(signal.SIGINT, stop), signal.signal(signal.SIGVTALRM, stop)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGVTALRM, before[1])


@contextlib.contextmanager
def ended_at_once() -> Iterator[None]:
    """Ctrl-C ends the program also while compiled code runs on, or threads do: Python itself would
    wait for them. Whoever asked hears of it by a pipe that the system's handler writes to.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    over = threading.Event()

    def watch() -> None:
        if os.read(reading, 1) and not over.wait(_GRACE):
            _leave()

    watcher = threading.Thread(target=watch, daemon=True)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        signal.set_wakeup_fd(before)
        os.close(writing)
        watcher.join()
        os.close(reading)


def _leave() -> NoReturn:
    print(told("Stopped."), file=sys.stderr, flush=True)  # noqa: T201  a command prints
    os._exit(STOPPED)
