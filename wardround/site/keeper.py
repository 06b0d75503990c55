"""Keeping one part of the platform running: started, watched, started again when it dies."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wardround.kernel.attempts import Backoff, Setbacks
from wardround.kernel.wording import Wording
from wardround.site.leash import leashed

PAUSES = Backoff(first=0.5, longest=30.0, steady=20.0)
"""Before a child that died is started again."""
_LARGEST_LOG = 20 * 1024 * 1024


@dataclass
class Keeper:
    """One child process and what became of it; driven by the supervisor's one thread."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    say: Callable[[Wording], None]
    stop_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    _setbacks: Setbacks = field(default_factory=Setbacks)
    _start_at: float | None = None

    def start(self) -> None:
        if self.log.is_file() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as output:
            self.process = leashed(self.command, environment=self.environment, output=output)
        self._start_at = None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.poll() is None else None

    def watch(self) -> None:
        """Notice a death, and start again when its pause is over."""
        now = time.monotonic()
        if self._start_at is not None:
            if now >= self._start_at:
                self.restarts += 1
                self.start()
            return
        if self.process is None or self.process.poll() is None:
            return
        self._setbacks = PAUSES.after(self._setbacks, at=now)
        self._start_at = self._setbacks.until
        pause, code = self._setbacks.pause, self.process.returncode
        self.say(
            Wording(
                "%(name)s ended (%(code)s); starting it again in %(pause)g s, log: %(log)s",
                {"name": self.name, "code": code, "pause": pause, "log": self.log},
            )
        )

    def ask_to_stop(self) -> None:
        self._start_at = None
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
