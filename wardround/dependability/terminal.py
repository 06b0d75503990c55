"""How the commands speak to a terminal: answers whole, mistakes apart from them, progress."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from wardround.kernel.wording import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from wardround.dependability.messages import Notice


def complain(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201  a command prints


def complain_json(body: dict[str, Any]) -> None:
    complain(_object(body, sys.stderr))


def say_json(body: dict[str, Any]) -> None:
    say(_object(body, sys.stdout))


def _object(body: dict[str, Any], stream: TextIO) -> str:
    """One object; its characters escaped where the stream has no Unicode."""
    unicode = (getattr(stream, "encoding", None) or "utf-8").lower().startswith("utf")
    return json.dumps(body, ensure_ascii=not unicode)


def shown_as_far_as_it_can() -> None:
    """A terminal without Unicode shows `?` for what it does not have, instead of nothing at all."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str) -> None:
    """Prints an answer whole, so that a full disk or a closed pipe is noticed here."""
    try:
        print(text, flush=True)  # noqa: T201  a command prints
    except BrokenPipeError:
        raise
    except OSError as error:
        no_more_output()
        error.filename = told("standard output")
        raise


def no_more_output() -> None:
    """What is still buffered goes nowhere, or the interpreter would complain at its end."""
    with contextlib.suppress(OSError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def progress() -> Callable[[Notice], None] | None:
    """Speaks on a terminal's standard error, at most twice a second, from the second second on; in
    a pipe or a file nobody watches.
    """
    if not sys.stderr.isatty():
        return None
    began = last = time.monotonic()

    def say(what: Notice) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= 0.5 and now - began >= 1.0:
            last = now
            seconds = f"{now - began:.0f}"
            complain(told("  %(seconds)s s: %(what)s", seconds=seconds, what=what.wording))

    return say
