"""Keeping one part of the platform running: started, watched, begun again when it dies or hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wardround.kernel import pulse
from wardround.kernel.attempts import Backoff, Setbacks
from wardround.kernel.wording import Wording
from wardround.site import logs
from wardround.site.leash import leashed
from wardround.site.pulse import PATIENCE, PulseOfChild

PAUSES = Backoff(first=0.5, longest=30.0, steady=20.0)
"""Before a child that died is started again."""
PAUSES_OF_STANDING = Backoff(first=0.5, longest=60.0, steady=600.0)
"""Before one whose loop stood is: it may do well for a while before it meets the same again."""


@dataclass
class Keeper:
    """One child process and what became of it; driven by the supervisor's one thread."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    say: Callable[[Wording], None]
    stop_signal: signal.Signals = signal.SIGTERM
    has_loop: bool = False
    """Whether its work is one loop that tells its pulse; one that stands is ended."""
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    stood: pulse.Stood = field(default_factory=pulse.Stood)
    """How often it was ended because its loop stood."""
    patience: float = PATIENCE
    _pulse: PulseOfChild | None = None
    _is_ended: bool = False
    """Whether we ended it, for standing."""
    _stopping: bool = False
    _setbacks: Setbacks = field(default_factory=Setbacks)
    _start_at: float | None = None

    def start(self) -> None:
        log = logs.Log(self.log)
        if self.log.is_file() and self.log.stat().st_size > log.largest:
            log.make_room()
        environment = {**self.environment, logs.FILE: str(self.log)}
        handles: tuple[int, ...] = ()
        reading = writing = -1
        if self.has_loop:
            reading, writing = os.pipe()
            handles = (writing,)
            environment |= {pulse.HANDLE: str(writing), pulse.HISTORY: self.stood.told()}
        try:
            with self.log.open("ab") as output:
                self.process = leashed(
                    self.command, environment=environment, output=output, handles=handles
                )
        finally:
            for handle in handles:
                os.close(handle)
        self._feel(reading)
        self._is_ended = False
        self._start_at = None

    def _feel(self, reading: int) -> None:
        if self._pulse is not None:
            self._pulse.close()
        self._pulse = None
        if self.process is not None and reading >= 0:
            self._pulse = PulseOfChild(self.process.pid, reading)

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.poll() is None else None

    def watch(self) -> None:
        """Notice a death or a loop that stands, and start again when the pause is over."""
        now = time.monotonic()
        if self._start_at is not None:
            if now >= self._start_at:
                self.restarts += 1
                self.start()
            return
        if self.process is None:
            return
        if self.process.poll() is None:
            self._end_if_it_stands(now)
            return
        pauses = PAUSES_OF_STANDING if self._is_ended else PAUSES
        self._setbacks = pauses.after(self._setbacks, at=now)
        self._start_at = self._setbacks.until
        pause, code = self._setbacks.pause, self.process.returncode
        self.say(
            Wording(
                "%(name)s ended (%(code)s); starting it again in %(pause)g s, log: %(log)s",
                {"name": self.name, "code": code, "pause": pause, "log": self.log},
            )
        )

    def _end_if_it_stands(self, now: float) -> None:
        """Nothing that counts is lost by SIGKILL: what was acknowledged is on the disk."""
        if self._pulse is None or self._is_ended or self._stopping or self.process is None:
            return
        if self._pulse.feel(now) < self.patience:
            return
        where = self._pulse.where_it_stands(self.log)
        self.process.kill()
        self._is_ended = True
        self.stood = pulse.Stood(self.stood.times + 1, time.time())
        self.say(
            Wording(
                "The loop of %(name)s has not turned for %(seconds)g s (%(where)s); it was ended."
                " Where all its threads stood is in its log: %(log)s",
                {"name": self.name, "seconds": self.patience, "where": where, "log": self.log},
            )
        )

    def ask_to_stop(self) -> None:
        self._start_at = None
        self._stopping = True
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def wait_stopped(self, seconds: float) -> None:
        """Wait for the end; what does not end in time is killed."""
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        self._feel(-1)
