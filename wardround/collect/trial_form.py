"""The result of a trial as text, on its way from the process that tried to the one that asked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from wardround.collect.types import FoundSample, Reason, TargetCheck
from wardround.history.types import SeriesKey

MOST_BYTES = 256 * 1024
"""Of a result; samples that would make it longer are not shown."""
_LONGEST_DETAIL = 500


def failed(reason: Reason, detail: str, *, at: datetime) -> TargetCheck:
    """A trial that found nothing."""
    return TargetCheck(
        up=False, reason=reason, detail=detail, at=at, seconds=0.0, samples=0, sample=(), tables=()
    )


def told(check: TargetCheck) -> str:
    """At most `MOST_BYTES`; of the samples as many as fit."""
    check = replace(check, detail=check.detail[:_LONGEST_DETAIL])
    text = _json(check)
    while len(text) > MOST_BYTES and check.sample:
        check = replace(check, sample=check.sample[: len(check.sample) // 2])
        text = _json(check)
    return text


def _json(check: TargetCheck) -> str:
    sample = [
        [found.key.metric, str(found.key.item), found.key.labels, found.key.unit, found.value]
        for found in check.sample
    ]
    whole = {**vars(check), "at": check.at.isoformat(), "sample": sample}
    return json.dumps(whole)  # ASCII: a database's text holds no zero and no half of a letter


def read(text: str) -> TargetCheck:
    """What `told` told. Raises ValueError, KeyError, TypeError for anything else."""
    whole = json.loads(text)
    sample = tuple(
        FoundSample(
            SeriesKey(metric, UUID(item), tuple((name, said) for name, said in labels), unit=unit),
            float(value),
        )
        for metric, item, labels, unit, value in whole["sample"]
    )
    return TargetCheck(
        up=bool(whole["up"]),
        reason=Reason(whole["reason"]),
        detail=str(whole["detail"]),
        at=datetime.fromisoformat(whole["at"]),
        seconds=float(whole["seconds"]),
        samples=int(whole["samples"]),
        sample=sample,
        tables=tuple(whole["tables"]),
    )
