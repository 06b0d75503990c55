"""Circles in a graph of names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

Name = TypeVar("Name")


def cycles(arrows: Mapping[Name, Sequence[Name]]) -> list[tuple[Name, ...]]:
    """One circle for each knot of names that lead back to themselves, as `(a, b, a)`.

    Depth-first with a stack of its own: chains may be longer than Python can recurse. A name
    found on the current path closes a circle; a finished name is never entered again.
    """
    found: list[tuple[Name, ...]] = []
    finished: set[Name] = set()
    for start in arrows:
        if start in finished:
            continue
        path, waiting = [start], [list(arrows[start])]
        while path:
            if not waiting[-1]:
                finished.add(path.pop())
                waiting.pop()
                continue
            step = waiting[-1].pop(0)
            if step in path:
                found.append((*path[path.index(step) :], step))
            elif step not in finished and step in arrows:
                path.append(step)
                waiting.append(list(arrows[step]))
    return found
