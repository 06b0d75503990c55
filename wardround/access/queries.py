"""What other rooms, routes and commands may ask about people, roles, sessions and tokens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from wardround.access import builtin_roles, models, rows, rules
from wardround.access.permissions import MANAGE, READ
from wardround.access.types import (
    Account,
    AccountRef,
    AccountsWanted,
    Expressed,
    Holding,
    Opening,
    Role,
    SavedView,
    Session,
    Token,
)
from wardround.kernel import audit_words
from wardround.kernel.errors import NotFound
from wardround.kernel.lists import during, paginate
from wardround.kernel.reach import Reach, reach
from wardround.kernel.telephone import dialled
from wardround.kernel.types import Actor
from wardround.kernel.wording import told, untranslated

_SORTABLE = {
    "user_name": "user_name",
    "display_name": "display_name",
    "created_at": "created_at",
    "last_seen_at": "last_seen_at",
}


def accounts(ids: Iterable[UUID]) -> dict[UUID, AccountRef]:
    """Names for these ids; ids that are no accounts (parts of the platform) are left out."""
    return {row.id: rows.ref(row) for row in models.Account.objects.filter(id__in=set(ids))}


def names(reach: Reach, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What the accounts of these that are within reach are called; one query."""
    found = models.Account.objects.filter(within(reach), id__in=set(ids))
    return {row.id: rows.ref(row).name for row in found}


def account_by_user_name(user_name: str) -> AccountRef:
    """Raises `NotFound` when nobody has this user name."""
    row = models.Account.objects.filter(user_name=rules.normal_user_name(user_name)).first()
    if row is None:
        raise NotFound
    return rows.ref(row)


def accounts_with_role(role: str, *, system: UUID | None = None) -> list[AccountRef]:
    """Active accounts that have the role, by user name; with `system`, only where it covers it, or
    is given by an expression, whose items are known further up.
    """
    given = models.RoleAssignment.objects.filter(role__name=role, account__active=True)
    if system is not None:
        given = given.filter(Q(everything=True) | Q(systems__contains=[system]) | ~Q(where=""))
    found = given.select_related("account").order_by("account__user_name")
    return [rows.ref(assignment.account) for assignment in found]


def account_for_person(item: UUID) -> AccountRef | None:
    """The active account of a person who is a CMDB item."""
    return accounts_for_persons([item]).get(item)


def accounts_for_persons(items: Iterable[UUID]) -> dict[UUID, AccountRef]:
    """Person item → active account, for those who have one."""
    found = models.Account.objects.filter(person_item__in=set(items), active=True)
    return {row.person_item: rows.ref(row) for row in found if row.person_item is not None}


def actor_for(account: UUID) -> Actor:
    """The account as an actor with all its grants; raises `NotFound` unless it is active."""
    row = _with_roles().filter(id=account, active=True).first()
    if row is None:
        raise NotFound
    return rows.person(row)


def actors(accounts: Iterable[UUID]) -> dict[UUID, Actor]:
    """Those of the accounts that are active, with all their grants; two queries."""
    found = _with_roles().filter(id__in=set(accounts), active=True)
    return {row.id: rows.person(row) for row in found}


def account(reach: Reach, account_id: UUID, *, at: datetime) -> Account:
    """One account; raises `NotFound` where there is none within reach."""
    row = _with_roles().filter(within(reach), id=account_id).first()
    if row is None:
        raise NotFound
    return rows.account(row, reach, locked_until=_locks([row], at=at).get(row.user_name))


def holding(reach: Reach, permission: str, *, at: datetime) -> tuple[Holding, ...]:
    """The active accounts within reach that hold a permission, and the tokens with which programs
    do, by user name; of their roles what lies within reach. Three statements for any number.
    """
    found = _with_roles().filter(within(reach), active=True).order_by("user_name")
    accounts = [(row, rows.ways(row, permission, reach)) for row in found]
    holders = {row.id: (row, ways) for row, ways in accounts if ways}
    tokens = models.Token.objects.filter(account__in=holders, revoked_at=None, expires_at__gt=at)
    carrying: dict[UUID, list[models.Token]] = defaultdict(list)
    for token in tokens.order_by("name", "id"):
        if token.permissions is None or permission in token.permissions:
            carrying[token.account_id].append(token)
    return tuple(
        Holding(rows.ref(row), name, ways)
        for row, ways in holders.values()
        for name in ("", *(token.name for token in carrying[row.id]))
    )


