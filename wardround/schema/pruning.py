"""A body without its mistakes, so that what else is wrong with it is told in the same round.

What a definition names is looked at even where something else in it has the wrong shape. What is
left must still be read by its declaration; where it cannot be, nothing more is said of it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wardround.schema.errors import BadDefinition
from wardround.schema.problems import InPart, Keys, Path, Problem

_MOST_ROUNDS = 3
"""What is taken out can leave something incomplete, which goes too."""

Removal = tuple[Path, int]
"""A list, and the place in it from which an entry was taken."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left of a body as a value, and how to find its places in the whole body."""

    value: Any
    removals: tuple[Removal, ...]
    taken: tuple[Path, ...]
    """In the whole body, everything of which nothing can be said."""
    whole_but_keys: bool
    """Nothing but keys that nobody knows was taken out: every check holds of it."""

    def in_whole(self, problem: Problem) -> Problem:
        """A problem of the rest with its path in the whole body."""
        return replace(problem, path=_path_in_whole(problem.path, self.removals))

    def stands(self, problem: Problem) -> bool:
        """Whether a problem, its path in the whole body, comes from nothing that was taken out."""
        path = problem.path
        return not any(
            path[: len(taken)] == taken
            or (taken[-1] in problem.judged_by and path[: len(taken) - 1] == taken[:-1])
            for taken in self.taken
        )


def _path_in_whole(path: Path, removals: Sequence[Removal]) -> Path:
    for where, index in reversed(removals):
        depth = len(where)
        if path[:depth] == where and len(path) > depth:
            step = path[depth]
            if isinstance(step, int) and step >= index:
                path = (*path[:depth], step + 1, *path[depth + 1 :])
    return path


def rest_of(
    body: Mapping[str, Any],
    read: Callable[[Mapping[str, Any]], Any],
    problems: Iterable[Problem],
    in_part: InPart | None = None,
) -> Rest | None:
    """The value of a body without what these problems are about; None where none can be read."""
    left, removals, taken = copy.deepcopy(dict(body)), list[Removal](), list[Path]()
    stand_ins = in_part.stand_ins if in_part else {}
    wrong = list(problems)
    keys_alone = all(problem.at_key for problem in wrong)
    for _round in range(_MOST_ROUNDS):
        places = {_place(problem, stand_ins) for problem in wrong}
        if () in places:
            return None
        taken += (_path_in_whole(path, removals) for path in places)
        for path in sorted(places, key=_from_the_end, reverse=True):
            if _keys(path) in stand_ins:
                _put(left, path, stand_ins[_keys(path)])
            else:
                _take_out(left, path, removals)
        try:
            return Rest(read(left), tuple(removals), tuple(taken), keys_alone)
        except BadDefinition as error:
            wrong, keys_alone = list(error.problems), False
    return None


def _place(problem: Problem, stand_ins: Mapping[Keys, Any]) -> Path:
    """What is wrong: a missing key that has a stand-in, else all that it is missing in."""
    missing = (*problem.path, problem.missing)
    return missing if _keys(missing) in stand_ins else problem.path


def _keys(path: Path) -> Keys:
    return tuple(step for step in path if isinstance(step, str))


def _put(body: Any, path: Path, value: Any) -> None:
    for step in path[:-1]:
        if not _leads(body, step):
            return
        body = body[step]
    if isinstance(body, dict):
        body[str(path[-1])] = copy.deepcopy(value)


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
