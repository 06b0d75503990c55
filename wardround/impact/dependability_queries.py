"""How dependable a business system is, by what is known of the failures of what it needs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import ItemRef
from wardround.dependability import (
    Availability,
    Budget,
    CutSets,
    Importance,
    availability,
    cut_sets,
    importance,
)
from wardround.dependability.errors import BudgetEnded, IncompleteAnswer
from wardround.impact import figure_queries, heavy, held
from wardround.impact.cut_queries import service_ref
from wardround.impact.figure_queries import Known
from wardround.impact.parts import Figures, Part, part_of
from wardround.impact.tree_types import ItemWeight, ServiceFigures
from wardround.impact.types import MOST_NAMED
from wardround.impact.words import Words
from wardround.kernel.reach import Reach

HOURS_PER_YEAR = 8_766.0
MINUTES_PER_YEAR = 60 * HOURS_PER_YEAR
MOST_WEIGHTS = 200


@dataclass(frozen=True, slots=True)
class _Found:
    by_order: tuple[int, ...]
    exact: bool
    complete_to: int | None
    bounds: tuple[float, float] | None
    whole: Availability | None
    weights: tuple[Importance, ...]


def figures_of(reach: Reach, service_id: UUID) -> ServiceFigures:
    """Raises UnknownItem, UnknownSystem, TooBusy."""
    service = service_ref(reach, service_id)
    hospital = held.hospital()
    place = hospital.graph.place(service_id)
    if place is None:
        return _untold(service, told=True)
    part = heavy.answered(hospital, ("part", place), lambda _budget: part_of(hospital, place))
    known = figure_queries.known(reach, part)
    graph = hospital.graph
    ids = graph.ids_of(part.items)
    refs = cmdb.visible_refs(reach, ids)
    if len(refs) < len(ids) or not known.readable:
        return _untold(service, told=False)
    said = tuple(sorted((at, *_pair(each)) for at, each in known.figures.items()))
    found = heavy.answered(
        hospital, ("figures", place, said), lambda budget: _worked(part, known.figures, budget)
    )
    missing = [
        refs[id_]
        for at, id_ in zip(part.items.tolist(), ids, strict=True)
        if at not in known.figures
    ]
    return _told(reach, service, part, known, found, missing)


def _pair(figures: Figures) -> tuple[float, float]:
    return figures.between_failures, figures.to_repair


def _untold(service: ItemRef, *, told: bool) -> ServiceFigures:
    """Nothing can stop it, or nothing may be told."""
    return ServiceFigures(
        service, told, 0, (), 0, 0.0 if told else None, None, None, 0.0 if told else None, None,
        None, (), () if told else None, exact=told, complete_to=None,
    )  # fmt: skip


def _worked(part: Part, figures: Mapping[int, Figures], budget: Budget) -> _Found:
    """Half of the time for the cut sets at most: the figures need them, and more."""
    model, top = part.with_figures(figures), part.model.label(part.top)
    first = Budget(budget.seconds / 2, budget.memory_mb, parent=budget)
    answer = cut_sets(model, top, budget=first)
    return _Found(
        by_order=tuple(answer.by_order[1:]),
        exact=answer.exact,
        complete_to=answer.complete_to,
        bounds=answer.bounds,
        whole=_availability(part, figures, top, budget),
        weights=_weights(answer, budget),
    )


def _availability(
    part: Part, figures: Mapping[int, Figures], top: str, budget: Budget
) -> Availability | None:
    try:
        return availability(part.with_figures(figures), top, budget=budget)
    except BudgetEnded:
        return None


def _weights(answer: CutSets, budget: Budget) -> tuple[Importance, ...]:
    if not answer.probability:
        return ()
    try:
        return tuple(importance(answer, budget=budget))
    except (BudgetEnded, IncompleteAnswer):
        return ()


def _told(  # noqa: PLR0913, PLR0917  # all that an answer is made of
    reach: Reach,
    service: ItemRef,
    part: Part,
    known: Known,
    found: _Found,
    missing: list[ItemRef],
) -> ServiceFigures:
    failing = [each for each in found.weights if int(each.item) in known.figures][:MOST_WEIGHTS]
    words = Words.of(reach, part.hospital, [each.item for each in failing])
    missing.sort(key=lambda ref: (ref.name, ref.id))
    whole = found.whole
    return ServiceFigures(
        service=service,
        told=True,
        items=len(part.items),
        missing=tuple(missing[:MOST_NAMED]),
        more_missing=max(len(missing) - MOST_NAMED, 0),
        unavailability=whole.unavailability if whole else None,
        low=found.bounds[0] if found.bounds and not whole else None,
        high=found.bounds[1] if found.bounds and not whole else None,
        minutes_per_year=whole.unavailability * MINUTES_PER_YEAR if whole else None,
        switching=whole.switching if whole else None,
        switches_per_year=whole.switches_per_hour * HOURS_PER_YEAR if whole else None,
        weights=tuple(_weight(words, known, each) for each in failing),
        by_order=found.by_order,
        exact=found.exact,
        complete_to=found.complete_to,
    )


def _weight(words: Words, known: Known, each: Importance) -> ItemWeight:
    place = int(each.item)
    figures = known.figures[place]
    return ItemWeight(
        part=words.part(each.item),
        unavailability=each.probability,
        between_failures=figures.between_failures,
        to_repair=figures.to_repair,
        of_type=place in known.of_type,
        birnbaum=each.birnbaum,
        criticality=_finite(each.criticality) or 0.0,
        fussell_vesely=_finite(each.fussell_vesely) or 0.0,
        exact=each.fussell_vesely_exact,
        raw=_finite(each.raw),
        rrw=_finite(each.rrw),
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
