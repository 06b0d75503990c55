"""Which rows can be stored, each by itself, and what is refused on the others.

A row that names an item which another row was to make is refused with that one. Pure: what is
stored and how far whoever writes may go are arguments.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.utils.translation import gettext as _

from wardround.cmdb import preparation, rules
from wardround.cmdb.drafts import (
    PEOPLE,
    Checked,
    ItemDraft,
    People,
    Prepared,
    Stored,
    Target,
    people_of,
)
from wardround.cmdb.relation_rules import Absent, Model, no_such_item, relation_problems
from wardround.cmdb.restricted import Sight, withholding
from wardround.cmdb.rows import ItemRow, RelationSaid, Row
from wardround.cmdb.rules import FieldChange
from wardround.cmdb.types import UNSET, NewRelation
from wardround.kernel.errors import FieldProblem
from wardround.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Around:
    """What rows are settled against."""

    model: Model
    usable: Collection[str]
    """Types that a new item may be of."""
    stored: Mapping[UUID, Stored]
    """Items that the rows are about, those within reach."""
    by_key: Mapping[str, UUID]
    versions: Mapping[UUID, int]
    writable: Collection[UUID]
    """Of these, and of what they are to be related to, those that may be changed."""
    may_create: bool
    """By whoever may write everything."""
    sight: Sight
    """What whoever writes them sees of attributes."""
    taken: Collection[str] = ()
    """Keys of items out of reach."""
    creates: bool = True
    """Whether rows make new items at all."""
    revive: bool = False
    """Whether what is out of use comes back into it; else it is refused."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Of one row: what to store of its item, and its relations with both ends; or the problems."""

    row: Row
    prepared: Prepared | None = None
    relations: tuple[tuple[RelationSaid, UUID, UUID], ...] = ()
    problems: tuple[FieldProblem, ...] = ()
    proposed: tuple[FieldChange, ...] = ()
    """What it says, and another source stands against."""
    claims: tuple[str, ...] = ()
    """Fields that are its source's from now on."""


_MENDED = ("importance", *PEOPLE)
"""Beside attributes, what is wrong with a value and not with the row."""


@dataclass(slots=True)
class _Work:
    """A row while it is settled."""

    row: Row
    draft: ItemDraft | None = None
    checked: Checked | None = None
    present: frozenset[UUID] = frozenset()
    problems: list[FieldProblem] = field(default_factory=list)

    def ends(self) -> Iterator[str]:
        for said in self.row.relations:
            yield from (text for text in (said.source, said.target) if text)

    def named(self) -> Iterator[str]:
        if self.checked:
            yield from (text for _where, text, _admitted in self.checked.named())
        yield from self.ends()

    @property
    def called(self) -> str:
        """The item that it says something of, as people know it."""
        said = self.row.item
        name = said.content.name if said and said.content.name is not UNSET else ""
        return str(name or (said and said.key) or "")[:100]

    def tell_more(self, problems: Iterable[FieldProblem]) -> None:
        """What else is wrong with what a refused row says: who mends it is to do that once."""
        told = {problem.field for problem in self.problems}
        self.problems += [
            problem
            for problem in problems
            if problem.field not in told
            and (problem.field in _MENDED or problem.field.startswith("attributes."))
        ]


