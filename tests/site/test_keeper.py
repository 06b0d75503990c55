"""A child on its keeper: real processes whose loops stand, die and turn."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from wardround.kernel import pulse
from wardround.kernel.attempts import Setbacks
from wardround.kernel.wording import Wording
from wardround.site.keeper import PAUSES_OF_STANDING, Keeper
from wardround.site.pulse import PATIENCE, PulseOfChild

UNTIL = 60.0
_LOOP = """
import asyncio, os, sys
from pathlib import Path
from wardround.kernel.pulse import Pulse, Stood

async def run():
    beating = asyncio.create_task(Pulse.inherited().beat())
    await asyncio.sleep(0)
    told = Stood.before_us().times
    Path(sys.argv[1]).write_text(f"{told}")
    {work}
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)

def stand_in_compiled_code():
    __import__("re").match("(a*)*b", "a" * 40)

asyncio.run(run())
"""
STANDS = "stand_in_compiled_code() if told == 0 else await asyncio.sleep(600)"
TURNS = "await asyncio.sleep(600)"


class Kept:
    """A keeper in a test's hands; its said sentences."""

    def __init__(self, folder: Path, program: str, patience: float) -> None:
        self.said: list[str] = []
        self.begun = folder / "begun"
        self.keeper = Keeper(
            "collect",
            [sys.executable, "-c", program, str(self.begun)],
            {},
            folder / "collect.log",
            lambda wording: self.said.append(_text(wording)),
            has_loop=True,
            patience=patience,
        )

    def until(self, what: Callable[[], object]) -> None:
        deadline = time.monotonic() + UNTIL
        while not what():
            assert time.monotonic() < deadline, f"never came true; it said {self.said}"
            self.keeper.watch()
            time.sleep(0.05)


def _text(wording: Wording) -> str:
    return wording.template % wording.arguments


@contextmanager
def kept(folder: Path, work: str, *, patience: float = 3.0) -> Iterator[Kept]:
    program = _LOOP.replace("{work}", work)
    found = Kept(folder, program, patience)
    found.keeper.start()
    try:
        yield found
    finally:
        found.keeper.ask_to_stop()
        found.keeper.wait_stopped(10)


def test_a_loop_that_stands_in_compiled_code_is_ended_and_begun_again(tmp_path: Path) -> None:
    with kept(tmp_path, STANDS) as child:
        child.until(lambda: child.keeper.restarts == 1)
        child.until(lambda: child.begun.read_text() == "1")
        assert child.keeper.stood.times == 1
        told = next(said for said in child.said if "not turned" in said)
        assert "stand_in_compiled_code" in told or "re" in told
        log = child.keeper.log.read_text()
        assert "stand_in_compiled_code" in log
        assert "this is where it stands" in log


def test_a_stopped_process_is_ended_and_begun_again(tmp_path: Path) -> None:
    with kept(tmp_path, TURNS) as child:
        child.until(child.begun.exists)
        first = child.keeper.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        child.until(lambda: child.keeper.restarts == 1)
        assert any("stopped by a signal" in said for said in child.said)
        assert not psutil.pid_exists(first)


@pytest.fixture
def pulse_and_pipe() -> Iterator[tuple[PulseOfChild, int]]:
    """The pulse of this very process, which beats when a test writes into the pipe."""
    reading, writing = os.pipe()
    felt = PulseOfChild(os.getpid(), reading)
    yield felt, writing
    felt.close()
    os.close(writing)


def test_before_the_loop_began_nothing_is_blamed(pulse_and_pipe: tuple[PulseOfChild, int]) -> None:
    felt, _ = pulse_and_pipe
    now = time.monotonic()
    assert [felt.feel(now + seconds) for seconds in range(100)] == [0.0] * 100


def test_a_loop_that_ended_in_order_may_take_its_time(
    pulse_and_pipe: tuple[PulseOfChild, int],
) -> None:
    """What comes after the loop (delivering what is left) turns nothing."""
    felt, pipe = pulse_and_pipe
    os.write(pipe, pulse.TURNED + pulse.ENDED)
    now = time.monotonic()
    assert [felt.feel(now + seconds) for seconds in range(100)] == [0.0] * 100


def test_a_supervisor_that_slept_blames_nobody(pulse_and_pipe: tuple[PulseOfChild, int]) -> None:
    felt, pipe = pulse_and_pipe
    os.write(pipe, pulse.TURNED)
    now = time.monotonic()
    assert felt.feel(now) == 0.0
    assert felt.feel(now + 3600.0) < PATIENCE
    assert felt.feel(now + 7200.0) < PATIENCE
    os.write(pipe, pulse.TURNED)
    assert felt.feel(now + 7201.0) == 0.0


@pytest.mark.parametrize("ends", [1, 4])
def test_what_stands_again_waits_longer_each_time(tmp_path: Path, ends: int) -> None:
    """No crash loop: the pause doubles while it stands within minutes of its start."""
    setbacks, moment = Setbacks(), 0.0
    for _ in range(ends):
        setbacks = PAUSES_OF_STANDING.after(setbacks, at=moment)
        moment = setbacks.until + 15.0  # starts, and stands after a while
    assert setbacks.pause == 0.5 * 2 ** (ends - 1)
