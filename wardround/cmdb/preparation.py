"""The one way from what is said of an item to the row that is stored, and what is refused on it.

An edit by a person and a row of a definition come here as the same `Draft` and leave as the same
`Prepared`. Pure: what is stored, and what ids and keys stand for, are arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from wardround.cmdb import rules
from wardround.cmdb.rules import FieldChange
from wardround.cmdb.types import KEY_PATTERN, UNSET, Importance, ItemEdit, NewRelation
from wardround.kernel.errors import FieldProblem
from wardround.kernel.secrets import looks_sealed
from wardround.schema.attributes import masked, sealed, validated
from wardround.schema.errors import Unfit
from wardround.schema.sealing import SEALED_ELSEWHERE
from wardround.schema.suggestions import closest
from wardround.schema.types import Attribute, AttributeType, ItemType, Label, RelationKind
from wardround.schema.values import normal

_NAME = Attribute(name="name", label=Label("名称", "Name"), type=AttributeType.TEXT)
_MOST_NAME = 300

Types = Mapping[str, ItemType]
PEOPLE = ("owner", "vendor")
"""Columns that name another item."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An item as it is stored, or is to be."""

    id: UUID
    key: str
    type: str
    name: str
    importance: str | None = None
    owner: UUID | None = None
    vendor: UUID | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    """As they are stored: references as ids, secrets sealed."""
    origin: str = ""
    """The `items` definition that keeps it."""
    retired: bool = False

    def values(self) -> dict[str, Any]:
        """What of it has a history, by field."""
        return {
            "type": self.type,
            "name": self.name,
            "importance": self.importance,
            "owner": self.owner and str(self.owner),
            "vendor": self.vendor and str(self.vendor),
            **{f"attributes.{name}": value for name, value in self.attributes.items()},
        }

    def named(self, item_type: ItemType | None) -> frozenset[UUID]:
        """Items that it names."""
        held = (self.attributes.get(name) for name in rules.reference_names(item_type))
        ids = (self.owner, self.vendor, *(rules.as_id(str(text)) for text in held if text))
        return frozenset(id_ for id_ in ids if id_)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody, or a definition, says of one item; what it does not say stays."""

    id: UUID
    key: str
    type: str
    content: ItemEdit
    before: Stored | None = None
    partial: bool = False
    """There is more of the item than is known here, so that nothing required can be missing."""
    origin: str | None = None
    """The definition that says it; None leaves the item to whoever keeps it."""
    row: int | None = None
    """Its number in the input, from 1, for the problems."""

    @property
    def retyped(self) -> bool:
        return self.before is not None and self.before.type != self.type


@dataclass(frozen=True, slots=True)
class Target:
    """An item that another names. `type` is empty where it cannot be known yet."""

    id: UUID
    type: str = ""
    retired: bool = False


Targets = Mapping[str, Target]
"""Items by what names them: their id or key."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft after its own content was looked at; what it names are still ids or keys."""

    draft: Draft
    type: ItemType | None
    columns: Mapping[str, Any]
    """Of `name`, `importance`, `owner` and `vendor` what is said, in stored form."""
    attributes: Mapping[str, Any]
    problems: tuple[FieldProblem, ...]

    def named(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Field, the id or key it names, and the types that may stand there."""
        for column in PEOPLE:
            if text := self.columns.get(column):
                yield column, text, ()
        for attribute in self.type.attributes if self.type else ():
            text = self.attributes.get(attribute.name)
            if attribute.type is AttributeType.REFERENCE and text is not None:
                yield f"attributes.{attribute.name}", text, attribute.to


@dataclass(frozen=True, slots=True)
class Prepared:
    """An item as it is to be stored, what is stored now, and the history of the step between."""

    before: Stored | None
    after: Stored
    changes: tuple[FieldChange, ...]

    @property
    def news(self) -> bool:
        """Whether there is anything to store."""
        return bool(self.changes) or self.before is None or self.before.origin != self.after.origin


# What is said -----------------------------------------------------------------------------------


def checked(
    draft: Draft, types: Types, usable: Collection[str], *, tokens: bool = False
) -> Checked:
    """Everything that can be found without asking what the names in it stand for.

    `usable` are the types that a new item may be of; one that lives may be of a retired type.
    With `tokens` what stands for a secret in a text may be given for one.
    """
    problems: list[FieldProblem] = []
    item_type = types.get(draft.type)
    unfit = _unfit_type(draft, item_type, usable)
    if unfit:  # told first: a key that was not given is made from the type
        problems.append(FieldProblem("type", unfit, draft.row))
    if looks_sealed(draft.key):
        problems.append(FieldProblem("key", _(SEALED_ELSEWHERE), draft.row))
    elif draft.before is None and not rules.matches(KEY_PATTERN, draft.key):
        message = _("Use letters, digits and . _ : - only, at most 200.")
        problems.append(FieldProblem("key", message, draft.row))
    if item_type is None or unfit:
        return Checked(draft, None, {}, {}, tuple(problems))
    columns = {}
    for column, said in _columns(draft.content):
        if isinstance(said, FieldProblem):
            problems.append(replace(said, row=draft.row))
        else:
            columns[column] = said
    kept = _kept(draft, item_type, types) if draft.retyped else {}
    result = validated(
        item_type.attributes,
        {**kept, **draft.content.attributes},
        row=draft.row,
        require=draft.retyped or (draft.before is None and not draft.partial),
        tokens=tokens,
    )
    return Checked(draft, item_type, columns, result.values, (*problems, *result.problems))


def _unfit_type(draft: Draft, item_type: ItemType | None, usable: Collection[str]) -> str:
    """Why an item cannot be of this type; empty if it can."""
    if item_type and (draft.type in usable or not (draft.before is None or draft.retyped)):
        return ""
    if item_type and item_type.abstract:
        text = _("“%(type)s” is only there to be extended; choose one of its own types")
        return text % {"type": draft.type}
    text = _("There is no item type “%s”.") % draft.type[:50]
    suggestion = closest(draft.type, sorted(usable))
    return text + _(" Did you mean “%s”?") % suggestion if suggestion else text


def _columns(content: ItemEdit) -> Iterator[tuple[str, Any]]:
    """Each column that is said, in stored form or as the problem it has."""
    if content.name is not UNSET:
        yield "name", _name(content.name)
    if content.importance is not UNSET:
        yield "importance", _importance(content.importance)
    for column in PEOPLE:
        said = getattr(content, column)
        if said is not UNSET:
            yield column, (said.strip() or None) if said else None


def _name(said: str) -> str | FieldProblem:
    if looks_sealed(said):
        return FieldProblem("name", _(SEALED_ELSEWHERE))
    try:
        name = normal(_NAME, said)
    except Unfit as unfit:
        return FieldProblem("name", str(unfit))
    if name is None or len(name) > _MOST_NAME:
        return FieldProblem("name", _("A name is needed, of at most 300 characters."))
    return str(name)


def _importance(said: str | None) -> str | FieldProblem | None:
    if said and said not in set(Importance):
        return FieldProblem("importance", _("A class of importance is A, B or C."))
    return str(said) if said else None


def _kept(draft: Draft, item_type: ItemType, types: Types) -> dict[str, Any]:
    """What an item that becomes another type keeps: attributes that both types declare alike."""
    before = draft.before
    was = types.get(before.type) if before else None
    if before is None or was is None:
        return {}
    alike = {
        attribute.name: before.attributes[attribute.name]
        for attribute in was.attributes
        if attribute.name in before.attributes
        and (now := item_type.attribute(attribute.name))
        and now.type is attribute.type
    }
    return masked(item_type.attributes, alike)


# What it names ----------------------------------------------------------------------------------


def found_problems(work: Checked, types: Types, targets: Targets) -> Iterator[FieldProblem]:
    """Names that nothing in use has, and those of something that may not stand there."""
    for where, text, admitted in work.named():
        target = targets.get(text)
        if target is None or (target.retired and not _is_stored(work, where, target)):
            message = _("There is no item with the id or key “%s”.") % text[:100]
            yield FieldProblem(where, message, work.draft.row)
        elif target.type and admitted and not _is_one_of(target.type, admitted, types):
            message = _("This must be one of: %(types)s; it is a %(type)s.")
            told = message % {"types": ", ".join(admitted), "type": target.type}
            yield FieldProblem(where, told, work.draft.row)


def _is_stored(work: Checked, where: str, target: Target) -> bool:
    """Whether the item names this one already: that it was retired meanwhile is not its mistake."""
    before = work.draft.before
    return before is not None and before.values().get(where) == str(target.id)


def _is_one_of(type_name: str, admitted: Collection[str], types: Types) -> bool:
    item_type = types.get(type_name)
    return item_type is not None and any(item_type.is_a(name) for name in admitted)


def doubled(drafts: Sequence[Draft]) -> Iterator[FieldProblem]:
    """Keys that more than one draft gives."""
    seen: set[str] = set()
    for draft in drafts:
        if draft.key in seen:
            message = _("The key “%s” is given twice.") % draft.key[:100]
            yield FieldProblem("key", message, draft.row)
        seen.add(draft.key)


def prepared(work: Checked, types: Types, targets: Targets) -> Prepared:
    """The row, of a draft without problems."""
    draft, before = work.draft, work.draft.before
    columns = {**work.columns}
    for column in PEOPLE:
        if columns.get(column):
            columns[column] = targets[columns[column]].id
    base = before or Stored(draft.id, draft.key, draft.type, "")
    origin = base.origin if draft.origin is None else draft.origin
    after = replace(
        base,
        **columns,
        type=draft.type,
        attributes=_attributes(work, targets),
        origin=origin,
        retired=False,
    )
    return Prepared(before, after, _history(before, after, types))


def _attributes(work: Checked, targets: Targets) -> dict[str, Any]:
    declared = work.type.attributes if work.type else ()
    stored = work.draft.before.attributes if work.draft.before else {}
    values = sealed(declared, work.attributes, stored)
    for attribute in declared:
        text = values.get(attribute.name)
        if attribute.type is AttributeType.REFERENCE and text is not None:
            values[attribute.name] = str(targets[text].id)
    return rules.merged({} if work.draft.retyped else stored, values)


def _history(before: Stored | None, after: Stored, types: Types) -> tuple[FieldChange, ...]:
    if before is None:
        return (FieldChange("created", None, after.name),)
    gone = dict.fromkeys(f"attributes.{name}" for name in before.attributes)
    secret = {
        f"attributes.{name}"
        for type_name in (before.type, after.type)
        for name in rules.secret_names(types.get(type_name))
    }
    back = (FieldChange("retired", before.name, None),) if before.retired else ()
    return (
        *back,
        *rules.changes(before.values(), {**gone, **after.values()}, secret=frozenset(secret)),
    )


# Relations ---------------------------------------------------------------------------------------

Ends = tuple[str, str]
"""How the input calls the two ends of a relation."""


@dataclass(frozen=True, slots=True)
class Model:
    """What may stand in the database: item types with what they inherit, relation kinds."""

    types: Types
    kinds: Mapping[str, RelationKind]


def relation_problems(
    relation: NewRelation,
    targets: Targets,
    model: Model,
    *,
    ends: Ends,
    row: int | None = None,
) -> Iterator[FieldProblem]:
    """Everything wrong with one relation that is to be."""
    source, target = targets.get(relation.source), targets.get(relation.target)
    for where, text, found in (
        (ends[0], relation.source, source),
        (ends[1], relation.target, target),
    ):
        if found is None or found.retired:
            message = _("There is no item with the id or key “%s”.") % text[:100]
            yield FieldProblem(where, message, row)
    kind = model.kinds.get(relation.kind)
    if kind is None:
        yield FieldProblem("kind", _("There is no relation kind “%s”.") % relation.kind[:50], row)
    if source is None or target is None or source.retired or target.retired:
        return
    if source.id == target.id:
        yield FieldProblem(ends[1], _("An item cannot be related to itself."), row)
    elif kind is not None and not _admits(kind, source, target, model.types):
        text = _("This relation does not lead from a %(source)s to a %(target)s.")
        told = text % {"source": source.type, "target": target.type}
        yield FieldProblem("kind", told, row)


def _admits(kind: RelationKind, source: Target, target: Target, types: Types) -> bool:
    """Whether the kind may lead from one to the other; of unknown types nothing is said."""
    from_, to = types.get(source.type), types.get(target.type)
    return from_ is None or to is None or kind.admits(from_, to)


# All of it ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a set of drafts has come to; `items` is empty where there are problems."""

    items: tuple[Prepared, ...]
    problems: tuple[FieldProblem, ...]
    targets: Targets


def prepare(
    drafts: Sequence[Draft],
    types: Types,
    usable: Collection[str],
    find: Callable[[Collection[str]], Targets],
    *,
    further: Collection[str] = (),
) -> Preparation:
    """Look at every draft, ask once what all the names stand for, and make the rows.

    Args:
        drafts: items to be, each with what is stored of it.
        types: every item type with what it inherits, retired ones too.
        usable: types that a new item may be of.
        find: gives the stored items that ids and keys name.
        further: names to be found beside those in the drafts.

    """
    works = [checked(draft, types, usable) for draft in drafts]
    named = {text for work in works for _where, text, _admitted in work.named()}
    own = {draft.key: Target(draft.id, draft.type) for draft in drafts}
    targets = {**find(named | set(further)), **own}
    problems = [*doubled(drafts)]
    for work in works:
        problems += [*work.problems, *found_problems(work, types, targets)]
    items = () if problems else tuple(prepared(work, types, targets) for work in works)
    return Preparation(items, tuple(problems), targets)
