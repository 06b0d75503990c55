"""Trials of targets, from the process that is asked for one to a collector and back.

A row in the database is the way: whoever serves a page and whoever collects may be on different
machines. The asker holds no connection while it waits. Moments are the database's.

Nobody waits long for others: a person has a few trials waiting at most, whoever has the fewest
under way comes next, and whose turn does not come in time is told so (ADR 130).
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from wardround.collect import trial_form
from wardround.collect.errors import (
    NoCollectorTries,
    TooManyOwnTrials,
    TooManyTrials,
    TrialBroken,
    TrialNotReached,
)
from wardround.collect.trial_server import LONGEST
from wardround.collect.types import TargetCheck
from wardround.kernel.ids import new_id

CHANNEL = "wardround_trials"
MOST_WAITING = 8
"""Trials that are asked for and not answered, of all people together."""
MOST_OF_A_PERSON = 4
"""Of them those of one account, asked by itself or by its tokens."""
TAKEN_WITHIN = 10.0
"""Seconds in which a collector takes a trial, unless it is busy with others."""
TURN_WITHIN = 30.0
"""Seconds in which the turn of a trial comes while collectors are busy with others."""
_ANSWERED_WITHIN = LONGEST + 10.0
_FORGOTTEN_AFTER = 300.0
_LOCK = 0x57435254
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.5


@dataclass(frozen=True)
class Trial:
    """One that a collector has taken."""

    id: UUID
    target: UUID
    visible: frozenset[UUID]
    draft: str = ""
    """The target as it would be saved (`rows.draft`); empty: as it is."""


def run(asker: UUID, target: UUID, visible: Collection[UUID], *, draft: str = "") -> TargetCheck:
    """Have a collector try a target for an account, as it is or as a draft has it; the result, of
    these items. Lasts no longer than `TURN_WITHIN` and what a trial takes.

    Raises NoCollectorTries, TooManyTrials, TooManyOwnTrials, TrialNotReached, TrialBroken.
    """
    trial = _ask(asker, target, visible, draft)
    try:
        return _awaited(trial)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM collect_trial WHERE id = %s", [trial])


@transaction.atomic
def _ask(asker: UUID, target: UUID, visible: Collection[UUID], draft: str = "") -> UUID:
    trial = new_id()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(
            "DELETE FROM collect_trial WHERE asked_at < now() - make_interval(secs => %s)",
            [_FORGOTTEN_AFTER],
        )
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE asker = %s) FROM collect_trial"
            " WHERE answered_at IS NULL",
            [asker],
        )
        waiting, theirs = cursor.fetchone() or (0, 0)
        if theirs >= MOST_OF_A_PERSON:
            raise TooManyOwnTrials(limit=MOST_OF_A_PERSON)
        if waiting >= MOST_WAITING:
            raise TooManyTrials(limit=MOST_WAITING)
        cursor.execute(
            "INSERT INTO collect_trial (id, asker, target, visible, draft, asked_at, answer)"
            " VALUES (%s, %s, %s, %s, %s, now(), '')",
            [trial, asker, target, list(visible), draft],
        )
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    return trial


_STANDS = """
SELECT answer, answered_at IS NOT NULL,
       extract(epoch FROM clock_timestamp() - asked_at),
       extract(epoch FROM clock_timestamp() - taken_at),
       EXISTS (SELECT 1 FROM collect_trial other WHERE other.taken_at IS NOT NULL
               AND other.answered_at IS NULL
               AND other.taken_at > clock_timestamp() - make_interval(secs => %s))
FROM collect_trial WHERE id = %s
"""


def _awaited(trial: UUID) -> TargetCheck:
    pause = _FIRST_PAUSE
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_STANDS, [_ANSWERED_WITHIN, trial])
            row = cursor.fetchone()
        if row is None:
            raise TrialBroken
        answer, answered, asked, taken, others_run = row
        if answered:
            return _read(answer)
        if taken is None and asked > TAKEN_WITHIN and not others_run:
            raise NoCollectorTries(seconds=TAKEN_WITHIN)
        if taken is None and others_run and asked > TURN_WITHIN:
            raise TrialNotReached(seconds=TURN_WITHIN)
        if taken is not None and taken > _ANSWERED_WITHIN:
            raise TrialBroken
        if not connection.in_atomic_block:
            connection.close()  # to whoever needs it, while we wait
        time.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def _read(answer: str) -> TargetCheck:
    try:
        return trial_form.read(answer)
    except (ValueError, KeyError, TypeError):
        raise TrialBroken from None


# A collector's part -------------------------------------------------------------------------------


_NEXT = """
UPDATE collect_trial SET taken_at = clock_timestamp() WHERE id = (
    SELECT id FROM collect_trial waiting WHERE taken_at IS NULL
    ORDER BY (SELECT count(*) FROM collect_trial theirs WHERE theirs.asker = waiting.asker
              AND theirs.taken_at IS NOT NULL AND theirs.answered_at IS NULL), asked_at
    LIMIT 1 FOR UPDATE OF waiting SKIP LOCKED)
RETURNING id, target, visible, draft
"""


def take() -> Trial | None:
    """The next trial for this collector: of whom the fewest are under way, the one that has waited
    longest; None when none waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        row = cursor.fetchone()
    return None if row is None else Trial(row[0], row[1], frozenset(row[2]), row[3])


def give_back(left: Collection[UUID]) -> None:
    """Let others take what this collector took and will not answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE collect_trial SET taken_at = NULL WHERE id = ANY(%s) AND answered_at IS NULL",
            [list(left)],
        )
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def answer(trial: UUID, text: str) -> None:
    """Leave the result for whoever asked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE collect_trial SET answer = %s, answered_at = clock_timestamp() WHERE id = %s",
            [text, trial],
        )
