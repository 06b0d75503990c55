"""Whether what an item holds is what its type, as it is declared now, takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from wardround.cmdb.rules import as_id
from wardround.kernel.secrets import is_sealed
from wardround.kernel.wording import listed
from wardround.schema.errors import Unfit
from wardround.schema.types import AttributeType, ItemAttribute, ItemType
from wardround.schema.values import normal

Types = Mapping[str, ItemType]


def unfit(
    item_type: ItemType, held: Mapping[str, Any], pointed: Mapping[UUID, str], types: Types
) -> Iterator[tuple[str, str]]:
    """Each attribute whose value does not fit, or that lacks one, and what would fit.

    Args:
        item_type: the type with what it inherits.
        held: the values as they are stored.
        pointed: of what is pointed to, the type, where the reader may know it.
        types: every type with what it inherits.

    """
    for attribute in item_type.attributes:
        value = held.get(attribute.name)
        if value is not None:
            why = why_unfit(attribute, value, pointed, types)
        else:
            why = _("a value is needed") if attribute.required else ""
        if why:
            yield attribute.name, why


def why_unfit(
    attribute: ItemAttribute, value: Any, pointed: Mapping[UUID, str], types: Types
) -> str:
    """What is wrong with a stored value, in the reader's language; nothing where it fits.

    What is sealed says nothing of itself, and what points to an item of unknown type fits.
    """
    if attribute.type is AttributeType.SECRET or is_sealed(value):
        return ""
    if attribute.type is AttributeType.REFERENCE:
        return _why_not_there(attribute, value, pointed, types)
    try:
        normal(attribute, value)
    except Unfit as wrong:
        return str(wrong)
    return ""


def _why_not_there(
    attribute: ItemAttribute, value: Any, pointed: Mapping[UUID, str], types: Types
) -> str:
    id_ = as_id(str(value))
    its_type = types.get(pointed.get(id_, "")) if id_ else None
    if its_type is None or not attribute.to or any(map(its_type.is_a, attribute.to)):
        return ""
    return of_another_type(attribute.to, its_type.name, types)


def of_another_type(admitted: Iterable[str], type_name: str, types: Types) -> str:
    """Why an item of this type may not stand where those are admitted; types by their labels."""
    message = _("This must be one of: %(types)s; it is a %(type)s.")
    wanted = listed(_label(name, types) for name in admitted)
    return message % {"types": wanted, "type": _label(type_name, types)}


def _label(name: str, types: Types) -> str:
    known = types.get(name)
    return known.label.text() if known else name
