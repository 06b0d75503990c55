"""A body without its mistakes, so that what else is wrong with it is told in the same round.

What a definition names is looked at even where something else in it has the wrong shape. What is
left must still be read by its declaration; where it cannot be, nothing more is said of it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wardround.schema.errors import BadDefinition
from wardround.schema.problems import Path, Problem

_MOST_ROUNDS = 3
"""What is taken out can leave something incomplete, which goes too."""

Removal = tuple[Path, int]
"""A list, and the place in it from which an entry was taken."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a body as a value, and how to find its places in the whole body."""

    value: Any
    removals: tuple[Removal, ...]
    whole_but_keys: bool
    """Nothing but keys that nobody knows was taken out: every check holds of it."""

    def in_whole(self, problem: Problem) -> Problem:
        """A problem of the rest with its path in the whole body."""
        path = problem.path
        for where, index in reversed(self.removals):
            depth = len(where)
            if path[:depth] == where and len(path) > depth:
                step = path[depth]
                if isinstance(step, int) and step >= index:
                    path = (*path[:depth], step + 1, *path[depth + 1 :])
        return replace(problem, path=path)


def rest_of(
    body: Mapping[str, Any], read: Callable[[Mapping[str, Any]], Any], problems: Iterable[Problem]
) -> Rest | None:
    """The value of a body without what these problems are about; None where none can be read."""
    left, removals = copy.deepcopy(dict(body)), list[Removal]()
    wrong = list(problems)
    keys_alone = all(problem.at_key for problem in wrong)
    for _round in range(_MOST_ROUNDS):
        paths = {problem.path for problem in wrong}
        if () in paths:
            return None
        for path in sorted(paths, key=_from_the_end, reverse=True):
            _take_out(left, path, removals)
        try:
            return Rest(read(left), tuple(removals), keys_alone)
        except BadDefinition as error:
            wrong, keys_alone = list(error.problems), False
    return None


def _from_the_end(path: Path) -> tuple[tuple[bool, int, str], ...]:
    """Orders paths so that what comes later in a list is taken out first, what is inside before."""
    return tuple(
        (isinstance(step, int), step, "") if isinstance(step, int) else (False, 0, step)
        for step in path
    )


def _take_out(body: Any, path: Path, removals: list[Removal]) -> None:
    inner = body
    for step in path[:-1]:
        if not _leads(inner, step):
            return
        inner = inner[step]
    last = path[-1]
    if _leads(inner, last):
        del inner[last]
        if isinstance(last, int):
            removals.append((path[:-1], last))


def _leads(body: Any, step: str | int) -> bool:
    if isinstance(body, dict):
        return step in body
    return isinstance(body, list) and isinstance(step, int) and step < len(body)