def list_accounts(
    reach: Reach, wanted: AccountsWanted, *, at: datetime
) -> tuple[list[Account], str | None]:
    """One page of accounts and the cursor of the next."""
    page = paginate(
        _narrowed(_with_roles().filter(within(reach)), wanted),
        limit=wanted.limit,
        cursor=wanted.cursor,
        sort=wanted.sort,
        sortable=_SORTABLE,
        default_sort="user_name",
    )
    locks = _locks(page.rows, at=at)
    return [
        rows.account(row, reach, locked_until=locks.get(row.user_name)) for row in page.rows
    ], page.next


def roles() -> list[Role]:
    """Every role, the built-in ones first."""
    return [rows.role(row) for row in models.Role.objects.order_by("-built_in", "name")]


def role_names(names: Iterable[str], *, by_hand: bool = False) -> frozenset[str]:
    """Which of these names are of roles; `by_hand`: of roles that no definition declares."""
    found = models.Role.objects.filter(name__in=set(names))
    if by_hand:
        found = found.filter(declared=False)
    return frozenset(found.values_list("name", flat=True))


def somebody_manages(role: str = "", given: Collection[str] = ()) -> bool:
    """Whether somebody who can sign in may manage accounts everywhere; asked as if `role`, where
    one is named, gave only these permissions.
    """
    managing = [
        row.id
        for row in models.Role.objects.all()
        if MANAGE in (given if row.name == role else rows.permissions(row))
    ]
    return models.RoleAssignment.objects.filter(
        everything=True, role__in=managing, account__active=True, account__password__gt=""
    ).exists()


def every_role_name() -> frozenset[str]:
    """The name of every role."""
    return frozenset(models.Role.objects.values_list("name", flat=True))


def built_in_role_names() -> frozenset[str]:
    """Names of the roles that every installation has."""
    return frozenset(role.name for role in builtin_roles.BUILT_IN)


def user_names(names: Iterable[str]) -> frozenset[str]:
    """Which of these, as somebody wrote them, are user names of accounts."""
    spelled = {name: rules.normal_user_name(name) for name in names}
    found = models.Account.objects.filter(user_name__in=set(spelled.values()))
    known = frozenset(found.values_list("user_name", flat=True))
    return frozenset(name for name, normal in spelled.items() if normal in known)


def shown_user_names(actor: Actor, names: Collection[str]) -> dict[str, str]:
    """What a reader sees of accounts that something names by user name, as it was written.

    Whom he may look at he sees by that name, anybody else by what they are called; who has no
    other name, or is gone, is an account.
    """
    sees = reach(actor, READ)
    if sees.everything:
        return {name: name for name in names}
    normal = {name: rules.normal_user_name(name) for name in names}
    found = models.Account.objects.filter(user_name__in=set(normal.values()))
    called = {row.user_name: row.display_name for row in found}
    within = _names_within(sees, called)
    return {
        name: name if user_name in within else called.get(user_name) or told(_AN_ACCOUNT)
        for name, user_name in normal.items()
    }


def called(actor: Actor, names: Collection[str]) -> dict[str, str]:
    """What a reader sees of the names of actors that rows keep: who wrote something, and when.

    Those are what people are called; where somebody is called nothing, it is the sign-in name,
    which only those are told who may look at that account.
    """
    sees = reach(actor, READ)
    if sees.everything:
        return {name: name for name in names}
    ways = {name: {name, *_owners(name)} for name in names if name}
    every = {way for several in ways.values() for way in several}
    known = set(
        models.Account.objects.filter(display_name__in=every - {""}).values_list(
            "display_name", flat=True
        )
    )
    known |= _names_within(sees, every)
    return {
        name: name
        if not name or ways[name] & known or audit_words.is_part(name)
        else told(_AN_ACCOUNT)
        for name in names
    }


def _names_within(reach: Reach, user_names: Iterable[str]) -> set[str]:
    """Those of these user names whose accounts are within reach; none without any reach."""
    if reach.empty:
        return set()
    found = models.Account.objects.filter(within(reach), user_name__in=set(user_names))
    return set(found.values_list("user_name", flat=True))


_AN_ACCOUNT = untranslated("an account")


def _owners(name: str) -> Iterable[str]:
    """Whom the name of a token, `owner (its name)`, may begin with."""
    parts = name.split(" (")
    return (" (".join(parts[:count]) for count in range(1, len(parts)))


def accounts_by_role(roles: Iterable[str]) -> dict[str, int]:
    """By role, how many accounts have it; those without any are left out."""
    given = models.RoleAssignment.objects.filter(role__name__in=set(roles))
    counted = given.values("role__name").annotate(number=Count("id")).order_by()
    return {row["role__name"]: row["number"] for row in counted}


