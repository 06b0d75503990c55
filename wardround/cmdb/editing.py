"""From what somebody asks for to the row that is stored, with every mistake by its field."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from wardround.cmdb import models, rules
from wardround.cmdb.definitions import reference_names
from wardround.cmdb.types import KEY_PATTERN, UNSET, ItemEdit, NewItem
from wardround.cmdb.writing import Written
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.ids import new_id
from wardround.kernel.reach import Reach
from wardround.schema import queries as schema
from wardround.schema.attributes import sealed, validated
from wardround.schema.errors import Unfit
from wardround.schema.suggestions import closest
from wardround.schema.types import Attribute, AttributeType, ItemType, Label
from wardround.schema.values import normal

_NAME = Attribute(name="name", label=Label("名称", "Name"), type=AttributeType.TEXT)


class Edited:
    """One edit being prepared; ends in a row to be written or in BadInput."""

    def __init__(self, its_type: ItemType, before: models.Item | None, reach: Reach) -> None:
        self.type = its_type
        self.before = before
        self.reach = reach
        self.problems: list[FieldProblem] = []
        self.targets: dict[str, tuple[UUID, str]] = {}

    @classmethod
    def creating(cls, new: NewItem, reach: Reach) -> Written:
        """Raises BadInput. `reach` is how far the writer sees: nothing beyond it can be named."""
        edited = cls(_usable_type(new.type), None, reach)
        id_ = new_id()
        key = edited.key(new.key, id_)
        edit = ItemEdit(new.name, new.importance, new.owner, new.vendor, new.attributes)
        return edited.written(id_, key, edit, require=True)

    @classmethod
    def updating(cls, row: models.Item, edit: ItemEdit, reach: Reach) -> Written:
        """Raises BadInput."""
        edited = cls(_type_of(row), row, reach)
        return edited.written(row.id, row.key, edit, require=False)

    def key(self, given: str | None, id_: UUID) -> str:
        if given is None:
            return f"{self.type.name}-{id_.hex[-12:]}"
        if not rules.matches(KEY_PATTERN, given):
            self.refuse("key", _("Use letters, digits and . _ : - only, at most 200."))
        return given

    def refuse(self, field: str, message: str) -> None:
        self.problems.append(FieldProblem(field, message))

    def written(self, id_: UUID, key: str, edit: ItemEdit, *, require: bool) -> Written:
        self.targets = _targets(set(self.named(edit)), self.reach, self.present())
        columns = self.columns(edit)
        stored = self.before.attributes if self.before else {}
        result = validated(self.type.attributes, edit.attributes, require=require)
        self.problems.extend(result.problems)
        values = self.resolved(sealed(self.type.attributes, result.values, stored))
        if self.problems:
            raise BadInput(problems=self.problems)
        return Written(id_, key, columns, rules.merged(stored, values), self.before)

    def named(self, edit: ItemEdit) -> Iterator[str]:
        """Every id or key that the edit names."""
        yield from (one for one in (edit.owner, edit.vendor) if one and one is not UNSET)
        for name in reference_names(self.type):
            value = edit.attributes.get(name)
            if isinstance(value, Mapping):
                value = value.get("id")
            if isinstance(value, str | UUID):
                yield str(value).strip()

    def present(self) -> set[UUID]:
        """What the item names already: it may stay, whoever sees it or not."""
        if self.before is None:
            return set()
        held = [self.before.attributes.get(name) for name in reference_names(self.type)]
        ids = (self.before.owner_id, self.before.vendor_id, *(UUID(one) for one in held if one))
        return {one for one in ids if one}

    def columns(self, edit: ItemEdit) -> dict[str, Any]:
        before = self.before
        columns: dict[str, Any] = {
            "type": self.type.name,
            "name": before.name if before else "",
            "importance": before.importance if before else None,
            "owner_id": before.owner_id if before else None,
            "vendor_id": before.vendor_id if before else None,
            "origin": before.origin if before else "",
        }
        if edit.name is not UNSET:
            columns["name"] = self.name(edit.name)
        if edit.importance is not UNSET:
            columns["importance"] = edit.importance and str(edit.importance)
        for field, given in (("owner", edit.owner), ("vendor", edit.vendor)):
            if given is not UNSET:
                columns[f"{field}_id"] = self.target(given, field, ()) if given else None
        return columns

    def name(self, given: str) -> str:
        try:
            name = normal(_NAME, given)
        except Unfit as unfit:
            self.refuse("name", str(unfit))
            return ""
        if name is None or len(name) > 300:
            self.refuse("name", _("A name is needed, of at most 300 characters."))
        return str(name or "")

    def target(self, given: str, field: str, to: Collection[str]) -> UUID | None:
        """The item that an id or key names, of one of the types `to`."""
        found = self.targets.get(given.strip())
        if found is None:
            self.refuse(field, _("There is no item with the id or key “%s”.") % given[:100])
            return None
        id_, type_name = found
        target_type = schema.remembered_item_types().get(type_name)
        if to and not (target_type and any(target_type.is_a(one) for one in to)):
            text = _("This must be one of: %(types)s; it is a %(type)s.")
            self.refuse(field, text % {"types": ", ".join(to), "type": type_name})
        return id_

    def resolved(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """References as ids."""
        ready = dict(values)
        for attribute in self.type.attributes:
            value = ready.get(attribute.name)
            if attribute.type is AttributeType.REFERENCE and value is not None:
                field = f"attributes.{attribute.name}"
                ready[attribute.name] = str(self.target(value, field, attribute.to))
        return ready


def _type_of(row: models.Item) -> ItemType:
    """The item's type, of a retired one as it was last."""
    return schema.remembered_item_types().get(row.type) or schema.item_type(row.type)


def _usable_type(name: str) -> ItemType:
    types = schema.item_types()
    found = types.get(name)
    if found is not None and not found.abstract:
        return found
    usable = [one.name for one in types.values() if not one.abstract]
    suggestion = closest(name, usable)
    text = _("There is no item type “%s”.") % name[:50]
    if suggestion:
        text += _(" Did you mean “%s”?") % suggestion
    raise BadInput(problems=[FieldProblem("type", text)])


def _targets(
    named: Collection[str], reach: Reach, present: Collection[UUID]
) -> dict[str, tuple[UUID, str]]:
    """Id and type of items within reach by what names them, id or key; one query."""
    if not named:
        return {}
    ids = [id_ for one in named if (id_ := rules.as_id(one))]
    wanted = Q(id__in=ids) | Q(key__in=list(named))
    inside = reach.condition()
    if not reach.everything:
        inside |= Q(id__in=present)
    rows = models.Item.objects.filter(wanted, inside, retired_at=None)
    found: dict[str, tuple[UUID, str]] = {}
    for id_, key, type_name in rows.values_list("id", "key", "type"):
        found[key] = found[str(id_)] = (id_, type_name)
    return found
