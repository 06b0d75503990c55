"""What the platform could not do by itself and needs a person for: packs, and background work."""

from __future__ import annotations

from django.db import DatabaseError
from django.utils import timezone

from wardround.kernel import clock
from wardround.kernel.jobs import failing_work
from wardround.kernel.wording import listed
from wardround.kernel.wording import untranslated as _
from wardround.schema import queries as schema
from wardround.schema.types import HeldBack
from wardround.site import prepare
from wardround.site.doctor import Finding, Health, finding
from wardround.tickets import queries as tickets

_MOST_NAMED = 5


def examine() -> list[Finding]:
    """Whether this version's packs are in force, and whether any work fails again and again."""
    try:
        return [_packs(), *_unread(), *_tickets(), *_waiting(), *_lost(), _work()]
    except DatabaseError:
        message = _(
            "Packs and background work cannot be read now; perhaps this is the first start."
        )
        return [finding("upkeep", Health.WARNING, message)]


def _packs() -> Finding:
    waiting, problems = schema.waiting_update(prepare.packs())
    if not waiting:
        return finding("packs", Health.OK, _("The product's packs are those of this version."))
    if not problems:
        message = _("The packs %(names)s of this version wait for the next start.")
        return finding("packs", Health.WARNING, message, names=waiting)
    message = _(
        "The packs %(names)s of this version do not go together with what is here, and are left"
        " as they were: %(why)s. Mend that and start the platform again."
    )
    told = [f"{problem.dotted} {problem.text()}".strip() for problem in problems]
    return finding("packs", Health.FAULT, message, names=waiting, why=_first(told))


def _unread() -> list[Finding]:
    """Definitions in a form that this version cannot read; nothing can live by them."""
    unread = schema.unread()
    if not unread:
        return []
    message = _(
        "%(count)s definitions in force cannot be read and count for nothing: %(names)s. Write"
        " them anew, or bring their pack in again."
    )
    named = _first(unread)
    return [finding("definitions", Health.FAULT, message, count=len(unread), names=named)]


def _tickets() -> list[Finding]:
    """Tickets that follow what cannot be read: they are shown, and cannot be worked on."""
    missing = tickets.missing()
    if not missing:
        return []
    message = _(
        "Tickets follow definitions that cannot be read: %(what)s Bring these versions back from a"
        " backup."
    )
    named = " ".join(str(each) for each in missing[:_MOST_NAMED])
    return [finding("tickets", Health.FAULT, message, what=named)]


def _waiting() -> list[Finding]:
    """What updates left as it was, pack by pack: nobody was there to consent to what it takes."""
    message = _(
        "Of the product's pack “%(pack)s” %(count)s definitions are as they were before: their new"
        " form would take something from what lives here: %(what)s. To bring it in, run `wardround"
        " pack update %(pack)s`, which asks for consent; to keep yours for good, save it."
    )
    found = schema.held_back()
    several = {pack: [held for held in found if held.pack == pack] for pack in _packs_of(found)}
    return [
        finding(
            f"update-{pack}",
            Health.WARNING,
            message,
            pack=pack,
            count=len(held),
            what=[each for waiting in held[:_MOST_NAMED] for each in waiting.what],
        )
        for pack, held in several.items()
    ]


def _packs_of(found: list[HeldBack]) -> list[str]:
    return list(dict.fromkeys(held.pack for held in found))


def _lost() -> list[Finding]:
    """What updates took away lately, while they still did; each for a month: nobody was asked.

    An update is told apart from another of the same pack by its moment; days are the hospital's.
    """
    message = _(
        "The update of the product's pack “%(pack)s” on %(day)s took away: %(what)s. What"
        " items had is in their history; the audit has this line too."
    )
    return [
        finding(
            f"update-{loss.pack}-{timezone.localtime(loss.at):%Y%m%d-%H%M%S}",
            Health.WARNING,
            message,
            pack=loss.pack,
            day=f"{timezone.localtime(loss.at):%Y-%m-%d}",
            what=loss.what,
        )
        for loss in schema.lost_by_updates(schema.losses_told_since(clock.now()))
    ]


def _work() -> Finding:
    failing = failing_work()
    if not failing:
        return finding("work", Health.OK, _("No background work fails again and again."))
    message = _(
        "Background work fails again and again: %(work)s. See log/work.log in the data folder."
    )
    told = [f"{work.name} ({work.count})" for work in failing]
    return finding("work", Health.FAULT, message, work=_first(told))


def _first(told: list[str]) -> str:
    return listed([*told[:_MOST_NAMED], *(["…"] if len(told) > _MOST_NAMED else [])])
