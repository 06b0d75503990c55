"""A group that answers with nothing is not one that fails, before a restart and after."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.detection.story import Machine, rules
from wardround.detection.engine import Engine
from wardround.detection.missing import Missing
from wardround.detection.types import Standing, Verdicts

FINE, FAILED = {"scrape_group_up{group=page}": 1.0}, {"scrape_group_up{group=page}": 0.0}
DECLARED = {"linux": {"lag": "page"}}
Groups = Mapping[str, Mapping[str, str]]


class Watched:
    """One target, its engine, and what is kept of it, as a detector keeps it."""

    def __init__(self, groups: Groups, **rule: object) -> None:
        self._rules, self._groups = rules({"alert": "Lag", "expr": "lag > 1", **rule}), groups
        self._kept: dict[object, Standing] = {}
        self._machine, self._at = Machine(), 1_000_000.0
        self.restart()

    def restart(self) -> None:
        self._engine, self._missing = Engine(self._rules, self._groups), Missing()
        self._restored = False

    def see(self, page: Mapping[str, float], *, seconds: float = 15.0) -> str:
        """What the answer brings: `fired`, `ended` or nothing."""
        self._at += seconds
        batch = self._machine.scrape(self._at, page)
        self._engine.admit([batch])
        if not self._restored:
            missing = self._engine.restore(self._kept.values(), {batch.target})
            self._missing.replace(missing, {batch.target})
            self._restored = True
        self._missing.take_back(self._engine)
        verdicts = self._engine.evaluate([batch]) + self._missing.end(self._engine)
        self._keep(verdicts)
        return "fired" * len(verdicts.findings) + "ended" * len(verdicts.recoveries)

    def _keep(self, verdicts: Verdicts) -> None:
        for standing in (*verdicts.standings, *self._engine.waiting()):
            self._kept[standing.rule, standing.labels] = standing
        self._kept = {mark: kept for mark, kept in self._kept.items() if kept.phase}


@pytest.mark.parametrize("groups", [DECLARED, {}])
def test_an_empty_answer_after_a_failure_ends_the_alert(groups: Groups) -> None:
    watched = Watched(groups)
    assert watched.see({**FINE, "lag": 5.0}) == "fired"
    assert watched.see(FAILED) == ""
    assert watched.see(FINE) == "ended"


@pytest.mark.parametrize("groups", [DECLARED, {}])
def test_a_failure_after_an_empty_answer_ends_nothing(groups: Groups) -> None:
    watched = Watched(groups)
    watched.see({**FINE, "lag": 0.0})
    assert watched.see(FINE) == ""
    assert watched.see({**FINE, "lag": 5.0}) == "fired"
    assert watched.see(FAILED) == ""
    assert watched.see({**FINE, "lag": 0.0}) == "ended"


@pytest.mark.parametrize("restarted", [False, True])
def test_what_nobody_knew_after_a_restart_does_not_hold_either(*, restarted: bool) -> None:
    watched = Watched(DECLARED, **{"for": "30s"})
    assert watched.see({**FINE, "lag": 5.0}) == ""
    if restarted:
        watched.restart()
    assert [watched.see(FAILED), watched.see(FAILED)] == ["", ""]
    told = [watched.see({**FINE, "lag": 5.0}) for _ in range(3)]
    assert told == ["", "fired", ""]


@pytest.mark.parametrize(("unknown", "told"), [(10, ["", "fired"]), (40, ["", ""])])
def test_what_nobody_knew_for_long_after_a_restart_starts_anew(
    unknown: int, told: list[str]
) -> None:
    watched = Watched(DECLARED, **{"for": "45s"})
    watched.see({**FINE, "lag": 5.0})
    watched.see({**FINE, "lag": 5.0})
    watched.restart()
    for _ in range(unknown):
        watched.see(FAILED)
    assert [watched.see({**FINE, "lag": 5.0}) for _ in range(2)] == told
