"""What a change took from what lives by definitions: as the audit keeps it, and in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wardround.kernel.wording import Label, Wording, untranslated
from wardround.schema import kinds, refusals
from wardround.schema.types import Change, Dependent

Kept = list[dict[str, Any]]
"""By definition that took something away: its kind and name, and what it took, with counts."""

MOST_KEPT = 100
"""Definitions in one line of the audit."""


def kept(changes: Iterable[Change]) -> Kept:
    """What these changes took, in no language yet."""
    taking = [change for change in changes if change.lost]
    return [
        {
            "kind": change.kind,
            "name": change.was or change.name,
            "lost": [_kept_count(dependent) for dependent in change.lost],
        }
        for change in taking[:MOST_KEPT]
    ]


def _kept_count(dependent: Dependent) -> dict[str, Any]:
    return {
        "thing": dependent.thing,
        "label": {"zh": dependent.label.zh, "en": dependent.label.en},
        "count": dependent.count,
        "counted": dependent.counted,
        "names": list(dependent.names[: refusals.MOST_NAMES_TOLD + 1]),
    }


def told(losses: object) -> Sequence[Wording | str]:
    """What was kept, for any reader; the words themselves, where an older version kept those."""
    if not isinstance(losses, list):
        return [str(losses)]
    return [_told_of(loss) for loss in losses]


def _told_of(loss: Mapping[str, Any]) -> Wording:
    kind = kinds.kind_named(loss["kind"])
    label = Label(kind.label.zh, kind.name) if kind and kind.label else loss["kind"]
    lost = [
        Dependent(
            each["thing"],
            Label.parse(each["label"]),
            each["count"],
            each["counted"],
            tuple(each["names"]),
        )
        for each in loss["lost"]
    ]
    return Wording(
        _OF_DEFINITION,
        {"kind": label, "name": loss["name"], "lost": refusals.counts(lost)},
    )


_OF_DEFINITION = untranslated("%(kind)s “%(name)s” (%(lost)s)")
