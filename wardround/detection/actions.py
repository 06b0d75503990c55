"""What detection writes: how far its rules have come."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter
from uuid import UUID

from django.db import connection, transaction

from wardround.collect import queries as collect
from wardround.detection import queries, signals, silence
from wardround.detection.fingerprints import fingerprint
from wardround.detection.models import Standing as StandingRow
from wardround.detection.rules import INACTIVE
from wardround.detection.types import Standing, Verdicts

_KEEP = """
    INSERT INTO detection_standing
        (fingerprint, rule, target_id, item_id, labels, phase, active_at, keep_since)
    SELECT * FROM unnest(
        %s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::jsonb[], %s::smallint[],
        %s::float8[], %s::float8[])
    ON CONFLICT (fingerprint) DO UPDATE SET
        phase = excluded.phase, active_at = excluded.active_at, keep_since = excluded.keep_since
"""


@transaction.atomic
def record(verdicts: Verdicts, *, at: datetime) -> None:
    """Keep what a round of evaluation changed and tell it, in one transaction.

    Doing it twice is as doing it once. Rows are touched in the order of their fingerprints, so
    that two who record the same never wait for each other in a circle.
    """
    _keep(verdicts.standings)
    signals.tell(verdicts, at)


def judge_silence(*, at: datetime) -> Verdicts:
    """Record what it means that nothing arrives from some targets, or that they are gone."""
    known = silence.Known(
        targets=queries.every_target(),
        collectors=frozenset(one.id for one in collect.collectors()),
        rules=queries.rules(),
        standings=queries.every_standing(),
    )
    verdicts = silence.judge(known, at)
    if verdicts:
        record(verdicts, at=at)
    return verdicts


def _keep(standings: Iterable[Standing]) -> None:
    marked = {fingerprint(one.rule, one.labels, one.target, one.item): one for one in standings}
    ended = [mark for mark, one in marked.items() if one.phase == INACTIVE]
    kept = sorted(
        ((mark, one) for mark, one in marked.items() if one.phase != INACTIVE),
        key=itemgetter(0),
    )
    if kept:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [list(column) for column in zip(*map(_row, kept), strict=True)])
    if ended:
        locked = StandingRow.objects.filter(pk__in=ended).order_by("pk").select_for_update()
        StandingRow.objects.filter(pk__in=[row.pk for row in locked]).delete()


def _row(marked: tuple[UUID, Standing]) -> tuple[object, ...]:
    mark, one = marked
    labels = json.dumps(one.labels, ensure_ascii=False)
    return (
        mark, one.rule, one.target, one.item, labels, one.phase, one.active_at, one.keep_since
    )  # fmt: skip
