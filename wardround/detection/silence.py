"""What silence says: targets of which nothing arrives, and instances whose rule or target is gone.

Pure. A target that does not answer is told by its collector (`up` is 0); this is for when nothing
arrives at all, because the collector is dead, hung or cut off. Then the platform's own targets
tell it, once, and the items of the others are unknown: the network did not die with the collector.
A target that has lost its monitor template says so itself; an item watched by none else is unknown.
So it is with a target that has never worked as it is asked: it cannot have gone down (ADR 150).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

import numpy as np

from wardround.collect.types import Reason, State, Target
from wardround.detection.expression import selectors
from wardround.detection.rules import FIRING, INACTIVE
from wardround.detection.types import (
    Finding,
    Labels,
    Recovery,
    RecoveryReason,
    Rule,
    Seen,
    Standing,
    Verdicts,
)

PLATFORM = "wardround"
"""Template of the targets that tell about the platform itself."""
SHORTEST = 50.0
"""Seconds: a collector's engine looks at what is kept again after a shorter pause than this."""
_WRITTEN_EVERY = 5.0
"""Seconds by which the time of a target's last scrape may be behind in the database."""


@dataclass(frozen=True)
class Known:
    """What the database says at one moment."""

    targets: Collection[Target]
    collectors: frozenset[UUID]
    """Collectors that are alive."""
    rules: Mapping[str, Rule]
    standings: Collection[Standing]
    beside: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    """By target the items of which its page may tell beside its own."""

    def told_by(self, target: Target) -> frozenset[UUID]:
        """The items of which a target tells."""
        return self.beside.get(target.id, frozenset()) | {target.item}


def judge(known: Known, at: datetime) -> Verdicts:
    """Find out what silence means."""
    orphans = list(_orphans(known, at))
    enabled = [target for target in known.targets if target.enabled]
    silent = [target for target in enabled if _silence(target, at) > SHORTEST]
    cut_off = {target.id for target in silent if target.collector not in known.collectors}
    if not any(_tells(target, known, at) for target in enabled if target.template == PLATFORM):
        cut_off = set()  # nobody would tell: better every target than none
    ungoverned = {target.id for target in silent if target.reason is Reason.TEMPLATE}
    watched = {
        item for target in enabled if target.id not in ungoverned for item in known.told_by(target)
    }
    telling = [
        target
        for target in silent
        if target.id not in ungoverned
        and target.worked
        and (target.id not in cut_off or target.template == PLATFORM)
    ]
    found = [pair for target in telling for pair in _findings(target, known, at)]
    return Verdicts(
        findings=tuple(finding for finding, _ in found),
        recoveries=tuple(recovery for recovery, _ in orphans),
        standings=tuple(standing for _, standing in (*found, *orphans)),
        seen=tuple(_still(telling, known, at)),
        unknown=frozenset(
            target.item
            for target in silent
            if (target.id in cut_off and target.template != PLATFORM)
            or (target.id in ungoverned and target.item not in watched)
        )
        | _unmeasured(enabled, known),
    )


def _unmeasured(enabled: Iterable[Target], known: Known) -> frozenset[UUID]:
    """Items of which every target that may tell has never worked as it is asked. Where something is
    open from before, that stands until it is seen to be over.
    """
    by_item: dict[UUID, list[Target]] = {}
    for target in enabled:
        for item in known.told_by(target):
            by_item.setdefault(item, []).append(target)
    fires = {standing.item for standing in known.standings if standing.phase >= FIRING}
    return frozenset(
        item
        for item, targets in by_item.items()
        if item not in fires
        and not any(target.worked for target in targets)
        and any(target.state is State.NEVER for target in targets)
    )


def _silence(target: Target, at: datetime) -> float:
    """Seconds by which a scrape is overdue; one that was never collected is not yet expected."""
    if target.last_at is None or target.state is State.PAUSED:
        return 0.0
    expected = target.interval_s + target.timeout_s + _WRITTEN_EVERY
    return (at - target.last_at).total_seconds() - expected


