"""Taking an address: the next free one, or a given one, by a new item or by one that there is.

Whoever writes items does it in turn, and what is free is asked only then: two people who take at
once get two addresses.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from wardround.cmdb import actions, models, statements
from wardround.cmdb.errors import AddressTaken, NetworkFull, UnknownItem
from wardround.cmdb.models import COMMON
from wardround.cmdb.networks import detail, free, reading, sight
from wardround.cmdb.networks.plans import Plan, plans
from wardround.cmdb.networks.spans import Address, Prefix, edges
from wardround.cmdb.networks.types import Taken, Taking
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.types import OUT_OF_REACH, ItemEdit, NewItem
from wardround.kernel.errors import BadInput, FieldProblem
from wardround.kernel.reach import Reach, reach
from wardround.kernel.types import Actor
from wardround.schema import queries as schema


@transaction.atomic
def take(actor: Actor, network_id: UUID, taking: Taking, *, at: datetime) -> Taken:
    """Raises UnknownItem, NetworkFull, AddressTaken, and what making or changing an item raises."""
    schema.hold()
    statements.in_turn()
    actor.require(WRITE)
    seen = reach(actor, READ)
    row = reading.row_of(seen, network_id)
    prefix, space = reading.prefix_of(row), row.network.space
    address = str(_wanted(seen, prefix, space, taking.address))
    if taking.item is None:
        item = actions.create_item(actor, _new(row, taking, address), at=at)
    else:
        edit = ItemEdit(attributes=_on_item(seen, taking.item, taking, row, address))
        item = actions.update_item(actor, taking.item, edit, version=_version(taking), at=at)
    return Taken(address, item)


# Which -------------------------------------------------------------------------------------------


def _wanted(seen: Reach, prefix: Prefix, space: UUID, given: str | None) -> Address:
    if given is None:
        found = free.in_network(prefix, space).addresses(1)
        if not found:
            raise NetworkFull(network=str(prefix))
        return found[0]
    address = reading.typed_address(given, "address")
    if told := _why_not(address, prefix, space):
        raise BadInput(problems=[FieldProblem("address", told)])
    same = models.Address.objects.filter(space=space, first=str(address)).exclude(part="range")
    if same.exists():
        raise AddressTaken(field="address", address=str(address), holders=_holders(seen, same))
    return address


def _why_not(address: Address, prefix: Prefix, space: UUID) -> str:
    """Why nobody may have an address in this network; empty if somebody may. One of a reserved
    range may be given, but is not given by itself.
    """
    told = {"address": address, "network": prefix}
    if address not in prefix:
        return _("%(address)s does not lie in %(network)s.") % told
    if address in edges(prefix):
        return _("%(address)s is the address of the network itself, or of its broadcast.") % told
    if any(address in each for each in free.smaller(prefix, space)):
        return _("%(address)s lies in a smaller network; take it there.") % told
    return ""


def _holders(seen: Reach, same: QuerySet[models.Address]) -> str:
    """Those that the reader may know of, by name; of others, that there are such."""
    ids = {row.id for row in same}
    rows = sight.addresses(seen).filter(id__in=ids).select_related("item").order_by("id")
    known = {row.id: row.item.name for row in rows}
    others = [] if len(known) == len(ids) else [OUT_OF_REACH.name.text()]
    return ", ".join(dict.fromkeys([*known.values(), *others]))


# By whom -----------------------------------------------------------------------------------------


def _version(taking: Taking) -> int:
    if taking.version is None:
        message = _("Say which version of the item you saw.")
        raise BadInput(problems=[FieldProblem("version", message)])
    return taking.version


def _on_item(
    seen: Reach, item: UUID, taking: Taking, network: models.Item, address: str
) -> Mapping[str, Any]:
    """What becomes of an item's attributes. Raises UnknownItem, BadInput."""
    row = models.Item.objects.filter(seen.condition(), id=item).first()
    if row is None:
        raise UnknownItem(field="item")
    plan = plans().get(row.type)
    names = plan.addresses if plan else ()
    attribute = names[0] if taking.attribute is None and len(names) == 1 else taking.attribute
    if plan is None or attribute not in names:
        message = _("Say which of its addresses: %(names)s.") % {"names": ", ".join(names) or "–"}
        raise BadInput(problems=[FieldProblem("attribute", message)])
    return _attributes(plan, network, taking, {attribute: address})


def _attributes(
    plan: Plan, network: models.Item, taking: Taking, address: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Raises BadInput where something else is said of what follows from the network."""
    own = {**_named(plan, network), **address}
    message = _("This follows from the network; nothing else can be said of it here.")
    problems = [
        FieldProblem(f"attributes.{name}", message)
        for name in own
        if name in taking.attributes and taking.attributes[name] not in {own[name], network.key}
    ]
    if problems:
        raise BadInput(problems=problems)
    return {**taking.attributes, **own}


def _new(network: models.Item, taking: Taking, address: str) -> NewItem:
    type_name = _type(taking)
    plan = plans()[type_name]
    attributes = _attributes(plan, network, taking, {plan.addresses[0]: address})
    return NewItem(type_name, taking.name or address, attributes=attributes)


def _type(taking: Taking) -> str:
    known = [each.name for each in detail.takers() if each.name in plans()]
    if taking.type is None and len(known) == 1:
        return known[0]
    if taking.type not in known:
        message = _("Say of which type: %(types)s.") % {"types": ", ".join(known) or "–"}
        raise BadInput(problems=[FieldProblem("type", message)])
    return taking.type


def _named(plan: Plan, network: models.Item) -> Mapping[str, Any]:
    """The network, or its space: without it the address would count elsewhere. Raises BadInput."""
    if plan.network:
        return {plan.network: str(network.id)}
    space = network.network.space
    if plan.space:
        return {plan.space: None if space == COMMON else str(space)}
    if space != COMMON:
        message = _("Its type has no reference to an address space, and the network has its own.")
        raise BadInput(problems=[FieldProblem("item", message)])
    return {}
