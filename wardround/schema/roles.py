"""The kind `role`: what somebody may do, as a definition. The room below keeps the roles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Annotated

from django.utils.translation import gettext_noop as _
from pydantic import Field, StringConstraints

from wardround.access import actions, queries
from wardround.access.permissions import MANAGE
from wardround.access.types import DeclaredRole
from wardround.kernel.permissions import lacking, permissions
from wardround.kernel.types import Actor
from wardround.schema import cache
from wardround.schema.declarations import LABEL_KEY, Declaration, Key, LabelField, Unique
from wardround.schema.dependents import Changed, Holder, Renames
from wardround.schema.kinds import DefinitionKind, DefinitionView
from wardround.schema.labels import Label
from wardround.schema.problems import Problem
from wardround.schema.suggestions import unknown

ROLE = "role"
BY_HAND = "role made by hand"

Pattern = Annotated[str, StringConstraints(pattern=r"^[a-z*][a-z0-9_.*-]*$")]


class AccessRole(Declaration):
    """A set of permissions under a name."""

    label: Annotated[LabelField, LABEL_KEY]
    permissions: Annotated[
        tuple[Pattern, ...],
        Field(min_length=1),
        Unique(),
        Key(
            "权限",
            "Permissions",
            "权限的标识；* 代表任意文字，如 tickets.*，以后新增的也包括在内。",
            "Keys of permissions; * stands for any text (tickets.*), later ones included.",
        ),
    ]
    excluding: Annotated[
        tuple[Pattern, ...],
        Unique(),
        Key("除外", "Excluding", "其中不给的权限。", "Which of them it does not give."),
    ] = ()


def _check_role(role: AccessRole, others: DefinitionView) -> Iterator[Problem]:
    """Names that are taken, patterns that no permission fits, exceptions from nothing."""
    taken = role.name in queries.built_in_role_names() or others.outside(BY_HAND, [role.name])
    if taken:
        message = _("there is a role “%(name)s” already that is no definition; choose another name")
        yield Problem(("name",), message, {"name": role.name}, found=role.name)
    keys = [str(key) for key in permissions()]
    chosen = [key for key in keys if _fits(key, role.permissions)]
    for field, patterns, among in (
        ("permissions", role.permissions, keys),
        ("excluding", role.excluding, chosen),
    ):
        for index, pattern in enumerate(patterns):
            if not any(fnmatchcase(key, pattern) for key in among):
                message = _("no permission fits “%(name)s”")
                yield unknown((field, index), message, pattern, among)
    if chosen and all(_fits(key, role.excluding) for key in chosen):
        yield Problem(("excluding",), _("it takes away all that the role gives"))


def _beyond(role: AccessRole, actor: Actor) -> Iterator[Problem]:
    """Permissions that it would give or take and that its writer does not hold everywhere."""
    before: AccessRole | None = cache.snapshot().values(ROLE).get(role.name)
    yield from _right_to_declare(actor)
    given, had = _given(role), _given(before) if before else set[str]()
    if MANAGE in had - given and not queries.somebody_manages(role.name, given):
        yield Problem(("permissions",), _NOBODY_LEFT)
    touched = given ^ had
    more = sorted(key for key in touched if not actor.scope_of(key).everything)
    if more:
        message = _("you do not hold these yourself, and cannot give or take them: %(permissions)s")
        yield Problem(("permissions",), message, {"permissions": ", ".join(more)})


_NOBODY_LEFT = _(
    "then nobody who can sign in could manage accounts any more (access.manage everywhere); give"
    " that to somebody by another role first"
)


def _right_to_declare(actor: Actor) -> Iterator[Problem]:
    if not actor.scope_of(MANAGE).everything:
        message = _("who writes roles needs “%(key)s” everywhere, and you do not have it")
        yield Problem((), message, {"key": str(MANAGE)})


def _leaving(role: AccessRole, actor: Actor) -> Iterator[Problem]:
    yield from _right_to_declare(actor)
    if MANAGE in _given(role) and not queries.somebody_manages(role.name, ()):
        yield Problem((), _NOBODY_LEFT)


def _advise(role: AccessRole) -> Iterator[Problem]:
    """Permissions that are of no use without others that it does not give."""
    for key, needs in lacking(_given(role)).items():
        message = _("“%(key)s” is of no use without “%(needs)s”, which this role does not give")
        details = {"key": key, "needs": ", ".join(needs)}
        yield Problem(("permissions",), message, details, found=key)


def _given(role: AccessRole) -> set[str]:
    keys = (str(key) for key in permissions())
    return {key for key in keys if _fits(key, role.permissions) and not _fits(key, role.excluding)}


def _fits(key: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(key, pattern) for pattern in patterns)


def _apply(roles: Sequence[AccessRole], actor: Actor, _at: datetime) -> None:
    declared = [
        DeclaredRole(role.name, role.label.zh, role.label.en, role.permissions, role.excluding)
        for role in roles
    ]
    actions.declare_roles(actor, declared)


def _carry(actor: Actor, names: Mapping[str, str], _at: datetime) -> None:
    actions.rename_declared_roles(actor, names)


def _let_go(actor: Actor, names: Collection[str], _at: datetime) -> None:
    actions.withdraw_roles(actor, names)


KIND: DefinitionKind[AccessRole] = DefinitionKind(
    name=ROLE,
    model=AccessRole,
    label=Label("角色", "Role"),
    about=Label(
        "一组权限；授予账号时再说明范围。",
        "A set of permissions; where it holds is said when an account is given it.",
    ),
    check=_check_role,
    apply=_apply,
    given=queries.built_in_role_names,
    beyond=_beyond,
    leaving=_leaving,
    advise=_advise,
)


def _rights_taken(changed: Changed) -> Mapping[str, Collection[str]]:
    """By changed role that stays, itself where it gives less from now on."""
    return {
        name: [name]
        for name, before in changed.before.items()
        if (after := changed.after.get(changed.renames.get(name, name))) is not None
        and _given(before) - _given(after)
    }


def _nothing(_name: str, _role: object, _renames: Renames) -> Sequence[str]:
    return ()


RIGHTS = Holder(
    kind=ROLE,
    thing="right",
    label=Label("账号失去某项权限", "account that loses a permission"),
    several=Label("账号失去某项权限", "accounts that lose a permission"),
    count=queries.accounts_by_role,
    rows=queries.account_ids_by_role,
    marks=_nothing,
    losing=_rights_taken,
)

HOLDER = Holder(
    kind=ROLE,
    thing="account",
    label=Label("账号", "account"),
    count=queries.accounts_by_role,
    rows=queries.account_ids_by_role,
    carry=_carry,
    let_go=_let_go,
)


def hand_made(names: Collection[str]) -> frozenset[str]:
    """Which of these are roles that no definition declares."""
    return queries.role_names(names, by_hand=True)