def expressed() -> tuple[Expressed, ...]:
    """Every grant that is given by an expression and reaches by it, whoever has it; one query."""
    given = models.RoleAssignment.objects.exclude(where="").filter(where_lost=False)
    return tuple(Expressed(*row) for row in given.order_by("id").values_list("id", "where"))


def account_ids_by_role(roles: Iterable[str]) -> dict[str, set[UUID]]:
    """By role, which accounts have it."""
    given = models.RoleAssignment.objects.filter(role__name__in=set(roles))
    found: dict[str, set[UUID]] = defaultdict(set)
    for role, account_id in given.values_list("role__name", "account_id"):
        found[role].add(account_id)
    return found


def sessions_of(account_id: UUID, *, at: datetime) -> list[Session]:
    """The open sessions of an account, newest use first."""
    found = models.Session.objects.filter(account_id=account_id).select_related("token")
    return [
        rows.session(row)
        for row in found.order_by("-last_seen_at", "id")
        if rows.session_is_open(row, at=at)
    ]


def still_recognised(openings: Iterable[Opening], *, at: datetime) -> dict[Opening, Actor]:
    """Whom these open at this moment; what opens nothing any more is left out.

    Nothing is touched by the asking: it keeps no idle session alive. At most six statements,
    whatever their number.
    """
    asked = set(openings)
    with_session = [opening.session for opening in asked if opening.session is not None]
    alone = [
        opening.token for opening in asked if opening.session is None and opening.token is not None
    ]
    found = [
        *(
            rows.by_session(row)
            for row in rows.sessions().filter(id__in=with_session)
            if rows.session_is_open(row, at=at)
        ),
        *(
            rows.by_token(row)
            for row in rows.tokens().filter(id__in=alone)
            if rows.token_is_good(row, at=at)
        ),
    ]
    return {recognised.opening: recognised.actor for recognised in found}


def tokens_of(account_id: UUID) -> list[Token]:
    """The tokens of an account that were not revoked, newest first."""
    found = models.Token.objects.filter(account_id=account_id, revoked_at=None).order_by("-id")
    return [rows.token(row) for row in found]


def views_for(account_id: UUID, *, page: str | None = None) -> list[SavedView]:
    """One's own saved views and those that others share."""
    found = models.SavedView.objects.filter(Q(account_id=account_id) | Q(shared=True))
    if page:
        found = found.filter(page=page)
    return [
        rows.saved_view(row, reader=account_id)
        for row in found.select_related("account").order_by("page", "name", "id")
    ]


def within(reach: Reach) -> Q:
    """People who have a role where the reader reaches; those who have it everywhere, too."""
    if reach.everything:
        return Q()
    given = models.RoleAssignment.objects.filter(
        Q(everything=True)
        | Q(systems__overlap=sorted(reach.systems))
        | Q(organisations__overlap=sorted(reach.organisations))
        | Q(where__in=sorted(reach.expressions))
    )
    return Q(id__in=given.values("account_id"))


def _with_roles() -> QuerySet[models.Account]:
    given = models.RoleAssignment.objects.select_related("role")
    return models.Account.objects.prefetch_related(Prefetch("role_assignments", given))


def _narrowed(
    queryset: QuerySet[models.Account], wanted: AccountsWanted
) -> QuerySet[models.Account]:
    queryset = queryset.filter(during(wanted.seen, "last_seen_at"))
    if wanted.active is not None:
        queryset = queryset.filter(active=wanted.active)
    if wanted.roles:
        having = models.RoleAssignment.objects.filter(role__name__in=wanted.roles)
        queryset = queryset.filter(id__in=having.values("account_id"))
    if wanted.text:
        text = wanted.text
        queryset = queryset.filter(
            Q(user_name__says=text)
            | Q(display_name__says=text)
            | Q(email__says=text)
            | Q(phone__says=text)
            | (Q(phone__dials=number) if (number := dialled(text)) else Q())
        )
    return queryset


def _locks(found: Iterable[models.Account], *, at: datetime) -> Mapping[str, datetime]:
    """User name → end of the lock that is on it now."""
    failures = models.FailedSignIns.objects.filter(
        kind="account", subject__in=[row.user_name for row in found]
    )
    ends = {row.subject: rules.locked_until(rows.failures(row), at=at) for row in failures}
    return {name: until for name, until in ends.items() if until is not None}
