"""The pulse of a process whose work is one event loop, for whoever started it to feel.

Nothing inside a process can be trusted to notice that its loop stands: what holds the loop may hold
the interpreter. So the loop writes a byte into an inherited pipe every second, and `wardround up`
reads them; on a signal the process tells where each of its threads stands, which works in the
middle of compiled code too.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import json
import os
import signal
from dataclasses import dataclass

HANDLE = "WARDROUND_PULSE"
"""Names the pipe's number to the process; unset where nobody feels the pulse."""
HISTORY = "WARDROUND_STOOD"
"""Tells the process how often those before it were ended for standing, and when last, as JSON."""
EVERY = 1.0
TURNED, ENDED = b".", b"e"
WHERE = signal.SIGUSR1
"""The signal on which a process writes the stacks of its threads to its log."""


class Pulse:
    """Belongs to the loop's thread."""

    def __init__(self, handle: int | None) -> None:
        self._handle = handle
        if handle is not None:
            os.set_blocking(handle, False)
            os.set_inheritable(handle, False)  # noqa: FBT003  # the function takes no name
            faulthandler.register(WHERE, all_threads=True)

    @classmethod
    def inherited(cls) -> Pulse:
        """The pulse that our starter feels, or one that nobody does."""
        told = os.environ.pop(HANDLE, "")
        return cls(int(told) if told.isdecimal() else None)

    async def beat(self) -> None:
        """Tell every second that the loop turns, until cancelled; then that it need not."""
        try:
            while True:
                self._tell(TURNED)
                await asyncio.sleep(EVERY)
        finally:
            self._tell(ENDED)

    def _tell(self, byte: bytes) -> None:
        if self._handle is not None:
            # Full: whoever feels it stands itself, and has enough to read. Broken: it is gone.
            with contextlib.suppress(BlockingIOError, BrokenPipeError):
                os.write(self._handle, byte)


@dataclass(frozen=True)
class Stood:
    """How often processes were ended because their loops stood, and when last (Unix seconds)."""

    times: int = 0
    last: float = 0.0

    def told(self) -> str:
        """For the next process."""
        return json.dumps([self.times, self.last])

    @classmethod
    def before_us(cls) -> Stood:
        """What became of the processes before this one, as our starter tells."""
        try:
            times, last = json.loads(os.environ.get(HISTORY, "[0, 0]"))
            return cls(int(times), float(last))
        except (TypeError, ValueError):
            return cls()
