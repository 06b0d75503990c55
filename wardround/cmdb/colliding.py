"""Rows that can each be stored and not all together: two take one unique value, or an item would
have more relations of a kind than that admits. Whoever shares in it is refused, for nobody knows
which of them is right. Pure: what is stored is an argument.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from wardround.cmdb import comparing
from wardround.cmdb.comparing import Comparisons
from wardround.cmdb.drafts import Stored
from wardround.cmdb.relation_rules import Model
from wardround.cmdb.settling import Settled
from wardround.kernel.errors import FieldProblem

Value = tuple[str, str]
"""What is compared, and the value in the form in which it is."""
Joined = tuple[str, UUID, UUID]
End = tuple[str, UUID, bool]
"""A kind of relation, an item, and whether it stands at its source."""
Refuse = Callable[[FieldProblem], Collection[int]]
"""Refuses a row, and says which rows are refused now: those that name what it was to make, too."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What rows are held against."""

    model: Model
    comparisons: Comparisons
    holders: Mapping[Value, UUID] = field(default_factory=dict)
    """Of unique values that rows want, the items in use that hold them."""
    relations: Collection[tuple[Joined, bool, bool]] = ()
    """Of limited kinds, at whatever rows touch; with whether each end is in use."""
    names: Mapping[UUID, str] = field(default_factory=dict)
    """Of stored items, as far as whoever writes may see them."""
    untold: Collection[tuple[UUID, str]] = ()
    """Items with an attribute that is kept from whoever writes."""


def values_of(item: Stored | None, comparisons: Comparisons) -> dict[Value, str]:
    """The unique values that an item in use holds, and the attribute of each."""
    if item is None or item.retired:
        return {}
    wanted = comparisons.get(item.type, {})
    return {
        (comparison.of, value): name
        for name in wanted
        for comparison, value in comparing.held(item.attributes, {name: wanted[name]})
        if comparison.alone
    }


def limited(model: Model) -> list[str]:
    """The kinds of which an item may have so many only."""
    return [
        name
        for name, kind in model.kinds.items()
        if kind.most_targets is not None or kind.most_sources is not None
    ]


