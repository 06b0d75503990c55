"""The one way from what is said of an item to the row that is stored, and what is refused on it.

An edit by a person and a row of a definition come here as the same `ItemDraft` and leave as the
same `Prepared`. Pure: what is stored, and what ids and keys stand for, are arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from wardround.cmdb import rules
from wardround.cmdb.drafts import (
    PEOPLE,
    Checked,
    ItemDraft,
    People,
    Prepared,
    Stored,
    Target,
    Targets,
    Types,
    people_of,
)
from wardround.cmdb.fit import of_another_type, why_unfit
from wardround.cmdb.relation_rules import Absent, no_such_item
from wardround.cmdb.rules import FieldChange
from wardround.cmdb.types import KEY_PATTERN, UNSET, Importance, ItemEdit, stands_for_restricted
from wardround.kernel.errors import FieldProblem
from wardround.kernel.secrets import is_sealed, looks_sealed
from wardround.schema.attributes import defaults, masked, sealed, validated
from wardround.schema.errors import Unfit
from wardround.schema.sealing import SEALED_ELSEWHERE
from wardround.schema.suggestions import closest
from wardround.schema.types import (
    Attribute,
    AttributeType,
    ItemAttribute,
    ItemType,
    Label,
)
from wardround.schema.values import normal

_NAME = Attribute(name="name", label=Label("名称", "Name"), type=AttributeType.TEXT)
_MOST_NAME = 300


# What is said -----------------------------------------------------------------------------------


def checked(
    draft: ItemDraft, types: Types, usable: Collection[str], *, tokens: bool = False
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
    for column, said in _columns(draft.content, draft.before):
        if isinstance(said, FieldProblem):
            problems.append(replace(said, row=draft.row))
        else:
            columns[column] = said
    said, refused = _open_to(draft, item_type)
    problems += refused
    kept = _kept(draft, item_type, types) if draft.retyped else {}
    begun = draft.retyped or (draft.before is None and not draft.partial)
    usual = defaults(item_type.attributes) if begun else {}
    stays = _stays(draft, item_type, said)
    result = validated(
        _asked(item_type.attributes, draft.hidden),
        {**usual, **kept, **{name: each for name, each in said.items() if name not in stays}},
        row=draft.row,
        require=begun,
        tokens=tokens,
    )
    values = {**stays, **result.values}
    return Checked(draft, item_type, columns, values, (*problems, *result.problems))


def _stays(draft: ItemDraft, item_type: ItemType, said: Mapping[str, Any]) -> dict[str, Any]:
    """What is said as it is stored: it was measured then, and most of a file that is sent once
    more is that.
    """
    if draft.before is None or draft.retyped:
        return {}
    stored = draft.before.attributes
    return {
        name: value
        for name, value in said.items()
        if value is not None
        and _same(value, stored.get(name))
        and not is_sealed(value)
        and item_type.attribute(name)
    }


def _same(value: object, stored: object) -> bool:
    """Whether it is that very value: 1 is no yes."""
    return value == stored and type(value) is type(stored)


def _open_to(draft: ItemDraft, item_type: ItemType) -> tuple[dict[str, Any], list[FieldProblem]]:
    """What is said of attributes that whoever says it may see; the others stay as they are, and
    who gives back what he was shown in their place says nothing.
    """
    said, problems = dict(draft.content.attributes), list[FieldProblem]()
    for name in [*said]:
        declared = item_type.attribute(name)
        shown = stands_for_restricted(said[name])
        if shown and declared is not None and declared.seen_by:
            del said[name]
        elif name in draft.hidden:
            del said[name]
            message = _("You may not see this attribute, so you cannot change it. Leave it out.")
            problems.append(FieldProblem(f"attributes.{name}", message, draft.row))
    if draft.retyped and draft.hidden:
        message = _("It has attributes that you may not see, so you cannot give it another type.")
        problems.append(FieldProblem("type", message, draft.row))
    return said, problems


def _asked(attributes: Sequence[ItemAttribute], hidden: Collection[str]) -> Sequence[ItemAttribute]:
    """Nobody is asked for what he may not see."""
    if not hidden:
        return attributes
    return [
        each.model_copy(update={"required": False})
        if each.required and each.name in hidden
        else each
        for each in attributes
    ]


def _unfit_type(draft: ItemDraft, item_type: ItemType | None, usable: Collection[str]) -> str:
    """Why an item cannot be of this type; empty if it can."""
    if item_type and (draft.type in usable or not (draft.before is None or draft.retyped)):
        return ""
    if item_type and item_type.abstract:
        text = _("“%(type)s” is only there to be extended; choose one of its own types")
        return text % {"type": draft.type}
    text = _("There is no item type “%s”.") % draft.type[:50]
    suggestion = closest(draft.type, sorted(usable))
    return text + _(" Did you mean “%s”?") % suggestion if suggestion else text


def _columns(content: ItemEdit, before: Stored | None) -> Iterator[tuple[str, Any]]:
    """Each column that is said, in stored form or as the problem it has."""
    if content.name is not UNSET:
        stays = before is not None and content.name == before.name
        yield "name", content.name if stays else _name(content.name)
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


def _kept(draft: ItemDraft, item_type: ItemType, types: Types) -> dict[str, Any]:
    """What an item that becomes another type keeps: attributes that both types declare alike, and
    what it held when it was of this type before.
    """
    before = draft.before
    if before is None:
        return {}
    was = types.get(before.type)
    alike = {
        now.name: value
        for now in item_type.attributes
        if (value := before.attributes.get(now.name)) is not None
        and (
            declared.type is now.type
            if was and (declared := was.attribute(now.name))
            else _comes_back(now, value)
        )
    }
    return masked(item_type.attributes, alike)


def _comes_back(declared: ItemAttribute, value: Any) -> bool:
    """Whether what an item held as another type, and its type of now does not have, can be read."""
    secret = declared.type is AttributeType.SECRET
    pointing = declared.type is AttributeType.REFERENCE
    named = rules.as_id(str(value)) is not None
    same = is_sealed(value) == secret and named == pointing
    return same and not why_unfit(declared, value, {}, {})


# What it names ----------------------------------------------------------------------------------


def found_problems(
    work: Checked, types: Types, targets: Targets, people: People, absent: Absent = no_such_item
) -> Iterator[FieldProblem]:
    """Names that nothing in use has, and those of something that may not stand there.

    An owner or a vendor who stands there already stays, whatever roles its type has meanwhile.
    """
    for where, text, declared in work.named():
        target = targets.get(text)
        stored = target is not None and _is_stored(work, where, target)
        admitted = declared if stored else people.get(where, declared)
        if told := unfit_target(text, target, admitted, types, stored=stored, absent=absent):
            yield FieldProblem(where, told, work.draft.row)


def unfit_target(  # noqa: PLR0913  # the last are named
    text: str,
    target: Target | None,
    admitted: Collection[str],
    types: Types,
    *,
    stored: bool = False,
    absent: Absent = no_such_item,
) -> str:
    """Why a reference that says `text` may not name this; empty if it may. Subtypes of `admitted`
    count; none there: any type. One that is `stored` may have been retired meanwhile. `absent`:
    the words for what is not there.
    """
    if target is None or (target.retired and not stored):
        return absent(text)
    if target.type and admitted and not _is_one_of(target.type, admitted, types):
        return of_another_type(admitted, target.type, types)
    return ""


def _is_stored(work: Checked, where: str, target: Target) -> bool:
    """Whether the item names this one already: that it was retired meanwhile is not its mistake."""
    before = work.draft.before
    return before is not None and before.values().get(where) == str(target.id)


def _is_one_of(type_name: str, admitted: Collection[str], types: Types) -> bool:
    item_type = types.get(type_name)
    return item_type is not None and any(item_type.is_a(name) for name in admitted)


def doubled(drafts: Sequence[ItemDraft]) -> Iterator[FieldProblem]:
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
    if before is not None and origin == before.origin and _nothing_new(work, columns, before):
        return Prepared(before, before, (), draft.row)
    after = replace(
        base,
        **columns,
        type=draft.type,
        attributes=_attributes(work, targets),
        origin=origin,
        retired=False,
    )
    return Prepared(before, after, history(before, after, types), draft.row)


def _nothing_new(work: Checked, columns: Mapping[str, Any], before: Stored) -> bool:
    return (
        not (before.retired or work.draft.retyped)
        and all(getattr(before, column) == said for column, said in columns.items())
        and all(_same(said, before.attributes.get(name)) for name, said in work.attributes.items())
    )


def _attributes(work: Checked, targets: Targets) -> dict[str, Any]:
    declared = work.type.attributes if work.type else ()
    stored = work.draft.before.attributes if work.draft.before else {}
    values = sealed(declared, work.attributes, stored)
    for attribute in declared:
        text = values.get(attribute.name)
        if attribute.type is AttributeType.REFERENCE and text is not None:
            values[attribute.name] = str(targets[text].id)
    if work.draft.retyped:  # what the type does not have is kept, unseen: it may come back
        names = {attribute.name for attribute in declared}
        stored = {name: value for name, value in stored.items() if name not in names}
    return rules.merged(stored, values)


def history(before: Stored | None, after: Stored, types: Types) -> tuple[FieldChange, ...]:
    if before is None:
        return (FieldChange("created", None, after.name),)
    if before == after:
        return ()
    before, after = _seen(before, types), _seen(after, types)
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


def _seen(stored: Stored, types: Types) -> Stored:
    """Without what its type does not have."""
    its_type = types.get(stored.type)
    if its_type is None:
        return stored
    names = {attribute.name for attribute in its_type.attributes}
    held = {name: value for name, value in stored.attributes.items() if name in names}
    return replace(stored, attributes=held)


# All of it ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preparation:
    """What a set of drafts has come to; `items` is empty where there are problems."""

    items: tuple[Prepared, ...]
    problems: tuple[FieldProblem, ...]
    targets: Targets


def prepare(
    drafts: Sequence[ItemDraft],
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
    problems, people = [*doubled(drafts)], people_of(types)
    for work in works:
        problems += [*work.problems, *found_problems(work, types, targets, people)]
    items = () if problems else tuple(prepared(work, types, targets) for work in works)
    return Preparation(items, tuple(problems), targets)