def _tells(platform: Target, known: Known, at: datetime) -> bool:
    """Whether the platform's own target tells that a collector is dead: by being collected, or by
    dying with it, though its alert may be due a little later than those of others would be.
    """
    collected = platform.last_at is not None and platform.state is not State.PAUSED
    return collected and (
        _silence(platform, at) <= SHORTEST or platform.collector not in known.collectors
    )


def _still(telling: Collection[Target], known: Known, at: datetime) -> Iterator[Seen]:
    """What fires already and silence of these targets still tells."""
    by_id = {target.id: target for target in telling}
    for standing in known.standings:
        target, rule = by_id.get(standing.target), known.rules.get(standing.rule)
        if (
            standing.phase >= FIRING
            and target is not None
            and rule is not None
            and _tells_silence(rule, target)
            and _silence(target, at) >= rule.timing.no_data
        ):
            yield Seen(rule.name, standing.item, standing.labels, 0.0, at)


def _findings(target: Target, known: Known, at: datetime) -> Iterator[tuple[Finding, Standing]]:
    """The rules that silence of this target fires and that do not fire already."""
    shared = Counter((other.item, other.template) for other in known.targets if other.enabled)
    firing = {
        (standing.rule, standing.target, standing.labels)
        for standing in known.standings
        if standing.phase >= FIRING
    }
    for rule in known.rules.values():
        if not _tells_silence(rule, target) or _silence(target, at) < rule.timing.no_data:
            continue
        alone = bool(rule.templates) and shared[target.item, target.template] == 1
        labels: Labels = tuple(
            sorted({**({} if alone else {"target": target.name}), **dict(rule.labels)}.items())
        )
        if (rule.name, target.id, labels) not in firing:
            finding = Finding(rule, target.id, target.item, labels, 0.0, at)
            moment = at.timestamp()
            yield (
                finding,
                Standing(rule.name, target.id, target.item, labels, FIRING, moment, -np.inf),
            )


def _tells_silence(rule: Rule, target: Target) -> bool:
    """Rules about `up` alone have one instance a target, known without any scrape."""
    return (
        rule.enabled
        and rule.timing.no_data > 0
        and (not rule.templates or target.template in rule.templates)
        and all(
            selector.metric == "up" and not selector.matchers
            for selector in selectors(rule.condition)
        )
    )


def _orphans(known: Known, at: datetime) -> Iterator[tuple[Recovery, Standing]]:
    targets = {target.id: target for target in known.targets if target.enabled}
    for standing in known.standings:
        target, rule = targets.get(standing.target), known.rules.get(standing.rule)
        reason = _orphaned(target, rule) or _unfounded(standing, target)
        if reason is not None:
            yield ended(standing, reason, at)


def _orphaned(target: Target | None, rule: Rule | None) -> RecoveryReason | None:
    if target is None:
        return RecoveryReason.TARGET_REMOVED
    if rule is None or not rule.enabled:
        return RecoveryReason.RULE_REMOVED
    if rule.templates and target.template not in rule.templates:
        return RecoveryReason.RULE_REMOVED
    return None


def _unfounded(standing: Standing, target: Target | None) -> RecoveryReason | None:
    """What began while its target had never worked was none; and what was of another item is not
    seen by it any more.
    """
    if target is None or target.worked or target.state is not State.NEVER:
        return None
    if standing.active_at >= target.asked_at.timestamp():
        return RecoveryReason.NEVER_WORKED
    alone = not target.parameters.get("items")
    gone = alone and standing.item != target.item
    return RecoveryReason.TARGET_REMOVED if gone else None


def ended(standing: Standing, reason: RecoveryReason, at: datetime) -> tuple[Recovery, Standing]:
    """An instance that is over for another reason than what was measured."""
    recovery = Recovery(standing.rule, standing.target, standing.item, standing.labels, reason, at)
    return recovery, replace(standing, phase=INACTIVE, active_at=-np.inf, keep_since=-np.inf)


def together(pairs: Iterable[tuple[Recovery, Standing]]) -> Verdicts:
    """Verdicts that end these."""
    ends = list(pairs)
    return Verdicts(
        recoveries=tuple(recovery for recovery, _ in ends),
        standings=tuple(standing for _, standing in ends),
    )
