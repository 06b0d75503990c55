"""Bringing the product's own packs up to date, and telling what that refuses or leaves waiting."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from wardround.kernel import audit
from wardround.kernel.types import Actor
from wardround.kernel.wording import listed
from wardround.schema import (
    differences,
    documents,
    losses,
    models,
    shipping,
    sources,
    writing,
)
from wardround.schema.actions.packs import bring
from wardround.schema.actions.permitting import require_consent
from wardround.schema.errors import BadPack, UnknownDefinition, UpdateWaits
from wardround.schema.packs import Loaded
from wardround.schema.permissions import IMPORT
from wardround.schema.readable import require_whole
from wardround.schema.refusals import refuse
from wardround.schema.sources import Source
from wardround.schema.types import Change, Difference, Problem

logger = logging.getLogger("wardround.schema")


@documents.read_once()
def import_shipped(actor: Actor, *, at: datetime, names: Sequence[str] = ()) -> Difference:
    """Bring the product's own packs up to date; quick where nothing is new.

    `names` limits it to some packs. Definitions that the hospital has changed, retired or still
    needs stay as they are; so does each whose new form would take something from what lives here,
    until a person brings it in and consents. An update that does not go together with them is left
    for a person: the packs stay as they were, and the log says why.
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
        ours = _something_of_our_own([source.name for source in fresh])
        if not (ours or isinstance(error, UpdateWaits)):
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
    proposal = shipping.taking_nothing(fresh)
    if proposal.problems:
        raise _refusal(proposal)
    difference = bring(actor, proposal.ready, proposal.difference, at=at)
    for source in fresh:
        models.InstalledPack.objects.filter(name=source.name).update(shipped_digest=source.digest)
    writing.hold_back([source.name for source in fresh], proposal.held)
    _tell_held(actor, proposal.held)
    return difference


@documents.read_once()
@transaction.atomic
def take_update(
    actor: Actor, names: Collection[str], *, at: datetime, consent: bool = False
) -> Difference:
    """Bring in what updates of these shipped packs left waiting; what the hospital has changed or
    retired in them stays as it is.

    Raises UnknownDefinition for a pack of which nothing waits, BadPack, and ConsentNeeded with all
    that would be lost, counted.
    """
    require_whole(actor, IMPORT)
    writing.locked_revision()
    ready = _waiting(names)
    if ready.problems:
        raise refuse(ready.problems)
    difference = differences.difference(ready)
    require_consent(difference, consent=consent)
    bring(actor, ready, difference, at=at)
    writing.hold_back(names, ())
    return difference


@documents.read_once()
def check_update(actor: Actor, names: Collection[str]) -> tuple[Difference, list[Problem]]:
    """What bringing it in would do; writes nothing. Raises UnknownDefinition."""
    require_whole(actor, IMPORT)
    ready = _waiting(names)
    if ready.problems:
        return Difference(()), list(ready.problems)
    return differences.difference(ready), []


def _waiting(names: Collection[str]) -> Loaded:
    held = set(models.Departure.objects.exclude(waits=[]).values_list("pack", flat=True))
    packs = [each for each in sources.find([sources.shipped_folder()]).packs if each.name in names]
    for name in names:
        if name not in held or name not in {each.name for each in packs}:
            raise UnknownDefinition(kind="pack", name=name)
    return differences.loaded(shipping.merged(packs))


def _refusal(proposal: shipping.Proposal) -> BadPack:
    error = refuse(proposal.problems)
    if not proposal.held:
        return error
    return UpdateWaits(problems=error.problems, count=len(error.problems))


def _tell_held(actor: Actor, held: Sequence[Change]) -> None:
    """What was left as it was is told by the log, the audit, the board and `wardround doctor`."""
    for pack in dict.fromkeys(change.pack for change in held):
        what = losses.kept(change for change in held if change.pack == pack)
        told = listed(map(str, losses.told(what)))
        logger.warning("The update of the shipped pack %s waits, for it would take: %s", pack, told)
        audit.record(actor, HELD_BACK, subject=("pack", pack), what=what)


HELD_BACK = "pack.hold_back"