class Colliding:
    """Refuses rows until those that are left can be stored together."""

    def __init__(self, settled: Sequence[Settled], standing: Standing, refuse: Refuse) -> None:
        self._standing = standing
        self._refuse = refuse
        self._rows = {each.row.number: each for each in settled if not each.problems}
        self._left = {*self._rows}
        self._by_item = {
            each.prepared.after.id: number for number, each in self._rows.items() if each.prepared
        }
        self._takers: dict[Value, dict[int, str]] = defaultdict(dict)
        self._ends: dict[End, dict[int, set[Joined]]] = defaultdict(lambda: defaultdict(set))
        self._alike: Collection[str] = ()
        self._there: dict[End, list[tuple[UUID, bool]]] = defaultdict(list)
        self._gather()

    def refuse(self) -> bool:
        """Whether any row was refused."""
        before = len(self._left)
        self._look_at([*reversed(self._takers)])
        gone = [number for end in [*self._ends] for number in self._of_end(end)]
        self._look_at([value for number in gone for value in self._kept_after_all(number)])
        return len(self._left) < before

    def _look_at(self, values: list[Value]) -> None:
        while values:
            for gone in [*self._of_value(values.pop())]:
                values += self._kept_after_all(gone)

    def _give_up(self, number: int, where: str, message: str) -> Iterator[int]:
        for gone in self._refuse(FieldProblem(where, message, number)):
            if gone in self._left:
                self._left.discard(gone)
                yield gone

    # Unique values --------------------------------------------------------------------------------

    def _kept_after_all(self, number: int) -> Collection[Value]:
        """What the item of a refused row would have given up."""
        made = self._rows[number].prepared
        held = values_of(made.before, self._standing.comparisons) if made else {}
        return [value for value in held if value in self._takers]

    def _of_value(self, value: Value) -> Iterator[int]:
        takers = {n: name for n, name in self._takers[value].items() if n in self._left}
        holder = self._standing.holders.get(value)
        own = self._by_item.get(holder) if holder else None
        if holder and (own not in self._left or own in takers):
            for number, name in takers.items():
                if number != own:
                    yield from self._taken(number, name, holder)
        elif len(takers) > 1:
            rows = ", ".join(self._rows[number].row.told for number in [*takers][:10])
            message = _("Rows %(rows)s have the same %(fields)s. Correct them, or keep one.")
            untold = any(self._is_untold(number, name) for number, name in takers.items())
            for number, name in takers.items():
                label = self._label(number, name)
                told = {"rows": rows, "label": label, "fields": label}
                said = _(comparing.TAKEN_UNTOLD) if untold else message
                yield from self._give_up(number, f"attributes.{name}", said % told)

    def _taken(self, number: int, name: str, holder: UUID) -> Iterator[int]:
        made = self._rows[number].prepared
        kept = (holder, name) in self._standing.untold
        known = None if kept else self._standing.names.get(holder)
        told = {
            "value": made.after.attributes[name] if made else "",
            "label": self._label(number, name),
            "name": known,
        }
        message = comparing.TAKEN if known else comparing.TAKEN_UNSEEN
        if self._is_untold(number, name):
            message = comparing.TAKEN_UNTOLD
        yield from self._give_up(number, f"attributes.{name}", _(message) % told)

    def _is_untold(self, number: int, name: str) -> bool:
        made = self._rows[number].prepared
        return made is not None and (made.after.id, name) in self._standing.untold

    def _label(self, number: int, name: str) -> str:
        made = self._rows[number].prepared
        its_type = self._standing.model.types.get(made.after.type) if made else None
        declared = its_type.attribute(name) if its_type else None
        return declared.label.text() if declared else name

    # Relations ------------------------------------------------------------------------------------

    def _of_end(self, end: End) -> Iterator[int]:
        """The rows that share in what is one too many; they alone can be, for what is stored
        already is not theirs to mend.
        """
        kind, item, is_source = end
        declared = self._standing.model.kinds[kind]
        most = declared.most_targets if is_source else declared.most_sources
        sharing = {number: new for number, new in self._ends[end].items() if number in self._left}
        if most is None or not sharing or self._count(end, sharing) <= most:
            return
        label = declared.label if is_source else declared.reverse_label
        message = _(
            "“%(name)s” has at most %(most)s by “%(kind)s”; with rows %(rows)s it would have more."
        )
        rows = ", ".join(self._rows[number].row.told for number in [*sharing][:10])
        told = {"name": self._name(item), "most": most, "kind": label.text(), "rows": rows}
        for number in sharing:
            if number in self._left:
                yield from self._give_up(number, self._where(number, kind), message % told)

    def _count(self, end: End, sharing: Mapping[int, set[Joined]]) -> int:
        item = end[1]
        others = {new[2] if new[1] == item else new[1] for each in sharing.values() for new in each}
        others |= {
            other for other, used in self._there.get(end, ()) if self._in_use(other, used=used)
        }
        return len(others)

    def _in_use(self, item: UUID, *, used: bool) -> bool:
        return used or self._by_item.get(item) in self._left

    def _where(self, number: int, kind: str) -> str:
        said = (each for each, _source, _target in self._rows[number].relations)
        return next((each.where for each in said if each.kind == kind), "key")

    def _name(self, item: UUID) -> str:
        number = self._by_item.get(item)
        made = self._rows[number].prepared if number else None
        return made.after.name if made else self._standing.names.get(item, "…")

    # What rows take -------------------------------------------------------------------------------

    def _gather(self) -> None:
        kinds = self._standing.model.kinds
        self._alike = {name for name, kind in kinds.items() if kind.symmetric}
        for number, each in self._rows.items():
            if each.prepared:
                held = values_of(each.prepared.after, self._standing.comparisons)
                for value, name in held.items():
                    self._takers[value][number] = name
        self._gather_new()
        self._gather_stored()

    def _gather_new(self) -> None:
        kinds = {*limited(self._standing.model)}
        stored = {joined for joined, _source, _target in self._standing.relations}
        for number, each in self._rows.items():
            for said, source, target in each.relations:
                ways = {(said.kind, source, target)}
                if said.kind in self._alike:
                    ways.add((said.kind, target, source))
                if said.kind in kinds and not ways & stored:
                    self._share(number, (said.kind, source, target))

    def _gather_stored(self) -> None:
        """What stands already, and who brings it back with an item."""
        for joined, of_source, of_target in self._standing.relations:
            kind, source, target = joined
            self._there[kind, source, True].append((target, of_target))
            self._there[kind, target, kind in self._alike].append((source, of_source))
            for item, used in ((source, of_source), (target, of_target)):
                row = None if used else self._by_item.get(item)
                if row:
                    self._share(row, joined)

    def _share(self, number: int, joined: Joined) -> None:
        kind, source, target = joined
        self._ends[kind, source, True][number].add(joined)
        self._ends[kind, target, kind in self._alike][number].add(joined)
