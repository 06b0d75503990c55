"""Where people put the items of a picture: read, kept and forgotten, for oneself or for all.

Only where somebody put something is kept: what was never moved, and what comes later, stands where
the layout puts it. For all puts who may change the item that the picture is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from wardround.cmdb import models, queries
from wardround.cmdb.errors import TooManyPlaces, UnknownItem
from wardround.cmdb.permissions import READ, WRITE
from wardround.cmdb.place_types import MOST_PLACES, KeptPlaces, Picture, Place
from wardround.kernel import audit
from wardround.kernel.errors import BadInput, FieldProblem, Forbidden
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor


def kept(actor: Actor, picture: Picture, root: UUID | None) -> KeptPlaces:
    """The places of a picture as far as its reader sees what stands there. Raises UnknownItem."""
    may_share = _may_share(actor, root)
    of_all, own = Q(account=None), Q(account=actor.id)
    rows = models.KeptPlace.objects.filter(of_all | own, picture=picture, root=root)
    found = list(rows.values_list("item_id", "x", "y", "account"))
    seen = queries.visible(reach(actor, READ), {row[0] for row in found})
    places: dict[UUID, Place] = {}
    counted = {True: 0, False: 0}
    for item, x, y, account in sorted(found, key=lambda row: row[3] is not None):
        if item in seen:
            places[item] = Place(item, x, y)
            counted[account is not None] += 1
    return KeptPlaces(tuple(places.values()), counted[True], counted[False], may_share)


@transaction.atomic
def keep(
    actor: Actor, picture: Picture, root: UUID | None, places: Sequence[Place], *, for_all: bool
) -> KeptPlaces:
    """Keep where these stand; the rest of the picture stays. Raises UnknownItem, Forbidden,
    TooManyPlaces, BadInput for an item that is not there.
    """
    account = _account(actor, root, for_all=for_all)
    wanted = {place.item: place for place in places}
    seen = queries.visible(reach(actor, READ), wanted)
    problems = [
        FieldProblem(
            "item", _("There is no item with the id or key “%s”.") % place.item, number + 1
        )
        for number, place in enumerate(places)
        if place.item not in seen
    ]
    if problems:
        raise BadInput(problems=problems)
    models.KeptPlace.objects.bulk_create(
        [
            models.KeptPlace(
                picture=picture, root_id=root, account=account, item_id=id_, x=place.x, y=place.y
            )
            for id_, place in sorted(wanted.items())
        ],
        update_conflicts=True,
        unique_fields=["picture", "root", "account", "item"],
        update_fields=["x", "y"],
    )
    if _kept(picture, root, account).count() > MOST_PLACES:
        raise TooManyPlaces(most=MOST_PLACES)
    if for_all:
        audit.record(actor, "item.arrange", subject=("item", root or ""), count=len(wanted))
    return kept(actor, picture, root)


@transaction.atomic
def forget(actor: Actor, picture: Picture, root: UUID | None, *, for_all: bool) -> None:
    """Let the layout put everything where it belongs again. Raises UnknownItem, Forbidden."""
    rows = _kept(picture, root, _account(actor, root, for_all=for_all))
    gone, _models = rows.delete()
    if for_all and gone:
        audit.record(actor, "item.arrange_anew", subject=("item", root or ""), count=gone)


def _kept(picture: Picture, root: UUID | None, account: UUID | None) -> QuerySet[models.KeptPlace]:
    return models.KeptPlace.objects.filter(picture=picture, root=root, account=account)


def _account(actor: Actor, root: UUID | None, *, for_all: bool) -> UUID | None:
    """Whose places are meant; none: everybody's."""
    may_share = _may_share(actor, root)
    if not for_all:
        return actor.id
    if not may_share:
        raise Forbidden(permission=WRITE)
    return None


def _may_share(actor: Actor, root: UUID | None) -> bool:
    """Raises UnknownItem where the picture is about what the reader does not see, or names alone
    (a network zone serves no system).
    """
    seen, writes = reach(actor, READ), reach(actor, WRITE)
    if root is None:
        return writes.everything
    if root not in queries.named(seen, [root]):
        raise UnknownItem(field="root")
    return root in queries.visible(writes, [root])
