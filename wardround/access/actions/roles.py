"""Roles of the installation's own, and the built-in ones that come with the product."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from wardround.access import models, rows, rules
from wardround.access.actions.accounts import lock_administration, refuse_without_administrator
from wardround.access.builtin_roles import BUILT_IN
from wardround.access.errors import (
    BuiltInRole,
    MoreThanYouHave,
    NameTaken,
    RoleInUse,
    RoleIsDefined,
)
from wardround.access.permissions import MANAGE
from wardround.access.types import DeclaredRole, Role, RoleDraft
from wardround.kernel import audit
from wardround.kernel.errors import BadInput, FieldProblem, NotFound
from wardround.kernel.permissions import permissions
from wardround.kernel.types import EVERYWHERE, Actor


@transaction.atomic
def create_role(actor: Actor, draft: RoleDraft) -> Role:
    """A role of one's own making.

    Raises:
        NameTaken: another role has the name.
        BadInput: an unknown permission.
        MoreThanYouHave: a permission that the actor does not hold everywhere.

    """
    actor.require(MANAGE, systems=())
    lock_administration()
    row = models.Role()
    _fill(actor, row, draft)
    row.save(force_insert=True)
    audit.record(
        actor, "role.create", subject=("role", row.id), name=row.name, permissions=row.permissions
    )
    return rows.role(row)


@transaction.atomic
def change_role(actor: Actor, role: UUID, draft: RoleDraft) -> Role:
    """Change name, labels or permissions; everybody who has the role feels it at once."""
    lock_administration()
    row = _own_role(actor, role)
    before = row.permissions
    _fill(actor, row, draft)
    row.save()
    refuse_without_administrator()
    audit.record(
        actor,
        "role.change",
        subject=("role", row.id),
        name=row.name,
        added=sorted(set(row.permissions) - set(before)),
        removed=sorted(set(before) - set(row.permissions)),
    )
    return rows.role(row)


@transaction.atomic
def delete_role(actor: Actor, role: UUID) -> None:
    """Remove a role that nobody has any more."""
    lock_administration()
    row = _own_role(actor, role)
    count = models.RoleAssignment.objects.filter(role=row).count()
    if count:
        raise RoleInUse(count=count)
    row.delete()
    audit.record(actor, "role.delete", subject=("role", role), name=row.name)


@transaction.atomic
def ship_built_in() -> None:
    """Write the rows of the built-in roles; runs after every migration, so it is repeatable.

    A role of the installation's own that has a name we ship from now on gets out of its way.
    """
    models.Role.objects.filter(name__in=[role.name for role in BUILT_IN], built_in=False).update(
        name=Concat(F("name"), Value("-local"))
    )
    models.Role.objects.bulk_create(
        [
            models.Role(
                id=role.id, name=role.name, label_zh=role.zh, label_en=role.en, built_in=True
            )
            for role in BUILT_IN
        ],
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "label_zh", "label_en", "built_in"],
    )


# Declared by definitions -------------------------------------------------------------------------


@transaction.atomic
def declare_roles(actor: Actor, roles: Iterable[DeclaredRole]) -> None:
    """Write roles as definitions give them; everybody who has one feels it at once.

    Raises:
        NameTaken: a built-in role, or one made by hand, has the name.
        MoreThanYouHave: a permission that the actor does not hold everywhere.
        LastAdministrator: nobody could manage accounts any more.

    """
    actor.require(MANAGE, systems=())
    lock_administration()
    for role in roles:
        row = models.Role.objects.select_for_update().filter(name=role.name).first()
        if row is not None and not row.declared:
            raise NameTaken(field="name", name=role.name)
        row = row or models.Role(name=role.name, declared=True)
        before = rows.permissions(row)
        row.label_zh, row.label_en = role.label_zh, role.label_en
        row.permissions, row.excluded = list(role.include), list(role.exclude)
        _refuse_more(actor, before ^ rows.permissions(row))
        row.save()
        if MANAGE in before - rows.permissions(row):
            refuse_without_administrator()
        _record_declared(actor, "role.declare", row)


@transaction.atomic
def rename_declared_roles(actor: Actor, names: Mapping[str, str]) -> None:
    """Give declared roles new names, by old one; who has them keeps them."""
    actor.require(MANAGE, systems=())
    lock_administration()
    for row in models.Role.objects.select_for_update().filter(name__in=names, declared=True):
        row.name = names[row.name]
        row.save(update_fields=["name"])
        _record_declared(actor, "role.rename", row)


@transaction.atomic
def withdraw_roles(actor: Actor, names: Collection[str]) -> None:
    """Remove declared roles, and take them from everybody who has them."""
    actor.require(MANAGE, systems=())
    lock_administration()
    for row in models.Role.objects.select_for_update().filter(name__in=names, declared=True):
        given = rows.permissions(row)
        _refuse_more(actor, given)
        models.RoleAssignment.objects.filter(role=row).delete()
        _record_declared(actor, "role.withdraw", row)
        row.delete()
        if MANAGE in given:
            refuse_without_administrator()


def _record_declared(actor: Actor, action: str, row: models.Role) -> None:
    audit.record(
        actor,
        action,
        subject=("role", row.id),
        name=row.name,
        permissions=row.permissions,
        excluded=row.excluded,
    )


def _own_role(actor: Actor, role: UUID) -> models.Role:
    actor.require(MANAGE, systems=())
    row = models.Role.objects.select_for_update().filter(id=role).first()
    if row is None:
        raise NotFound
    if row.built_in:
        raise BuiltInRole
    if row.declared:
        raise RoleIsDefined
    return row


def _fill(actor: Actor, row: models.Role, draft: RoleDraft) -> None:
    if draft.name is not None:
        if models.Role.objects.filter(name=draft.name).exclude(id=row.id).exists():
            raise NameTaken(field="name", name=draft.name)
        row.name = draft.name
    row.label_zh = row.label_zh if draft.label_zh is None else draft.label_zh
    row.label_en = row.label_en if draft.label_en is None else draft.label_en
    if draft.permissions is not None:
        _refuse_unknown(draft.permissions)
        _refuse_more(actor, draft.permissions ^ set(row.permissions))
        row.permissions = sorted(draft.permissions)


def _refuse_unknown(wanted: Collection[str]) -> None:
    known = set(permissions())
    problems = [
        FieldProblem("permissions", _("There is no permission “%(key)s”.") % {"key": key})
        for key in sorted(wanted)
        if key not in known
    ]
    if problems:
        raise BadInput(field="permissions", problems=problems)


def _refuse_more(actor: Actor, touched: Collection[str]) -> None:
    more = rules.beyond(actor, touched, EVERYWHERE)
    if more:
        raise MoreThanYouHave(field="permissions", permissions=", ".join(sorted(more)))
