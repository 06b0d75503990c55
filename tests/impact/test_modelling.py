"""What the model says is what following failures from relation to relation says, on circles too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardround.cmdb.graph import HOT, ID, Graph, Terms
from wardround.dependability import evaluation, graph
from wardround.dependability.evaluation import FULL_DOWN, HOT_DOWN, NOW_DOWN
from wardround.dependability.state import bits_of
from wardround.impact import circles, warming
from wardround.impact.circles import Circle
from wardround.impact.modelling import ColdAlone, Hospital, OnlyCold, TooFew, built

SIZE = 7
KINDS = ("", "uses", "runs-on", "either", "shown")
ALTERNATIVES, UNCOUNTED = ("either",), ("shown",)


@dataclass(frozen=True)
class Need:
    needing: int
    needed: int
    kind: str = "uses"
    group: int = 0
    need: int = 0
    minutes: float = HOT


def graph_of(needs: Sequence[Need]) -> Graph:
    return Graph(
        ids=np.array([UUID(int=number + 1).bytes for number in range(SIZE)], ID),
        types=np.zeros(SIZE, np.int16),
        type_names=("",),
        needing=np.array([each.needing for each in needs], np.int32),
        needed=np.array([each.needed for each in needs], np.int32),
        terms=Terms(
            kinds=np.array([KINDS.index(each.kind) for each in needs], np.int16),
            kind_names=KINDS,
            groups=np.array([each.group for each in needs], np.int64),
            need=np.array([each.need for each in needs], np.int16),
            minutes=np.array([each.minutes for each in needs], np.float32),
        ),
    )


def hospital(needs: Sequence[Need]) -> Hospital:
    return built(graph_of(needs), ALTERNATIVES, UNCOUNTED)


def up(made: Hospital, failed: Iterable[int], mode: int) -> list[bool]:
    flags = np.zeros(made.model.size, np.bool_)
    flags[list(failed)] = True
    return [not bits & mode for bits in bits_of(made.model, flags)[made.states].tolist()]


def spread(needs: Sequence[Need], failed: set[int], *, cold: bool) -> list[bool]:
    """All up at first; then whatever lacks what it needs is down, until nothing changes."""
    groups: dict[tuple[int, object], dict[int, float]] = {}
    said: dict[tuple[int, object], int] = {}
    for each in needs:
        if each.kind in UNCOUNTED or each.needing == each.needed:
            continue
        alone = each.kind if each.kind in ALTERNATIVES else ("", each.needed)
        key: tuple[int, object] = each.needing, each.group or alone
        minutes = each.minutes if each.group or each.kind in ALTERNATIVES else HOT
        groups.setdefault(key, {})
        groups[key][each.needed] = min(minutes, groups[key].get(each.needed, 1e9))
        said[key] = max(said.get(key, 0), each.need if each.group else 0)
    running = [item not in failed for item in range(SIZE)]
    changed = True
    while changed:
        changed = False
        for whose, inside in groups.items():
            owner, need = whose[0], min(max(said[whose], 1), len(inside))
            there = counting(inside, need, cold=cold)
            if running[owner] and sum(running[item] for item in there) < need:
                running[owner], changed = False, True
    return running


def counting(inside: Mapping[int, float], need: int, *, cold: bool) -> list[int]:
    soonest = sorted(inside, key=lambda item: (inside[item], item))
    hot = [item for item in soonest if inside[item] == HOT]
    return soonest if cold else soonest[: max(len(hot), need)]


places = st.integers(0, SIZE - 1)
needs = st.lists(
    st.builds(
        Need,
        places,
        places,
        kind=st.sampled_from(KINDS[1:]),
        group=st.sampled_from([0, 0, 5, -7]),
        need=st.integers(0, 3),
        minutes=st.sampled_from([HOT, HOT, 0.0, 20.0]),
    ),
    max_size=16,
)


@settings(max_examples=1_000)
@given(needs, st.sets(places, max_size=3))
def test_what_is_up_is_what_following_failures_says(given_: list[Need], failed: set[int]) -> None:
    made = hospital(given_)
    assert up(made, failed, HOT_DOWN) == spread(given_, failed, cold=False)
    assert up(made, failed, FULL_DOWN) == spread(given_, failed, cold=True)


@given(needs)
def test_nothing_is_down_while_nothing_has_failed(given_: list[Need]) -> None:
    assert all(up(hospital(given_), (), NOW_DOWN))


def test_a_circle_falls_with_what_is_below_it_and_with_one_of_it() -> None:
    made = hospital([Need(0, 1), Need(1, 2), Need(2, 0), Need(1, 3), Need(4, 0)])
    assert made.doubts == (Circle((0, 1, 2), followed=True),)
    assert up(made, (), HOT_DOWN) == [True] * SIZE
    for failed in (0, 1, 2, 3):
        told = up(made, {failed}, HOT_DOWN)
        assert told[:3] == [False] * 3
        assert told[3:5] == [failed != 3, False]


def test_a_group_on_a_circle_holds_as_long_as_one_of_it_is_up() -> None:
    pair = [Need(0, 1, group=5, need=1), Need(0, 2, group=5, need=1), Need(1, 0), Need(2, 3)]
    made = hospital(pair)
    assert up(made, {2}, HOT_DOWN)[:3] == [True, True, False]
    assert up(made, {1, 3}, HOT_DOWN)[:4] == [False, False, False, False]


def test_a_cold_standby_on_a_circle_does_not_count_before_it_is_switched_on() -> None:
    pair = [
        Need(2, 4), Need(4, 0, group=5, need=1, minutes=HOT), Need(4, 2, group=5, minutes=20),
    ]  # fmt: skip
    made = hospital(pair)
    assert up(made, {0}, HOT_DOWN) == [False, True, False, True, False, True, True]
    assert up(made, {0}, FULL_DOWN) == [False, True, True, True, True, True, True]


def test_a_circle_beyond_the_budget_says_so_and_the_rest_stays_right() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(circles, "MOST_UNROLLED", 3)
        pair = [Need(0, 1, group=5, need=1), Need(0, 2, group=5), Need(1, 0), Need(3, 0)]
        made = hospital(pair)
    assert made.doubts == (Circle((0, 1), followed=False),)
    assert up(made, {2}, HOT_DOWN)[:4] == [True, True, False, True]
    assert up(made, {0}, HOT_DOWN)[3] is False


def test_warming_walks_what_boards_ask() -> None:
    """What it compiles is kept; that it runs through is all that can be told of it here."""
    warming.warm_up()
    assert evaluation.spread.signatures  # type: ignore[attr-defined]  # a dispatcher has them
    assert graph.closure_among.signatures  # type: ignore[attr-defined]


def test_a_number_needed_speaks_of_a_group_alone() -> None:
    """Of a kind of which one is enough, one is, whatever stands at a relation without a group."""
    pair = [Need(2, 0, "either", need=2), Need(2, 1, "either", need=2)]
    assert up(hospital(pair), {0}, HOT_DOWN)[2] is True
    assert up(hospital(pair), {0, 1}, HOT_DOWN)[2] is False


def test_what_cannot_be_meant_so_is_told() -> None:
    made = hospital(
        [
            Need(0, 1, group=5, need=3),
            Need(0, 2, group=5, need=3),
            Need(3, 4, group=5, minutes=10),
            Need(5, 6, minutes=10),
        ]
    )
    assert set(made.doubts) == {TooFew(0, 3, 2), OnlyCold(3), ColdAlone(5, 6)}
    assert up(made, {2}, HOT_DOWN)[0] is False
    assert up(made, {4}, HOT_DOWN)[3] is False
