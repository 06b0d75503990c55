"""What accounts hold of items by their id, when two items are made one."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from wardround.access import models
from wardround.access.permissions import MANAGE
from wardround.kernel import audit
from wardround.kernel.types import Actor


def carry_over(actor: Actor, gone: UUID, stays: UUID) -> bool:
    """Grants that name one item name the other, and whoever was the one person is the other, if
    nobody is that yet. Inside the caller's transaction.

    Returns whether all of it was carried: who may not say what accounts see does not do so by
    saying that two items are one.
    """
    touched: set[UUID] = set()
    named = Q(systems__contains=[gone]) | Q(organisations__contains=[gone])
    if not actor.scope_of(MANAGE).everything:
        people = models.Account.objects.filter(person_item=gone)
        return not (people.exists() or models.RoleAssignment.objects.filter(named).exists())
    for row in models.RoleAssignment.objects.filter(named).select_for_update().order_by("id"):
        row.systems = _instead(row.systems, gone, stays)
        row.organisations = _instead(row.organisations, gone, stays)
        row.save(update_fields=["systems", "organisations"])
        touched.add(row.account_id)
    if not models.Account.objects.filter(person_item=stays).exists():
        for account in models.Account.objects.filter(person_item=gone):
            models.Account.objects.filter(id=account.id).update(person_item=stays)
            touched.add(account.id)
    if touched:
        told: dict[tuple[str, object], dict[str, object]] = {
            ("account", account): {} for account in sorted(touched)
        }
        audit.record_many(actor, "account.follow_item", told)
    return True


def _instead(ids: list[UUID], gone: UUID, stays: UUID) -> list[UUID]:
    return list(dict.fromkeys(stays if id_ == gone else id_ for id_ in ids))
