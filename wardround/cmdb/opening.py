"""Who may show an attribute to more roles: whoever sees all of it.

Else whoever may edit definitions, and not see an attribute, would open it to themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext_noop as _

from wardround.cmdb.counting import nothing
from wardround.cmdb.permissions import READ
from wardround.cmdb.restricted import Sight, once
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema
from wardround.schema.dependents import Changed, Holder
from wardround.schema.types import ItemAttribute, ItemType, Label, Path, Problem, with_inherited

_TYPE = "item-type"
_OPENED = _(
    "“%(name)s” has values that you may not see, so you cannot show them to others: leave “seen_by”"
    " as it is, or ask somebody who sees it in all items"
)


def _refusing(actor: Actor, changed: Changed) -> Mapping[str, Sequence[Problem]]:
    sight = Sight(reach(actor, READ))
    if sight.whole:
        return {}
    former = {new: old for old, new in changed.renames.items()}
    held, now = schema.remembered_item_types(), schema.definitions(_TYPE)
    found = {}
    for name, becomes in changed.after.items():
        was = held.get(former.get(name, name))
        if was is not None and now.get(was.name) != becomes:
            found[name] = list(_opened(sight, was, becomes, changed))
    return {name: problems for name, problems in found.items() if problems}


def _opened(sight: Sight, was: ItemType, becomes: ItemType, changed: Changed) -> Iterator[Problem]:
    own = {attribute.name: index for index, attribute in enumerate(becomes.attributes)}
    for attribute in with_inherited(becomes, changed.after).attributes:
        roles = _kept_to(was, attribute)
        if roles is None or sight.as_any(roles).everything:
            continue
        shown = {changed.view.former("role", role) for role in attribute.seen_by}
        if not shown or not shown <= {*roles}:
            index = own.get(attribute.name)
            path: Path = () if index is None else ("attributes", index, "seen_by")
            yield Problem(path, _OPENED, {"name": attribute.name})


def _kept_to(was: ItemType, attribute: ItemAttribute) -> tuple[str, ...] | None:
    """The roles that alone see what it holds until now; nothing where everybody does. What a name
    of former times still holds, where nobody declares it, is seen by those who see everything.
    """
    if declared := was.attribute(attribute.name):
        return declared.seen_by or None
    former = attribute.renamed_from and was.attribute(attribute.renamed_from)
    gone = [attribute.name] if former else [attribute.name, attribute.renamed_from]
    if any(name in once() for name in gone):
        return ()
    return former.seen_by or None if former else None


HOLDER = Holder(
    kind=_TYPE,
    thing="restricted",
    label=Label("受限的属性", "restricted attribute"),
    count=lambda _marks: {},
    marks=nothing,
    refusing=_refusing,
)
