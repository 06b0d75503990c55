"""Of any small hospital with formulas the matrix is that of the engine on the same model as text,
and its single points are those found by working the formulas out by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impact.test_modelling import ALTERNATIVES, SIZE, UNCOUNTED, Need, graph_of
from wardround.dependability import cfia, parse
from wardround.impact import formulas, matrix
from wardround.impact.formulas import Term, Word
from wardround.impact.matrix import CODES
from wardround.impact.modelling import built

Letters = dict[int, str]


@dataclass(frozen=True)
class House:
    """Needs from a lower number to a higher one, and what formulas say of them."""

    needed: Mapping[int, frozenset[int]]
    formulas: Mapping[int, Term]

    @property
    def needs(self) -> list[Need]:
        return [Need(item, each) for item, several in self.needed.items() for each in several]

    def beside(self, item: int) -> list[int]:
        """What relations name and the formula does not."""
        term = self.formulas.get(item)
        named = {_place(id_) for id_ in formulas.items(term)} if term else set()
        return sorted(self.needed[item] - named)

    def text(self) -> str:
        rows = []
        for item in range(SIZE):
            parts = [f"i{each}" for each in self.beside(item)]
            if term := self.formulas.get(item):
                parts.append(f"({formulas.text(term, lambda id_: f'i{_place(id_)}')})")
            rows.append(f"i{item} = {' and '.join(parts)}" if parts else f"items i{item}")
        return "\n".join(rows)

    def up(self, item: int, failed: int, *, cold: bool) -> bool:
        if item == failed:
            return False
        term = self.formulas.get(item)
        return all(self.up(each, failed, cold=cold) for each in self.beside(item)) and (
            term is None or self._holds(term, failed, cold=cold)
        )

    def _holds(self, term: Term, failed: int, *, cold: bool) -> bool:
        if term.item is not None:
            return self.up(_place(term.item), failed, cold=cold)
        counted = [part for part in term.parts if cold or part.minutes is None]
        return sum(self._holds(part, failed, cold=cold) for part in counted) >= term.needed


def _place(id_: UUID) -> int:
    return id_.int - 1


def _leaf(place: int) -> Term:
    return Term(item=UUID(int=place + 1))


@st.composite
def _terms(draw: st.DrawFn, places: list[int], depth: int = 0) -> Term:
    """Over these, some of them twice; of standbys there are always enough that are hot."""
    if len(places) == 1 or depth == 2:
        return _leaf(draw(st.sampled_from(places)))
    parts = [
        draw(_terms(draw(st.lists(st.sampled_from(places), min_size=1, max_size=3)), depth + 1))
        for _each in range(draw(st.integers(2, 3)))
    ]
    word = draw(st.sampled_from([*Word]))
    need = draw(st.integers(1, len(parts))) if word is Word.OF else 0
    if word in {Word.HOT, Word.OF}:
        spare = draw(st.integers(0, len(parts) - max(need, 1)))
        parts = [
            Term(each.item, each.word, each.need, each.parts, 15.0)
            if at >= len(parts) - spare
            else each
            for at, each in enumerate(parts)
        ]
    return Term(word=word, need=need, parts=tuple(parts))


@st.composite
def houses(draw: st.DrawFn) -> House:
    needed = dict.fromkeys(range(SIZE), frozenset[int]())
    for item in range(SIZE - 1):
        needed[item] = draw(st.frozensets(st.integers(item + 1, SIZE - 1), max_size=4))
    wanted = draw(st.frozensets(st.integers(0, SIZE - 1)))
    refined = [item for item, several in needed.items() if several and item in wanted]
    return House(needed, {item: draw(_terms(sorted(needed[item]))) for item in refined})


def by_platform(house: House) -> Letters:
    terms = {UUID(int=item + 1): term for item, term in house.formulas.items()}
    made = built(graph_of(house.needs), ALTERNATIVES, UNCOUNTED, terms)
    assert made.doubts == ()
    found = matrix.cells(made, np.zeros(1, np.int32))
    rows = zip(found.item.tolist(), found.code.tolist(), strict=True)
    return {item: str(cell) for item, code in rows if (cell := CODES[code])}


def by_engine(house: House) -> Letters:
    model = parse(house.text())
    found = cfia(model, ["i0"])
    rows = zip(found.items.tolist(), found.codes.tolist(), strict=True)
    letters = {int(model.label(node)[1:]): CODES[code] for node, code in rows}
    return {item: str(cell) for item, cell in letters.items() if cell and item}


def by_hand(house: House) -> Letters:
    found: Letters = {}
    for item in range(1, SIZE):
        if not house.up(0, item, cold=True):
            found[item] = "X"
        elif not house.up(0, item, cold=False):
            found[item] = "M"
    return found


@settings(max_examples=300, deadline=None)
@given(houses())
def test_the_matrix_is_that_of_the_same_model_as_text(house: House) -> None:
    letters = by_platform(house)
    assert letters == by_engine(house)
    assert {item: each for item, each in letters.items() if each != "A"} == by_hand(house)
