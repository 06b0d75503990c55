"""Who can see an item, and why, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext, gettext_lazy
from ninja import Query

from wardround.access import queries as access
from wardround.access.permissions import READ as READ_ACCESS
from wardround.cmdb.seen_by import Reason, Seer, Through, attribute_names, seen_by
from wardround.kernel import clock
from wardround.kernel.http import Page, Request, RoomRouter, WholeListFilters, actor_of
from wardround.kernel.short_lists import short_list
from wardround.kernel.suggestions import Named
from wardround.kernel.wire import Answer, ReachedRef, Several
from wardround.kernel.wording import called

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["cmdb"])


class ReasonOut(Answer):
    """A role that shows the item, and what it is given over."""

    role: str
    label: str
    through: Through
    what: ReachedRef | None
    """The system that the item serves, or the organisation; none where it is neither."""
    expression: str
    """The condition that is true of the item, where the role is given by one."""


class SeerOut(Answer):
    account: UUID
    name: str
    user_name: str
    token: str
    """What the token is called with which a program sees it; empty for the account itself."""
    reasons: list[ReasonOut]
    why: list[str]
    """The same in words."""
    sees: list[str]
    """Of the attributes that some roles alone see, what those are called that are seen of it."""
    misses: list[str]
    changes: bool
    """Whether they may change it, too."""

    @classmethod
    def of(cls, seer: Seer) -> SeerOut:
        return cls(
            account=seer.account,
            name=seer.name,
            user_name=seer.user_name,
            token=seer.token,
            reasons=[ReasonOut.model_validate(each) for each in seer.reasons],
            why=[_words(each) for each in seer.reasons],
            sees=[each.label.text() for each in seer.sees],
            misses=[each.label.text() for each in seer.misses],
            changes=seer.changes,
        )


def _words(reason: Reason) -> str:
    """`Engineer: PACS`."""
    what = reason.what.name if reason.what else reason.expression or called(Through.EVERYTHING)
    told = what if isinstance(what, str) else what.text()
    return gettext("%(role)s: %(what)s") % {"role": reason.label, "what": told}


class SeerFilters(WholeListFilters):
    role: list[Annotated[str, Named("role", access.every_role_name)]] = Several
    through: list[Through] = Several
    token: bool | None = None
    attribute: list[Annotated[str, Named("attribute", attribute_names)]] = Several
    """Those who see one of these restricted attributes."""
    changes: bool | None = None

    def chosen(self, seer: Seer) -> bool:
        wanted = (
            (self.role, {each.role for each in seer.reasons}),
            (self.through, {each.through for each in seer.reasons}),
            (self.attribute, {each.name for each in seer.sees}),
        )
        return (
            all(not asked or not found.isdisjoint(asked) for asked, found in wanted)
            and self.token in (None, bool(seer.token))
            and self.changes in (None, seer.changes)
        )


_COLUMNS: Mapping[str, StrOrPromise] = {
    "name": gettext_lazy("Name"),
    "user_name": gettext_lazy("User name"),
    "token": gettext_lazy("Token"),
    "why": gettext_lazy("Why"),
    "sees": gettext_lazy("Sees of what is restricted"),
    "misses": gettext_lazy("Does not see"),
    "changes": gettext_lazy("May change it"),
}


@router.get("/items/{uuid:item_id}/seen-by", needs=READ_ACCESS, response=Page[SeerOut])
def list_seers(
    request: Request, item_id: UUID, filters: Query[SeerFilters]
) -> Page[SeerOut] | HttpResponse:
    """Who sees an item: accounts and tokens, through which role and scope, and which of the
    attributes that some roles alone see each of them sees.
    """
    found = seen_by(actor_of(request), item_id, at=clock.now())
    shown = [SeerOut.of(each) for each in found if filters.chosen(each)]
    return short_list(gettext_lazy("Who can see this"), shown, filters, _COLUMNS)
