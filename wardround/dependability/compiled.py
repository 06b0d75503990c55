"""One typed way to compile a function to machine code, cached on disk for the next process.

A compiled function must never call itself: a self-recursive function crashes when it is loaded from
the cache. They are iterative, with their stacks in arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import numba
from numba.core import event

from wardround.dependability import compiling

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


class _Beginnings(event.Listener):
    """Hears what is compiled; what is loaded from disk is not."""

    def on_start(self, event: object) -> None:  # noqa: ARG002  the base class asks for it
        compiling.begins()

    def on_end(self, event: object) -> None:
        """Nothing is told."""


event.register("numba:compile", _Beginnings())  # type: ignore[no-untyped-call]


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    return cast("Callable[P, R]", numba.njit(cache=True, nogil=True)(function))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compiled into its callers (by LLVM); not meant to be called from Python."""
    return cast("Callable[P, R]", numba.njit(cache=True, nogil=True, inline="never")(function))
