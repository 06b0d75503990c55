"""Who gets a new ticket, by the assignment rules of its type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count

from wardround.access import queries as access
from wardround.access.types import AccountRef
from wardround.kernel.errors import NotFound
from wardround.kernel.reach import Reach, reach
from wardround.tickets import models
from wardround.tickets.permissions import WORK
from wardround.tickets.types import Assignment, AssignmentRule, AssignTo, Facts


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of a ticket that looks for somebody."""

    assignment: Assignment | None
    facts: Facts
    owner: UUID | None
    """The person item that owns the ticket's item."""
    systems: Sequence[UUID]
    item: UUID | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    account: AccountRef
    rule: str


@dataclass(slots=True)
class Dispatcher:
    """Chooses for one batch. What it asks is asked once, whatever the size of the batch."""

    owners: dict[UUID, AccountRef]
    _roles: dict[tuple[str, UUID | None], list[AccountRef]] = field(default_factory=dict)
    _accounts: dict[str, AccountRef | None] = field(default_factory=dict)
    _reaches: dict[UUID, Reach] = field(default_factory=dict)
    _given: Counter[UUID] = field(default_factory=Counter)
    _held: dict[UUID, int] | None = None

    def choose(self, wanted: Wanted) -> Chosen | None:
        """The first rule that fits and finds somebody decides; of several the least busy."""
        for rule in wanted.assignment.rules if wanted.assignment else ():
            if not rule.when.fits(wanted.facts):
                continue
            account = self._least_busy(self._able(self._candidates(rule, wanted), wanted))
            if account is not None:
                self._given[account.id] += 1
                return Chosen(account, rule.name)
        return None

    def _candidates(self, rule: AssignmentRule, wanted: Wanted) -> list[AccountRef]:
        if rule.to is AssignTo.OWNER:
            owner = self.owners.get(wanted.owner) if wanted.owner else None
            return [owner] if owner else []
        if rule.to is AssignTo.ACCOUNT:
            account = self._account(rule.whom)
            return [account] if account else []
        return self._with_role(rule.whom, wanted.systems[0] if wanted.systems else None)

    def _able(self, candidates: Sequence[AccountRef], wanted: Wanted) -> list[AccountRef]:
        """Those who may work on such a ticket; the others would only hold it up."""
        fresh = [account.id for account in candidates if account.id not in self._reaches]
        if fresh:
            known = access.actors(fresh)
            for id_ in fresh:
                self._reaches[id_] = reach(known[id_], WORK) if id_ in known else Reach()
        return [
            account
            for account in candidates
            if self._reaches[account.id].covers(wanted.item, wanted.systems)
        ]

    def _with_role(self, role: str, system: UUID | None) -> list[AccountRef]:
        """People of the role who may see the ticket's first system."""
        if (role, system) not in self._roles:
            self._roles[role, system] = access.accounts_with_role(role, system=system)
        return self._roles[role, system]

    def _account(self, user_name: str) -> AccountRef | None:
        if user_name not in self._accounts:
            try:
                self._accounts[user_name] = access.account_by_user_name(user_name)
            except NotFound:
                self._accounts[user_name] = None
        return self._accounts[user_name]

    def _least_busy(self, candidates: Sequence[AccountRef]) -> AccountRef | None:
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        held = self._open_tickets()
        return min(
            candidates,
            key=lambda account: (
                held.get(account.id, 0) + self._given[account.id],
                account.user_name,
            ),
        )

    def _open_tickets(self) -> dict[UUID, int]:
        """Open tickets of everybody, as they were before this batch."""
        if self._held is None:
            held = models.Ticket.objects.filter(open=True, assignee__isnull=False)
            counted = held.values("assignee").annotate(number=Count("id"))
            self._held = {row["assignee"]: row["number"] for row in counted if row["assignee"]}
        return self._held


def dispatcher(owners: Iterable[UUID]) -> Dispatcher:
    return Dispatcher(owners=access.accounts_for_persons(owners))
