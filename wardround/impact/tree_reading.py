"""A fault tree that somebody brings as a file: what it says, and which items it speaks of."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wardround.cmdb import queries as cmdb
from wardround.dependability import Budget, DependabilityError, Model, read_openpsa
from wardround.impact import heavy
from wardround.impact.cut_queries import cut_rows
from wardround.impact.errors import TreeTooLarge, UnreadableTree
from wardround.impact.tree_types import (
    MOST_FILE_MB,
    MOST_NAMES,
    MOST_TOPS,
    Matched,
    ReadTop,
    ReadTree,
)
from wardround.impact.types import MOST_SETS
from wardround.kernel.reach import Reach
from wardround.kernel.uploads import Allowance

_MOST = MOST_FILE_MB << 20
_FORM = 1 << 16
"""Bytes of the form around it."""
_ITSELF = ".itself"
"""What our own files end an event's name with where the item rests on others, too."""


def allowance() -> Allowance:
    """What may be sent."""
    return Allowance(_MOST + _FORM, TreeTooLarge(field="file", most=MOST_FILE_MB))


def read(reach: Reach, content: bytes, max_order: int) -> ReadTree:
    """Of a file in the Open-PSA Model Exchange Format. Nothing is kept.

    Raises TreeTooLarge, UnreadableTree, TooBusy.
    """
    if len(content) > _MOST:
        raise TreeTooLarge(field="file", most=MOST_FILE_MB)
    with heavy.turn():
        try:
            model = read_openpsa(content, largest=_MOST)
            tops = model.tops[:MOST_TOPS]
            found = tuple(_tops(model, tops, max_order, heavy.budget()))
        except DependabilityError as error:
            raise UnreadableTree(field="file", why=error.text) from None
    events = [model.label(node) for node in np.flatnonzero(model.fallible).tolist()]
    called = {event: event.removesuffix(_ITSELF) for event in events}
    refs = cmdb.refs_called(reach, called.values())
    known = [Matched(event, refs[name]) for event, name in called.items() if name in refs]
    unknown = [event for event, name in called.items() if name not in refs]
    return ReadTree(
        matched=tuple(known[:MOST_NAMES]),
        unmatched=tuple(unknown[:MOST_NAMES]),
        events=len(events),
        tops=found,
        more_tops=len(model.tops) - len(tops),
    )


def _tops(model: Model, tops: tuple[int, ...], max_order: int, budget: Budget) -> Iterator[ReadTop]:
    for number, top in enumerate(tops):
        share = Budget(max(budget.left, 0.0) / (len(tops) - number), budget.memory_mb)
        found = cut_rows(model, top, max_order, share)
        yield ReadTop(
            model.label(top),
            found.rows[:MOST_SETS],
            more=len(found.rows) > MOST_SETS,
            by_order=found.by_order,
            complete_to=found.complete_to,
        )