class Settling:
    """Settles rows: made with the rows, told what their names stand for, and then asked."""

    def __init__(self, rows: Iterable[Row], around: Around) -> None:
        self._around = around
        self._people: People = people_of(around.model.types)
        self._related: Collection[UUID] = ()
        self._found: dict[str, Target] = {}
        self._hidden: Mapping[str, Target] = {}
        self._naming: dict[str, list[_Work]] = defaultdict(list)
        self._refused: dict[str, _Work] = {}
        """Rows that were to make an item, by its key."""
        self._works = [self._work(row) for row in rows]
        self._by_number = {work.row.number: work for work in self._works}
        self._refuse_doubled()

    def names(self) -> set[str]:
        """Every id or key that a row names beside its own item."""
        return {text for work in self._works for text in work.named()}

    def present(self) -> set[UUID]:
        """What the rows' items name already: it may stay, whoever sees it or not."""
        return {id_ for work in self._works for id_ in work.present}

    def ends(self) -> set[str]:
        """Every id or key that a row relates something to."""
        return {text for work in self._works if not work.problems for text in work.ends()}

    def settle(
        self,
        targets: Mapping[str, Target],
        hidden: Mapping[str, Target],
        related: Collection[UUID] = (),
    ) -> list[Settled]:
        """What becomes of each row.

        Args:
            targets: items within reach, by what names them.
            hidden: items out of reach that stand in a row's item already, by what names them.
            related: of the items that rows relate something to, those that may be changed.

        """
        self._related, self._hidden = related, hidden
        self._found = {**targets, **dict(self._own())}
        for work in self._works:
            if not work.problems:
                for text in work.named():
                    self._naming[text].append(work)
        refused = [work for work in self._works if work.problems]
        for work in refused:
            self._gone(work)
        self._look_at([work for work in self._works if not work.problems])
        for work in refused:
            work.tell_more(self._unfound(work, _for(work, self._found, self._hidden)))
        return self.settled()

    def refuse(self, problem: FieldProblem) -> list[int]:
        """Refuse a row for what is found when rows are seen together; the rows that are refused
        now, those that name what it was to make among them.
        """
        work = self._by_number[problem.row or 0]
        if work.problems:
            return []
        work.problems.append(problem)
        return [work.row.number, *self._look_at(self._gone(work))]

    def settled(self) -> list[Settled]:
        return [self._settled(work, _for(work, self._found, self._hidden)) for work in self._works]

    def _look_at(self, waiting: list[_Work]) -> list[int]:
        """Refuse what names nothing, and whatever names that in turn; the numbers of the rows."""
        refused = []
        while waiting:
            work = waiting.pop()
            if work.problems:
                continue
            work.problems += self._problems(work, _for(work, self._found, self._hidden))
            if work.problems:
                refused.append(work.row.number)
                waiting += self._gone(work)
        return refused

    def _gone(self, work: _Work) -> list[_Work]:
        """Who names the item that a refused row was to make."""
        if work.draft is None or work.draft.before is not None:
            return []
        self._found.pop(work.draft.key, None)
        self._refused[work.draft.key] = work
        return self._naming[work.draft.key]

    # One row --------------------------------------------------------------------------------------

    def _work(self, row: Row) -> _Work:
        work = _Work(row, problems=list(row.problems))
        if row.item is None:
            return work
        before = self._before(row.item)
        work.problems = work.problems or [*self._unwelcome(row, row.item, before)]
        refused = bool(work.problems)
        draft = withholding(self._around.sight, _draft(row, row.item, before))
        work.draft = replace(draft, partial=True) if refused else draft
        if before is not None:
            work.present = before.named(self._around.model.types.get(before.type))
        work.checked = preparation.checked(
            work.draft, self._around.model.types, self._around.usable
        )
        if refused:
            work.tell_more(work.checked.problems)
        else:
            work.problems += work.checked.problems
        return work

    def _before(self, item: ItemRow) -> Stored | None:
        id_ = item.id or self._around.by_key.get(item.key or "")
        return self._around.stored.get(id_) if id_ else None

    def _unwelcome(self, row: Row, item: ItemRow, before: Stored | None) -> Iterator[FieldProblem]:
        """Why there is no item that the row could be about; of what is out of reach as of what is
        not there.
        """
        if before is None:
            yield from self._not_to_be_made(row, item)
        elif before.id not in self._around.writable:
            message = _("You may see this item and not change it. Ask an administrator.")
            yield FieldProblem("id" if item.id else "key", message, row.number)
        elif item.version is not None and self._around.versions[before.id] != item.version:
            message = _("Somebody else changed this item meanwhile (it is at version %(version)s).")
            version = self._around.versions[before.id]
            yield FieldProblem("version", message % {"version": version}, row.number)
        elif before.retired and item.retired is None and not self._around.revive:
            message = _("This item is out of use. Bring it back into use first, then change it.")
            yield FieldProblem("key", message, row.number)
        elif item.type and not self._is_so_called(before, item.type):
            message = _("The item “%(key)s” is a %(type)s; its type is not changed here.")
            told = {"key": before.key, "type": self._label(before.type)}
            yield FieldProblem("type", message % told, row.number)

    def _not_to_be_made(self, row: Row, item: ItemRow) -> Iterator[FieldProblem]:
        if item.id or (item.key and not self._around.may_create):
            message = _("There is no item with the id or key “%s”.")
            told = str(item.id or item.key)[:100]
            yield FieldProblem("id" if item.id else "key", message % told, row.number)
        elif not self._around.may_create:
            message = _("New items are made by those only who may write all items.")
            yield FieldProblem("key", message, row.number)
        elif not self._around.creates:
            message = _("No item answers to this row, and its source makes no new ones.")
            yield FieldProblem("key", message, row.number)
        elif item.key in self._around.taken:
            message = _("There is an item with the key “%(key)s” already.")
            yield FieldProblem("key", message % {"key": item.key}, row.number)
        elif not item.type:
            yield FieldProblem("type", _("A new item needs a type."), row.number)
        elif item.content.name is UNSET:
            yield FieldProblem("name", _("A new item needs a name."), row.number)
        elif item.retired:
            message = _("A new item is in use; leave “retired” out.")
            yield FieldProblem("retired", message, row.number)

    def _is_so_called(self, before: Stored, wanted: str) -> bool:
        """Whether the item is of the type, or of one that extends it."""
        its_type = self._around.model.types.get(before.type)
        return before.type == wanted or (its_type is not None and its_type.is_a(wanted))

    def _label(self, name: str) -> str:
        known = self._around.model.types.get(name)
        return known.label.text() if known else name

    def _refuse_doubled(self) -> None:
        """Two rows about one item: nobody knows which of them is right."""
        about: dict[UUID | str, list[_Work]] = defaultdict(list)
        for work in self._works:
            if work.row.item and (named := work.row.item.id or work.row.item.key):
                before = self._before(work.row.item)
                about[before.id if before else named].append(work)
        message = _("The item “%(key)s” is in several rows: %(rows)s. Keep one of them.")
        for named, works in about.items():
            if len(works) > 1:
                rows = ", ".join(work.row.told for work in works[:10])
                known = self._around.stored.get(named) if isinstance(named, UUID) else None
                told = message % {"key": known.key if known else str(named)[:100], "rows": rows}
                for work in works:
                    work.problems.append(FieldProblem("key", told, work.row.number))

    # What rows name -------------------------------------------------------------------------------

    def _own(self) -> Iterator[tuple[str, Target]]:
        """The rows' own items, by key."""
        for work in self._works:
            if work.draft and not work.problems:
                before = work.draft.before
                type_name = before.type if before else work.draft.type
                yield work.draft.key, Target(work.draft.id, type_name)

    def _problems(self, work: _Work, targets: Mapping[str, Target]) -> Iterator[FieldProblem]:
        yield from self._unfound(work, targets)
        for said in work.row.relations:
            yield from self._relation_problems(work, said, targets)

    def _unfound(self, work: _Work, targets: Mapping[str, Target]) -> Iterator[FieldProblem]:
        if work.checked:
            types, absent = self._around.model.types, self._absent(work)
            yield from preparation.found_problems(
                work.checked, types, targets, self._people, absent
            )

    def _absent(self, work: _Work) -> Absent:
        """The words of a row for what it names and is not there."""

        def told(text: str) -> str:
            if other := self._refused.get(text):
                message = _("“%(name)s” is made by row %(row)s, which is refused. Mend that row.")
                return message % {"name": other.called, "row": other.row.told}
            if work.row.by_name:
                return _("There is no item with the name, key or id “%s”.") % text[:100]
            return no_such_item(text)

        return told

    def _relation_problems(
        self, work: _Work, said: RelationSaid, targets: Mapping[str, Target]
    ) -> Iterator[FieldProblem]:
        own = work.draft.key if work.draft else ""
        wanted = NewRelation(said.kind, said.source or own, said.target or own)
        model, row = self._around.model, work.row.number
        called = ("from", "to") if said.where == "relation" else (said.where, said.where)
        absent = self._absent(work)
        problems = relation_problems(wanted, targets, model, ends=called, row=row, absent=absent)
        found = list(problems)
        yield from found
        if found:
            return
        ends = (targets[text].id for text in (wanted.source, wanted.target))
        if not self._around.may_create and not all(map(self._may_change, ends)):
            message = _("You may see this item and not change it. Ask an administrator.")
            yield FieldProblem(said.where, message, work.row.number)

    def _may_change(self, item: UUID) -> bool:
        return item in self._around.writable or item in self._related

    def _settled(self, work: _Work, targets: Mapping[str, Target]) -> Settled:
        if work.problems:
            return Settled(work.row, problems=tuple(work.problems))
        own = work.draft.key if work.draft else ""
        relations = tuple(
            (said, targets[said.source or own].id, targets[said.target or own].id)
            for said in work.row.relations
        )
        if work.checked is None:
            return Settled(work.row, relations=relations)
        made = preparation.prepared(work.checked, self._around.model.types, targets)
        if work.row.item and work.row.item.confirmed and made.before is not None:
            made = replace(made, changes=(*made.changes, rules.confirmed(made.after.name)))
        return Settled(work.row, made, relations)


def _draft(row: Row, item: ItemRow, before: Stored | None) -> ItemDraft:
    if before is not None:
        return ItemDraft(before.id, before.key, before.type, item.content, before, row=row.number)
    id_, type_name = new_id(), item.type or ""
    key = item.key or f"{type_name}-{id_.hex[-12:]}"
    return ItemDraft(id_, key, type_name, item.content, row=row.number)


def _for(
    work: _Work, found: Mapping[str, Target], hidden: Mapping[str, Target]
) -> Mapping[str, Target]:
    """What names stand for in this row: what is out of reach only where it stands there already."""
    if not work.present or not hidden:
        return found
    own = {text: target for text, target in hidden.items() if target.id in work.present}
    return {**found, **own} if own else found
