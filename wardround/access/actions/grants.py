"""Expressions by which roles are given, as definitions change under them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from wardround.access import models
from wardround.kernel import audit
from wardround.kernel.types import Actor


def respell_grants(actor: Actor, said: Mapping[UUID, str | None]) -> None:
    """Give grants their expressions in new names; inside the transaction that renames what they
    name, whose lock keeps others from giving roles meanwhile.

    Args:
        actor: who changes the definitions.
        said: by assignment its expression from now on; nothing where it can no longer say the
            same: it reaches nothing until it is said anew.

    """
    rows = models.RoleAssignment.objects.select_related("role").filter(id__in=said)
    for row in rows.order_by("id"):
        text = said[row.id]
        row.where, row.where_lost = text or row.where, row.where_lost or text is None
        row.save(update_fields=["where", "where_lost"])
        act = "account.close_grant" if text is None else "account.respell_grant"
        told = {"role": row.role.name, "where": row.where}
        audit.record(actor, act, subject=("account", row.account_id), **told)
