"""A target over its budget is cut in a stable way, and what does not come any more is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wardround.collect.series_budget import (
    FORGET_AFTER,
    SeriesBudget,
    SeriesLimits,
    TargetSeriesBudget,
)
from wardround.collect.types import Collected, Layout
from wardround.history.types import SeriesKey

ITEM = UUID(int=1)
LIMITS = SeriesLimits(of_target=10, whole=25, sure=4)


def keys(*names: object, value: str = "") -> tuple[SeriesKey, ...]:
    return tuple(SeriesKey("metric", ITEM, (("name", f"{name}{value}"),)) for name in names)


def page(series: Sequence[SeriesKey]) -> Collected:
    return Collected(Layout(tuple(series)), np.arange(len(series), dtype=np.float64))


def names(part: Collected) -> list[str]:
    return [dict(key.labels)["name"] for key in part.layout.keys]


def own(budget: SeriesBudget, name: str = "a") -> TargetSeriesBudget:
    return budget.of_target(name, 15.0)


def test_a_page_within_its_budget_goes_through_as_it_is() -> None:
    target = own(SeriesBudget(LIMITS))
    whole = page(keys(*range(10)))
    assert target.cut("page", whole, 0.0) is whole
    assert (target.refused, target.unfit) == (0, 0)


def test_a_page_beyond_it_is_cut_in_its_order_and_the_values_stay_with_their_series() -> None:
    target = own(SeriesBudget(LIMITS))
    part = target.cut("page", page(keys(*range(14))), 0.0)
    assert names(part) == [str(number) for number in range(10)]
    assert part.values.tolist() == list(range(10))
    assert target.refused == 4


def test_the_same_cut_comes_as_the_same_layout() -> None:
    target = own(SeriesBudget(LIMITS))
    layout = page(keys(*range(14))).layout
    one, two = (target.cut("page", Collected(layout, np.zeros(14)), at) for at in (0.0, 15.0))
    assert one.layout is two.layout


def test_the_known_stay_whatever_comes_before_them() -> None:
    target = own(SeriesBudget(LIMITS))
    target.cut("page", page(keys(*range(10))), 0.0)
    part = target.cut("page", page(keys("new", *range(10), "newer")), 15.0)
    assert names(part) == [str(number) for number in range(10)]
    assert target.refused == 2


def test_what_has_not_come_for_long_makes_room() -> None:
    budget = SeriesBudget(LIMITS)
    target = own(budget)
    target.cut("page", page(keys(*range(10))), 0.0)
    assert names(target.cut("page", page(keys("new")), 15.0)) == []
    assert names(target.cut("page", page(keys("other")), FORGET_AFTER + 16.0)) == ["other"]
    assert budget.used == 1


def test_a_page_that_keeps_its_shape_is_taken_once_there_is_room() -> None:
    """After a flood its page may stay as it is for ever."""
    target = own(SeriesBudget(LIMITS))
    target.cut("page", page(keys(*range(10))), 0.0)
    after = page(keys("x", "y"))
    assert names(target.cut("page", after, 15.0)) == []
    moments = [15.0 * turn for turn in range(2, 20)]
    found = [names(target.cut("page", after, at)) for at in moments]
    assert found[-1] == ["x", "y"]
    assert moments[found.index(["x", "y"])] <= FORGET_AFTER + 60
    assert target.refused == 0


def test_what_others_give_back_is_taken_by_a_page_that_keeps_its_shape() -> None:
    whole = SeriesBudget(LIMITS)
    flood = [own(whole, name) for name in "abc"]
    for target in flood:
        target.cut("page", page(keys(*range(8))), 0.0)
    late, shape = own(whole, "late"), page(keys(*range(6)))
    short = late.cut("page", shape, 0.0)
    assert (names(short), whole.refused) == (list("0123"), {"late": 2})
    assert late.cut("page", shape, 100.0).layout is short.layout
    flood[0].release()
    assert names(late.cut("page", shape, 140.0)) == list("012345")
    assert whole.refused == {}
    assert late.cut("page", shape, 200.0) is shape


def test_what_is_known_and_comes_back_in_time_has_kept_its_place() -> None:
    target = own(SeriesBudget(LIMITS))
    target.cut("page", page(keys(*range(10))), 0.0)
    target.cut("page", page(keys("new")), 15.0)
    part = target.cut("page", page(keys(3, 4)), FORGET_AFTER - 1)
    assert names(part) == ["3", "4"]


def test_a_page_that_keeps_its_shape_forgets_what_was_beside_it() -> None:
    budget = SeriesBudget(LIMITS)
    target = own(budget)
    target.cut("page", page(keys(*range(10))), 0.0)
    stays = page(keys(1))
    for at in (15.0, 100.0, FORGET_AFTER + 40.0):
        target.cut("page", stays, at)
    assert budget.used == 1


def test_groups_share_their_targets_budget_and_do_not_forget_each_other() -> None:
    budget = SeriesBudget(LIMITS)
    target = own(budget)
    fast, slow = page(keys(*range(6))), page(keys("x", "y", "z"))
    target.cut("slow", slow, 0.0)
    target.cut("fast", fast, 0.0)
    for step in range(1, 100):
        target.cut("fast", fast, step * 15.0)
    assert names(target.cut("slow", slow, 1500.0)) == ["x", "y", "z"]
    assert budget.used == 9


def test_one_targets_flood_leaves_the_others_theirs() -> None:
    budget = SeriesBudget(LIMITS)
    flood, other = own(budget, "flood"), own(budget, "other")
    flood.cut("page", page(keys(*range(1000))), 0.0)
    assert len(names(other.cut("page", page(keys(*range(10))), 0.0))) == 10
    assert budget.figures() == {
        "series": 20, "series_most": 25, "series_refused": 990, "targets_over_budget": 1,
    }  # fmt: skip


def test_many_targets_together_have_one_budget_and_each_its_sure_places() -> None:
    budget = SeriesBudget(LIMITS)
    targets = [own(budget, str(number)) for number in range(10)]
    taken = [len(names(target.cut("p", page(keys(*range(8))), 0.0))) for target in targets]
    assert taken == [8, 8, 8, 4, 4, 4, 4, 4, 4, 4]
    targets[0].release()
    targets[1].release()
    part = targets[9].cut("p", page(keys(*range(8))), 15.0)
    assert len(names(part)) == 4  # not while those seven are above the whole
    assert budget.used == 8 + 7 * 4


def test_long_labels_take_more_places_and_what_history_refuses_is_not_taken() -> None:
    target = own(SeriesBudget(LIMITS))
    part = target.cut("page", page(keys(*range(3), value="x" * 2000)), 0.0)
    assert (len(names(part)), target.refused) == (2, 1)
    other = own(SeriesBudget(LIMITS))
    part = other.cut("page", page((*keys("long", value="x" * 10_000), *keys("short"))), 0.0)
    assert (names(part), other.refused, other.unfit) == (["short"], 0, 1)


PAGES = st.lists(
    st.tuples(st.sampled_from("ab"), st.lists(st.integers(0, 30), unique=True, max_size=30)),
    max_size=20,
)


@given(pages=PAGES, step=st.sampled_from([1.0, 15.0, 100.0]))
def test_whatever_comes_the_books_are_right(
    pages: list[tuple[str, list[int]]], step: float
) -> None:
    """Never over the budget; what was taken stays while it comes; all is given back in the end."""
    budget = SeriesBudget(LIMITS)
    targets = {name: own(budget, name) for name in "ab"}
    before: dict[str, set[str]] = {"a": set(), "b": set()}
    for number, (name, series) in enumerate(pages):
        part = targets[name].cut("page", page(keys(*series)), number * step)
        found = set(names(part))
        assert len(found) <= LIMITS.of_target
        assert before[name] & {str(one) for one in series} <= found
        assert len(found) + targets[name].refused == len(series)
        before[name] = found
        assert budget.used <= LIMITS.whole + LIMITS.sure * 2
    for target in targets.values():
        target.release()
    assert (budget.used, budget.refused) == (0, {})
