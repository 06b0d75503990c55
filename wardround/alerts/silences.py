"""Silences as rows: which troubles nothing new is told of now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from wardround.alerts import models
from wardround.alerts.signals import AlertRaised, alert_raised
from wardround.alerts.types import LineKind
from wardround.kernel import live


def in_force(fingerprints: Collection[UUID]) -> Mapping[UUID, models.Silence]:
    """The silence of each of these troubles that has one; one query."""
    found = models.Silence.objects.filter(ended_at=None, fingerprint__in=set(fingerprints))
    return {silence.fingerprint: silence for silence in found}


def hold(began: Sequence[AlertRaised]) -> frozenset[UUID]:
    """Of alerts that begin, those that are silenced; each says so in its timeline."""
    silenced = in_force([value.fingerprint for value in began])
    held = [value for value in began if value.fingerprint in silenced]
    models.ActLine.objects.bulk_create(
        [
            _line(value.alert_id, LineKind.HELD, silenced[value.fingerprint], at=value.at)
            for value in held
        ]
    )
    return frozenset(value.alert_id for value in held)


def _line(alert: UUID, kind: LineKind, silence: models.Silence, *, at: datetime) -> models.ActLine:
    return models.ActLine(
        alert_id=alert,
        at=at,
        kind=kind,
        actor=silence.by,
        actor_name=silence.by_name,
        text=silence.reason,
        until=silence.until,
    )


def end(silences: Sequence[models.Silence], *, at: datetime) -> list[models.Alert]:
    """Put silences out of force; what is open still is raised as if it were new.

    The caller holds the turn of raising, so nothing begins or ends meanwhile. Gives those alerts.
    """
    marks = [silence.fingerprint for silence in silences]
    ids = [silence.id for silence in silences]
    models.Silence.objects.filter(id__in=ids).update(ended_at=at)
    open_still = list(models.Alert.objects.filter(fingerprint__in=marks, ended_at=None))
    alert_raised.send_many([_again(row, at) for row in open_still])
    live.publish("alerts", *(row.id for row in open_still))
    return open_still


def _again(row: models.Alert, at: datetime) -> AlertRaised:
    return AlertRaised(
        alert_id=row.id,
        fingerprint=row.fingerprint,
        rule=row.rule,
        rule_label_zh=row.rule_label_zh,
        rule_label_en=row.rule_label_en,
        severity=row.severity,
        item_id=row.item_id,
        item_name=row.item_name,
        labels=tuple((name, value) for name, value in row.labels),
        summary_zh=row.summary_zh,
        summary_en=row.summary_en,
        value=row.value,
        at=at,
        after_silence=True,
    )
