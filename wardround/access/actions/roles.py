"""Roles of the installation's own, and the built-in ones that come with the product."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain, count
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from wardround.access import models, rows, rules, signals
from wardround.access.actions.accounts import lock_administration, refuse_without_administrator
from wardround.access.builtin_roles import BUILT_IN
from wardround.access.errors import (
    BuiltInRole,
    MoreThanYouHave,
    NameTaken,
    RoleInUse,
    RoleIsDefined,
    RoleNamed,
)
from wardround.access.permissions import MANAGE
from wardround.access.signals import Named, Renamed
from wardround.access.types import DeclaredRole, Role, RoleDraft
from wardround.kernel import audit
from wardround.kernel.errors import BadInput, FieldProblem, NotFound, WardroundError
from wardround.kernel.permissions import permissions
from wardround.kernel.types import EVERYWHERE, Actor, system_actor

logger = logging.getLogger("wardround.access")


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
def change_role(actor: Actor, role: UUID, draft: RoleDraft, *, at: datetime) -> Role:
    """Change name, labels or permissions; everybody who has the role feels it at once.
    Definitions that name it follow its new name.
    """
    lock_administration()
    row = _own_role(actor, role)
    name, before = row.name, row.permissions
    _fill(actor, row, draft)
    row.save()
    if row.name != name:
        signals.tell(actor, Renamed(Named.ROLE, name, row.name), at)
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
    """Remove a role that nobody has, and no definition names, any more.

    Raises:
        RoleInUse: somebody has it.
        RoleNamed: definitions name it; says which, as far as the actor may read them.

    """
    lock_administration()
    row = _own_role(actor, role)
    holding = models.RoleAssignment.objects.filter(role=row).count()
    if holding:
        raise RoleInUse(count=holding)
    _refuse_named(actor, row)
    row.delete()
    audit.record(actor, "role.delete", subject=("role", role), name=row.name)


def _refuse_named(actor: Actor, row: models.Role) -> None:
    found = signals.mentions(actor, Named.ROLE, row.name)
    if found:
        named = _("names it in %(count)s place(s)")
        told = [
            FieldProblem(mention.by, named % {"count": mention.times})
            for mention in found
            if mention.by
        ]
        raise RoleNamed(problems=told, count=sum(mention.times for mention in found))


@transaction.atomic
def ship_built_in(*, at: datetime) -> None:
    """Write the rows of the built-in roles; runs after every migration, so it is repeatable.

    A role of the installation's own that has a name we ship from now on gets out of its way, and
    what names it follows.
    """
    lock_administration()
    moved = list(_out_of_the_way())
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
    for renamed in moved:
        _tell_moved(renamed, at)


def _out_of_the_way() -> Iterator[Renamed]:
    shipped = [role.name for role in BUILT_IN]
    for row in models.Role.objects.filter(name__in=shipped, built_in=False).order_by("name"):
        stem = f"{row.name}-local"
        taken = set(
            models.Role.objects.filter(name__startswith=stem).values_list("name", flat=True)
        )
        others = (f"{stem}-{number}" for number in count(2))
        new = next(free for free in chain([stem], others) if free not in taken)
        old, row.name = row.name, new
        row.save(update_fields=["name"])
        yield Renamed(Named.ROLE, old, new, declared=row.declared)


def _tell_moved(renamed: Renamed, at: datetime) -> None:
    """The product has to start all the same: what cannot follow is told, for a person to mend."""
    actor = system_actor("start")
    told = {"old": renamed.old, "new": renamed.new}
    try:
        with transaction.atomic():
            signals.tell(actor, renamed, at)
    except WardroundError as error:
        problems = "; ".join(f"{problem.field}: {problem.message}" for problem in error.problems)
        why = problems or str(error)
        logger.error(  # noqa: TRY400  # the reason is a person's definition, not a place in code
            "The role %s is called %s from now on: the product ships a role of that name."
            " Definitions could not follow: %s",
            renamed.old,
            renamed.new,
            why,
        )
        audit.record(actor, "role.move", subject=("role", renamed.new), **told, problems=why[:2000])
    else:
        audit.record(actor, "role.move", subject=("role", renamed.new), **told)


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
