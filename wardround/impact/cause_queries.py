"""Why business systems are down, from what is measured: the likeliest causes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from wardround.cmdb import queries as cmdb
from wardround.cmdb.types import Item, ItemRef
from wardround.dependability import RootCause, State, Verdict, root_cause
from wardround.impact import held
from wardround.impact.modelling import Hospital
from wardround.impact.rules import WORKING
from wardround.impact.types import CauseTold, FailedItem, FailedKind, RootCauses
from wardround.impact.words import Words, once
from wardround.kernel.reach import Reach

_KINDS = {
    Verdict.CONTRIBUTING: FailedKind.CONTRIBUTING,
    Verdict.EXPLAINED: FailedKind.EXPLAINED,
    Verdict.UNRELATED: FailedKind.UNRELATED,
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is measured, as labels of nodes that say whether an item is up."""

    down: tuple[str, ...]
    failed: tuple[str, ...]
    up: tuple[str, ...]
    ids: dict[str, UUID]


def root_causes(reach: Reach, *, at: datetime) -> RootCauses:
    """The smallest sets of failed items that explain the systems within reach that are down.

    By all that is measured; items out of reach are told by their layer, or not at all.
    """
    failed, mine = cmdb.failed_items(), cmdb.systems(reach)
    live = held.live(failed)
    hospital, states = live.hospital, live.states()
    systems = _down(hospital, states.tolist(), mine, failed)
    seen = _seen(hospital, systems, failed)
    found, conflicting = _explained(hospital, seen)
    words = Words.of(reach, hospital, _labels(found, seen, conflicting))
    refs = cmdb.visible_refs(reach, [*seen.ids.values()])
    own = [item for item in systems if item.id in failed]
    return RootCauses(
        down=tuple(refs[item.id] for item in systems if item.id in refs),
        causes=tuple(_causes(words, found)),
        failed=(*_failed(refs, seen, found), *_own(refs, hospital, own, found)),
        unexplained=tuple(
            refs[seen.ids[label]] for label in found.unexplained if seen.ids[label] in refs
        ),
        conflicting=tuple(once(map(words.part, conflicting))) if systems else (),
        proved=found.exact,
        as_of=at,
    )


def _causes(words: Words, found: RootCause) -> Iterator[CauseTold]:
    for cause in found.causes:
        parts, assumed = map(words.part, cause.items), map(words.part, cause.assumed)
        yield CauseTold(tuple(once(parts)), tuple(once(assumed)), cause.share)


def _failed(refs: Mapping[UUID, ItemRef], seen: _Seen, found: RootCause) -> Iterator[FailedItem]:
    for label, verdict in found.verdicts.items():
        if seen.ids[label] in refs:
            yield FailedItem(refs[seen.ids[label]], _KINDS[verdict])


def _own(
    refs: Mapping[UUID, ItemRef], hospital: Hospital, systems: Iterable[Item], found: RootCause
) -> Iterator[FailedItem]:
    """Systems that are themselves measured as down: by themselves, or by what they rest on."""
    best = set(found.causes[0].items) if found.causes else set()
    for item in systems:
        kind = FailedKind.EXPLAINED
        if str(hospital.graph.place(item.id)) in best:
            kind = FailedKind.CONTRIBUTING
        if item.id in refs:
            yield FailedItem(refs[item.id], kind)


def _down(
    hospital: Hospital, states: Sequence[int], systems: Iterable[Item], failed: frozenset[UUID]
) -> list[Item]:
    """Systems of the model that are down and do not work by what is measured of them."""
    found = []
    for item in systems:
        place = hospital.graph.place(item.id)
        if item.condition in WORKING or place is None:
            continue
        if states[place] == State.DOWN or item.id in failed:
            found.append(item)
    return found


def _seen(hospital: Hospital, systems: Sequence[Item], failed: frozenset[UUID]) -> _Seen:
    graph = hospital.graph
    ids: dict[str, UUID] = {}

    def labels(wanted: Iterable[UUID], *, told: bool = True) -> tuple[str, ...]:
        places = graph.places(wanted)
        named = [str(node) for node in hospital.states[places].tolist()]
        if told:
            ids.update(zip(named, graph.ids_of(places), strict=True))
        return tuple(dict.fromkeys(named))

    down, of_failed = labels(item.id for item in systems), labels(failed)
    up = {*labels(cmdb.items_in(WORKING), told=False)} - {*of_failed, *down}
    return _Seen(down, of_failed, tuple(up), ids)


def _explained(hospital: Hospital, seen: _Seen) -> tuple[RootCause, tuple[str, ...]]:
    """What is measured as working limits what can have failed; where the two contradict each other,
    as a measurement that is late does, failures are believed.
    """
    found = root_cause(hospital.model, down=seen.down, failed=seen.failed, up=seen.up)
    if not found.conflicting:
        return found, ()
    again = root_cause(hospital.model, down=seen.down, failed=seen.failed)
    return again, found.conflicting


def _labels(found: RootCause, seen: _Seen, conflicting: Iterable[str]) -> set[str]:
    of_causes = {label for cause in found.causes for label in cause.items}
    return {*of_causes, *seen.failed, *conflicting}
