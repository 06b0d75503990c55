"""What several definitions take, in all: a thing that loses more than one counts once."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from wardround.schema.dependents import in_all
from wardround.schema.types import Dependent, Label

things = st.sampled_from(["item", "ticket"])
ids = st.frozensets(st.integers(0, 9).map(lambda number: UUID(int=number)), max_size=6)
told_apart = st.builds(
    lambda thing, rows, names: Dependent(
        thing, Label("物", thing), len(rows), names=tuple(names), rows=rows
    ),
    things,
    ids,
    st.lists(st.sampled_from("abc"), unique=True),
)
counted = st.builds(lambda thing, count: Dependent(thing, Label("物", thing), count), things,
                    st.integers(1, 5))  # fmt: skip


@given(st.lists(told_apart | counted))
def test_each_sort_of_things_once(several: list[Dependent]) -> None:
    found = in_all(several)
    assert [each.thing for each in found] == list(dict.fromkeys(each.thing for each in several))
    for each in found:
        own = [one for one in several if one.thing == each.thing]
        rows = frozenset[UUID]().union(*(one.rows for one in own))
        others = sum(one.count for one in own if not one.rows)
        assert (each.count, each.rows) == (len(rows) + others, rows)
        assert each.names == tuple(dict.fromkeys(name for one in own for name in one.names))
