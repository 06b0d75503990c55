"""What is kept of instances whose series are not there (yet), as after a restart.

A series may come with a later answer; then its instance goes on where it was. Once everything that
could hold it has answered without it, it has left, and what was open is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from wardround.detection import silence
from wardround.detection.engine import Engine
from wardround.detection.rules import KEEPING, PENDING
from wardround.detection.types import Labels, RecoveryReason, Standing, Verdicts

_Mark = tuple[str, UUID, UUID, Labels]


@dataclass(frozen=True, slots=True)
class _Kept:
    standing: Standing
    gone_since: float | None = None
    """Since when it is known not to be there; seconds since 1970."""
    unknown_since: float | None = None
    """Since when nobody knows of what is pending."""


class Missing:
    """Standings without instances. One thread only."""

    def __init__(self) -> None:
        self._kept: dict[_Mark, _Kept] = {}

    def replace(self, standings: Iterable[Standing], targets: AbstractSet[UUID]) -> None:
        """Of these targets, these are missing now; the others stay as they are."""
        found = {_mark(standing): standing for standing in standings}
        before = self._kept
        self._kept = {mark: kept for mark, kept in before.items() if mark[1] not in targets}
        for mark, standing in found.items():
            known = before.get(mark)
            newer = known is not None and known.standing.looked_at >= standing.looked_at
            self._kept[mark] = known if known is not None and newer else _Kept(standing)

    def forget(self, target: UUID) -> None:
        """Another process collects this target now."""
        self.replace((), {target})

    def take_back(self, engine: Engine) -> None:
        """Give the engine those whose series have come meanwhile."""
        if self._kept:
            waiting = [kept.standing for kept in self._kept.values()]
            still = {_mark(standing) for standing in engine.restore(waiting, frozenset())}
            self._kept = {mark: kept for mark, kept in self._kept.items() if mark in still}

    def end(self, engine: Engine) -> Verdicts:
        """End those that are known not to be there, once their rule keeps them no longer."""
        ended = []
        waiting = [kept.standing for kept in self._kept.values()]
        for standing, at in engine.not_there(waiting):
            mark = _mark(standing)
            since = self._kept[mark].gone_since
            if since is None or since > at:
                since = standing.keep_since if standing.phase == KEEPING else at
                self._kept[mark] = replace(self._kept[mark], gone_since=since)
            if standing.phase == PENDING or at - since >= engine.kept_for(standing.rule):
                del self._kept[mark]
                moment = datetime.fromtimestamp(at, UTC)
                ended.append(silence.ended(standing, RecoveryReason.SERIES_ENDED, moment))
        self._wait(engine)
        return silence.together(ended)

    def _wait(self, engine: Engine) -> None:
        """The holding of what is pending begins as much later as nobody knew of it."""
        for mark, kept in list(self._kept.items()):
            standing = kept.standing
            at, gap = engine.looked_at(standing.target), engine.gap_of(standing.rule)
            looked = max(standing.looked_at, standing.active_at)
            if standing.phase != PENDING or at is None or gap is None or at <= looked:
                continue
            since = looked if kept.unknown_since is None else kept.unknown_since
            begun = at if at - since > gap else standing.active_at + at - looked
            waited = replace(standing, active_at=begun, looked_at=at)
            self._kept[mark] = _Kept(waited, kept.gone_since, since)


def _mark(standing: Standing) -> _Mark:
    return standing.rule, standing.target, standing.item, standing.labels
