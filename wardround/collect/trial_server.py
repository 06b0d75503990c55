"""The process beside a collector in which targets are tried: each trial in a fork of its own.

A page of a stranger may be huge, slow or made to hurt. Its trial has a limit of its own on memory,
on time and on what it answers, and the kernel ends it when it goes beyond; neither the web process
nor the collector holds a byte of it. The process is forked from the collector before that has
threads, so that it has everything loaded and shares its memory. When it is gone, or stands, a new
one is begun: by then the collector has threads, so that one loads everything anew.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import pickle
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from django.db import connections

from wardround.collect import rules, settings, trial_form
from wardround.collect.drivers.driver import Equipment
from wardround.collect.runner import check_with
from wardround.collect.series_budget import SeriesBudget
from wardround.collect.types import Reason, TargetCheck, TargetSpec
from wardround.kernel import clock

T = TypeVar("T")
LONGEST = 20.0
"""Seconds of a trial, whatever the target's own limits are."""
_TOLD_WITHIN = 2.0
MEMORY = 512 * 1024 * 1024
"""Bytes that a trial may take beside what it begins with."""
_PR_SET_PDEATHSIG = 1
_NICE = 5
_LENGTH = 8
"""Bytes before a request that say how long it is."""


@dataclass(frozen=True)
class TrialRequest:
    """What to try, and of which items the result may tell."""

    spec: TargetSpec
    visible: Collection[UUID]

    def packed(self) -> bytes:
        body = pickle.dumps(self)
        return len(body).to_bytes(_LENGTH) + body


class TrialServer:
    """The collector's end: asks for a trial by handing over one end of a socket."""

    def __init__(self, control: socket.socket, process: int | None = None) -> None:
        self._control = control
        self._process = process

    @classmethod
    def forked(cls) -> TrialServer:
        """Begin one. To be called before the process has threads that hold anything."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connections.close_all()
        process = os.fork()
        if process == 0:
            ours.close()
            _leaving(lambda: _serve(theirs))
        theirs.close()
        return cls(ours, process)

    @classmethod
    def spawned(cls) -> TrialServer:
        """Begin one at any time, from the thread that lasts as long as the process: the kernel
        ends it with that thread. Takes its first trial after some seconds. Raises OSError.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            handle = theirs.fileno()
            command = [sys.executable, "-c", _PROGRAM, str(handle), str(os.getpid())]
            process = subprocess.Popen(command, pass_fds=[handle], stdin=subprocess.DEVNULL)
        return cls(ours, process.pid)

    @property
    def is_gone(self) -> bool:
        """Whether it has ended. What is half done by it goes on."""
        try:
            return self._control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def begin(self) -> socket.socket:
        """Begin a trial; where its request goes in and its answer comes out. Raises OSError when
        the process is gone.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                # Its log is ours, also when that is another file than it was at the start.
                socket.send_fds(self._control, [b"t"], [theirs.fileno(), 2])
            except OSError:
                ours.close()
                raise
        ours.setblocking(False)  # noqa: FBT003  # the method takes no name
        return ours

    def close(self) -> None:
        """End it, when the trials that run have ended."""
        self._control.close()

    def end(self) -> None:
        """End it now, however it stands; the trials that run go on to their own end."""
        self._control.close()
        if self._process is not None:
            with suppress(OSError):  # gone, and known to be
                os.kill(self._process, signal.SIGKILL)
                os.waitpid(self._process, 0)


# In the process -----------------------------------------------------------------------------------


_PROGRAM = """
import sys
import django
django.setup()
from wardround.collect import trial_server
trial_server.serve(int(sys.argv[1]), parent=int(sys.argv[2]))
"""


def serve(handle: int, *, parent: int) -> None:
    """Be the process: one end of the collector's socket is inherited. Never returns."""
    control = socket.socket(fileno=handle)
    control.set_inheritable(False)  # the method takes no name
    _leaving(lambda: _serve(control) if os.getppid() == parent else None)


def _leaving(work: Callable[[], None]) -> None:
    """Do this and leave, without anything that a fork inherited to do at its end."""
    code = 1
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        work()
        code = 0
    finally:
        os._exit(code)


def _serve(control: socket.socket) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a trial ended
    while True:
        message, handles, _flags, _address = socket.recv_fds(control, 1, 2)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            os.dup2(handles[1], 2)
            _leaving(partial(_try, handles[0]))
        for handle in handles:
            os.close(handle)


def _try(handle: int) -> None:
    signal.setitimer(signal.ITIMER_REAL, LONGEST + _TOLD_WITHIN)  # its default is our end
    _limit()
    with socket.socket(fileno=handle) as line, line.makefile("rb") as asked:
        length = int.from_bytes(asked.read(_LENGTH))
        request: TrialRequest = pickle.loads(asked.read(length))  # noqa: S301  # our collector's own
        asyncio.run(_answer(request, line))


def _limit() -> None:
    """At most so much memory, less of the processor than who collects, and first to be ended when
    the machine runs out of memory.
    """
    os.nice(_NICE)
    status = Path("/proc/self/status").read_text()
    held = int(status.partition("VmData:")[2].split()[0]) * 1024
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (held + MEMORY, most))
    Path("/proc/self/oom_score_adj").write_text("1000")


async def _answer(request: TrialRequest, line: socket.socket) -> None:
    line.sendall(trial_form.told(await _tried(request)).encode())
    os._exit(0)  # now: no thread that hangs in a driver or a name server is waited for


async def _tried(request: TrialRequest) -> TargetCheck:
    began, equipment = clock.now(), Equipment(_Lifting(2), _Lifting(1))
    budget = SeriesBudget(settings.limits())
    try:
        async with asyncio.timeout(LONGEST):
            batch = await check_with(request.spec, equipment, budget=budget)
    except TimeoutError:
        return trial_form.failed(Reason.TIMEOUT, f"no result within {LONGEST:g} s", at=began)
    finally:
        _lift()
    if batch.reason is Reason.INTERNAL and batch.detail == MemoryError.__name__:
        words = f"reading it takes more than {MEMORY // 2**20} MB"
        return trial_form.failed(Reason.TOO_BIG, words, at=began)
    return rules.checked(batch, request.visible)


class _Lifting(ThreadPoolExecutor):
    """Whoever ran out of memory needs a little of it to say so."""

    def submit(self, work: Callable[..., T], /, *arguments: object, **named: object) -> Future[T]:
        def lifting() -> T:
            try:
                return work(*arguments, **named)
            except MemoryError:
                _lift()
                raise

        return super().submit(lifting)


def _lift() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
