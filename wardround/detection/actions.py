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
from wardround.detection.switching import check_switch, switch_rule
from wardround.detection.types import Standing, Verdicts
from wardround.kernel.reach import EVERYTHING

__all__ = ["check_switch", "judge_silence", "record", "switch_rule"]

_KEEP = """
    INSERT INTO detection_standing
        (fingerprint, rule, target_id, item_id, labels, phase, active_at, keep_since,
         looked_at)
    SELECT * FROM unnest(
        %s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::jsonb[], %s::smallint[],
        %s::float8[], %s::float8[], %s::float8[])
    ON CONFLICT (fingerprint) DO UPDATE SET
        phase = excluded.phase, active_at = excluded.active_at, keep_since = excluded.keep_since,
        looked_at = excluded.looked_at
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
    targets = queries.every_target()
    known = silence.Known(
        targets=targets,
        collectors=frozenset(collector.id for collector in collect.collectors(EVERYTHING)),
        rules=queries.rules(),
        standings=queries.every_standing(),
        beside=collect.named_items(targets),
    )
    verdicts = silence.judge(known, at)
    if verdicts:
        record(verdicts, at=at)
    return verdicts


def _keep(standings: Iterable[Standing]) -> None:
    marked = {
        fingerprint(standing.rule, standing.labels, standing.target, standing.item): standing
        for standing in standings
    }
    ended = [mark for mark, standing in marked.items() if standing.phase == INACTIVE]
    kept = sorted(
        ((mark, standing) for mark, standing in marked.items() if standing.phase != INACTIVE),
        key=itemgetter(0),
    )
    if kept:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [list(column) for column in zip(*map(_row, kept), strict=True)])
    if ended:
        locked = StandingRow.objects.filter(pk__in=ended).order_by("pk").select_for_update()
        StandingRow.objects.filter(pk__in=[row.pk for row in locked]).delete()


def _row(marked: tuple[UUID, Standing]) -> tuple[object, ...]:
    mark, standing = marked
    labels = json.dumps(standing.labels, ensure_ascii=False)
    return (
        mark, standing.rule, standing.target, standing.item, labels,
        standing.phase, standing.active_at, standing.keep_since, standing.looked_at,
    )  # fmt: skip
