"""Bringing the product's own packs up to date, and telling what that refuses or takes away."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from wardround.kernel import audit
from wardround.kernel.types import Actor
from wardround.kernel.wording import listed
from wardround.schema import documents, losses, models, queries, shipping, sources, writing
from wardround.schema.actions.packs import import_checked
from wardround.schema.errors import BadPack
from wardround.schema.permissions import IMPORT
from wardround.schema.readable import require_whole
from wardround.schema.refusals import refuse
from wardround.schema.sources import Source
from wardround.schema.types import Difference

logger = logging.getLogger("wardround.schema")


@documents.read_once()
def import_shipped(actor: Actor, *, at: datetime, names: Sequence[str] = ()) -> Difference:
    """Bring the product's own packs up to date; quick where nothing is new.

    `names` limits it to some packs. Definitions that the hospital has changed, retired or still
    needs stay as they are. An update that does not go together with them is left for a person:
    the packs stay as they were, and the log says why.
    """
    found = sources.find([sources.shipped_folder()])
    if found.problems:
        raise refuse(found.problems)
    fresh = shipping.wanted(source for source in found.packs if not names or source.name in names)
    if not fresh:
        return Difference(())
    try:
        return _update(actor, fresh, at=at)
    except BadPack as error:
        if not _something_of_our_own([source.name for source in fresh]):
            raise
        _tell_refused(actor, fresh, error)
        return Difference(())


def _something_of_our_own(shipped: Sequence[str]) -> bool:
    """Whether there are other packs than these, or changes in these."""
    others = models.InstalledPack.objects.exclude(name__in=shipped)
    return others.exists() or models.Departure.objects.filter(pack__in=shipped).exists()


def _tell_refused(actor: Actor, fresh: Sequence[Source], error: BadPack) -> None:
    """Once for each reason: every start tries again."""
    told = "; ".join(f"{problem.field}: {problem.message}" for problem in error.problems)
    logger.error("The shipped packs do not go together with what is here: %s", told)
    names = ", ".join(source.name for source in fresh)
    audit.record_once(actor, "pack.refuse", subject=("pack", names), problems=told[:2000])


@transaction.atomic
def _update(actor: Actor, fresh: Sequence[Source], *, at: datetime) -> Difference:
    require_whole(actor, IMPORT)
    writing.locked_revision()
    # What living things need is kept: what is lost are lines of data that the product ships.
    ours = shipping.merged(fresh)
    difference = import_checked(actor, ours, at=at, consent=True, renames={})
    _tell_lost(actor, difference)
    for source in fresh:
        models.InstalledPack.objects.filter(name=source.name).update(shipped_digest=source.digest)
    shipping.note_kept(fresh)
    return difference


def _tell_lost(actor: Actor, difference: Difference) -> None:
    """What an update takes from what lives here: nobody was asked, so it is told by the log, the
    audit and `wardround doctor` (`queries.lost_by_updates`).
    """
    for pack in dict.fromkeys(change.pack for change in difference.lost):
        what = losses.kept(change for change in difference.lost if change.pack == pack)
        told = listed(map(str, losses.told(what)))
        logger.warning("The update of the shipped pack %s took away: %s", pack, told)
        audit.record(actor, queries.LOST_BY_UPDATE, subject=("pack", pack), what=what)
