"""One typed way to compile a function to machine code, cached on disk for the next process.

The cache lies beside the source, where that may not be written in the user's cache, or where
NUMBA_CACHE_DIR says. Where nothing may be written, or the disk is full, or what lies there cannot
be read, each process compiles for itself: slow, never wrong.

A compiled function must never call itself: a self-recursive function crashes when it is loaded from
the cache. They are iterative, with their stacks in arrays.
"""

from __future__ import annotations

from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import numba
from numba.core import event
from numba.core.registry import cpu_target

from wardround.dependability import compiling

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
R = TypeVar("R")


class _Beginnings(event.Listener):
    """Hears what is compiled; what is loaded from disk is not."""

    def on_start(self, event: object) -> None:  # noqa: ARG002  the base class asks for it
        compiling.begins()

    def on_end(self, event: object) -> None:  # noqa: ARG002  as above
        compiling.ends()


event.register("numba:compile", _Beginnings())  # type: ignore[no-untyped-call]
# The first call of any compiled function would do this, and a second thread's call break upon
# tables that grow under it. Here the lock of imports holds everybody until they are whole.
cpu_target.typing_context.refresh()
cpu_target.target_context.refresh()


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    return cast("Callable[P, R]", _cached(numba.njit(nogil=True)(function)))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compiled into its callers (by LLVM); not meant to be called from Python."""
    return cast("Callable[P, R]", _cached(numba.njit(nogil=True, inline="never")(function)))


def _cached(dispatcher: Any) -> object:
    try:
        dispatcher.enable_caching()
    except RuntimeError:  # no folder may be written
        return dispatcher
    cache = dispatcher._cache  # noqa: SLF001  no public name
    cache.save_overload = _forgiven(cache.save_overload)
    cache.load_overload = _forgiven(cache.load_overload)
    return dispatcher


def _forgiven(step: Callable[..., object]) -> Callable[..., object]:
    """A step of the cache: what it cannot read or write is compiled anew."""

    def tried(*given: object) -> object:
        try:
            return step(*given)
        except (OSError, EOFError, UnpicklingError):
            return None

    return tried
