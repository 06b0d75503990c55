"""HTTP of this room: sign-in, one's own account, accounts, roles, permissions, the audit chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy
from ninja import Query, Status

from wardround.access import actions, authentication, queries, wire
from wardround.access.limits import session_limits
from wardround.access.permissions import MANAGE, READ
from wardround.access.types import Account, AccountsWanted, Attempt, SignedIn
from wardround.kernel import clock
from wardround.kernel.errors import CrossSite
from wardround.kernel.http import (
    Page,
    Request,
    RoomRouter,
    ShortFilters,
    WholeListFilters,
    actor_of,
    short_page,
)
from wardround.kernel.lists import chosen_columns
from wardround.kernel.permissions import PUBLIC, SIGNED_IN, permissions
from wardround.kernel.reach import EVERYTHING, reach
from wardround.kernel.short_lists import short_list
from wardround.kernel.types import Actor
from wardround.kernel.wording import Label, listed
from wardround.kernel.workbook import ROWS_TO_ASK_FOR, xlsx_response

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

router = RoomRouter(tags=["access"])


def _me(request: HttpRequest) -> Actor:
    return actor_of(cast("Request", request))


def _attempt(
    request: HttpRequest, *, password: str, user_name: str = "", code: str = ""
) -> Attempt:
    return Attempt(
        user_name=user_name,
        password=password,
        code=code,
        address=authentication.address_of(request),
        program=request.headers.get("User-Agent", "")[:200],
    )


# --- the session ---------------------------------------------------------------------------


@router.post("/session", needs=PUBLIC, response=wire.SessionOut)
def sign_in(
    request: HttpRequest, response: HttpResponse, payload: wire.SignInIn
) -> wire.SessionOut:
    """Sign in. 401 `second_factor_needed`: send the same again with `code`. 423: locked out."""
    if authentication.comes_from_elsewhere(request):
        raise CrossSite
    attempt = _attempt(
        request,
        user_name=payload.user_name,
        password=payload.password,
        code=payload.code or "",
    )
    return _opened(request, response, actions.sign_in(attempt, at=clock.now()))


@router.post("/session/wall", needs=PUBLIC, response=wire.SessionOut)
def open_wall(
    request: HttpRequest, response: HttpResponse, payload: wire.WallIn
) -> wire.SessionOut:
    """Turn a token that opens boards and nothing else into a session that stays."""
    attempt = _attempt(request, password="")
    signed_in = actions.open_wall(
        payload.token, address=attempt.address, program=attempt.program, at=clock.now()
    )
    return _opened(request, response, signed_in)


def _opened(request: HttpRequest, response: HttpResponse, signed_in: SignedIn) -> wire.SessionOut:
    authentication.keep_session(request, response, signed_in)
    found = actions.by_session(signed_in.key, at=signed_in.session.created_at)
    request.recognised = found  # type: ignore[attr-defined]
    request.actor = found.actor if found else None  # type: ignore[attr-defined]
    return _session(request)


@router.get("/session", needs=SIGNED_IN, response=wire.SessionOut)
def session(request: HttpRequest, response: HttpResponse) -> wire.SessionOut:
    """Who I am and what I may do; also renews the token that writes must carry."""
    authentication.keep_form_token(request, response)
    return _session(request)


def _session(request: HttpRequest) -> wire.SessionOut:
    me = _me(request)
    account = queries.account(EVERYTHING, me.id, at=clock.now())
    found = authentication.recognised(request)
    browser = found is not None and found.session is not None and found.token is None
    own = queries.sessions_of(me.id, at=clock.now()) if browser else []
    ends = [
        browser_session.ends_at
        for browser_session in own
        if found is not None and browser_session.id == found.session
    ]
    return wire.SessionOut(
        account=wire.MeOut.model_validate(account),
        permissions=[key for key in permissions() if me.holds(key)],
        second_factor=account.second_factor,
        must_change_password=account.must_change_password,
        idle_minutes=session_limits().idle.total_seconds() / 60 if browser else None,
        ends_at=ends[0] if ends else None,
    )


@router.delete("/session", needs=SIGNED_IN, response={204: None})
def sign_out(request: HttpRequest, response: HttpResponse) -> Status[None]:
    found = authentication.recognised(request)
    actions.sign_out(_me(request), found.session if found else None)
    authentication.drop_session(response)
    return Status(204, None)


@router.post("/session/password", needs=SIGNED_IN, response=wire.SessionOut)
def change_password(
    request: HttpRequest, response: HttpResponse, payload: wire.PasswordIn
) -> wire.SessionOut:
    """Replace one's own password. Every session ends, this browser gets a new one."""
    attempt = _attempt(request, password=payload.old)
    signed_in = actions.change_password(_me(request), attempt, payload.new, at=clock.now())
    return _opened(request, response, signed_in)


# --- one's own account ---------------------------------------------------------------------


@router.patch("/me", needs=SIGNED_IN, response=wire.SessionOut)
def change_me(request: HttpRequest, payload: wire.MeIn) -> wire.SessionOut:
    actions.change_me(_me(request), payload.draft())
    return _session(request)


@router.get("/me/sessions", needs=SIGNED_IN, response=Page[wire.OwnSessionOut])
def own_sessions(request: HttpRequest, filters: Query[ShortFilters]) -> Page[wire.OwnSessionOut]:
    """Where I am signed in."""
    found = authentication.recognised(request)
    current = found.session if found else None
    items = [
        wire.OwnSessionOut.of(session, current=current)
        for session in queries.sessions_of(_me(request).id, at=clock.now())
    ]
    return short_page(items, filters)


@router.delete("/me/sessions/{session_id}", needs=SIGNED_IN, response={204: None})
def end_session(request: HttpRequest, session_id: UUID) -> Status[None]:
    actions.end_session(_me(request), session_id)
    return Status(204, None)


@router.post("/me/totp", needs=SIGNED_IN, response=wire.TotpOut)
def offer_totp(request: HttpRequest, payload: wire.ProofIn) -> wire.TotpOut:
    """A secret for an authenticator; in force only after `confirm`. `code`: of the factor that is
    in force and would be replaced.
    """
    offer = actions.offer_totp(_me(request), _proof(request, payload), at=clock.now())
    return wire.TotpOut.model_validate(offer)


def _proof(request: HttpRequest, payload: wire.ProofIn) -> Attempt:
    return _attempt(request, password=payload.password, code=payload.code or "")


@router.post("/me/totp/confirm", needs=SIGNED_IN, response=wire.RecoveryCodesOut)
def confirm_totp(request: HttpRequest, payload: wire.CodeIn) -> wire.RecoveryCodesOut:
    proof = _attempt(request, password="", code=payload.code)
    codes = actions.confirm_totp(_me(request), proof, at=clock.now())
    return wire.RecoveryCodesOut(recovery_codes=list(codes))


@router.delete("/me/totp", needs=SIGNED_IN, response={204: None})
def drop_totp(request: HttpRequest, payload: wire.ProofIn) -> Status[None]:
    actions.drop_totp(_me(request), _proof(request, payload), at=clock.now())
    return Status(204, None)


@router.get("/me/tokens", needs=SIGNED_IN, response=Page[wire.TokenOut])
def own_tokens(
    request: HttpRequest, filters: Query[WholeListFilters]
) -> Page[wire.TokenOut] | HttpResponse:
    items = [wire.TokenOut.model_validate(token) for token in queries.tokens_of(_me(request).id)]
    columns = {
        "name": gettext_lazy("Name"),
        "permissions": gettext_lazy("Permissions"),
        "created_at": gettext_lazy("Created"),
        "expires_at": gettext_lazy("Expires"),
        "last_used_at": gettext_lazy("Last used"),
    }
    return short_list(
        gettext_lazy("Tokens"), items, filters, columns, {"permissions": _permission_labels}
    )


def _permission_labels(keys: Sequence[str] | None) -> str:
    """What a token may do, in words; one that is not narrowed may do all that its owner may."""
    if keys is None:
        return gettext("all of its owner's")
    labels = {str(each): str(each.label) for each in permissions()}
    return listed(labels.get(key, key) for key in keys)


@router.post("/me/tokens", needs=SIGNED_IN, response={201: wire.NewTokenOut})
def create_token(request: HttpRequest, payload: wire.TokenIn) -> Status[wire.NewTokenOut]:
    """A new API token; `token` is shown only now."""
    made = actions.create_token(_me(request), payload.draft(), at=clock.now())
    return Status(201, wire.NewTokenOut.of(made))


@router.delete("/me/tokens/{token_id}", needs=SIGNED_IN, response={204: None})
def revoke_token(request: HttpRequest, token_id: UUID) -> Status[None]:
    actions.revoke_token(_me(request), token_id, at=clock.now())
    return Status(204, None)


@router.get("/me/views", needs=SIGNED_IN, response=Page[wire.ViewOut])
def saved_views(request: HttpRequest, filters: Query[wire.ViewFilters]) -> Page[wire.ViewOut]:
    """My saved views, and those that others share."""
    found = queries.views_for(_me(request).id, page=filters.page)
    return short_page([wire.ViewOut.model_validate(view) for view in found], filters)


@router.post("/me/views", needs=SIGNED_IN, response={201: wire.ViewOut})
def add_view(request: HttpRequest, payload: wire.ViewIn) -> Status[wire.ViewOut]:
    """Save a view; the same name on the same page is replaced."""
    saved = actions.add_view(_me(request), **payload.model_dump())
    return Status(201, wire.ViewOut.model_validate(saved))


@router.delete("/me/views/{view_id}", needs=SIGNED_IN, response={204: None})
def remove_view(request: HttpRequest, view_id: UUID) -> Status[None]:
    actions.remove_view(_me(request), view_id)
    return Status(204, None)


# --- accounts ------------------------------------------------------------------------------

_ACCOUNT_COLUMNS: dict[str, StrOrPromise] = {
    "user_name": gettext_lazy("User name"),
    "display_name": gettext_lazy("Full name"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "active": gettext_lazy("Active"),
    "roles": gettext_lazy("Roles"),
    "last_seen_at": gettext_lazy("Last seen"),
}


@router.get("/accounts", needs=READ, response=Page[wire.AccountOut])
def list_accounts(
    request: HttpRequest, filters: Query[wire.AccountFilters]
) -> Page[wire.AccountOut] | HttpResponse:
    """Accounts by user name. `since` and `until`: last seen."""
    wanted = AccountsWanted(
        limit=filters.limit,
        cursor=filters.cursor,
        sort=filters.sort,
        text=filters.q or "",
        active=filters.active,
        roles=tuple(filters.role),
        seen=filters.time_range(),
    )
    if filters.format == "xlsx":
        wanted = replace(wanted, limit=ROWS_TO_ASK_FOR, cursor=None)
    found, following = queries.list_accounts(reach(_me(request), READ), wanted, at=clock.now())
    items = _accounts(request, found)
    if filters.format == "xlsx":
        labels = {role.name: Label(role.label_zh, role.label_en).text() for role in queries.roles()}
        rows = [
            {
                **vars(item),
                "roles": listed(labels.get(given.role, given.role) for given in item.roles),
            }
            for item in items
        ]
        return xlsx_response(
            gettext_lazy("Accounts"), chosen_columns(_ACCOUNT_COLUMNS, filters.columns), rows
        )
    return Page(items=items, next=following)


def _accounts(request: HttpRequest, found: Sequence[Account]) -> list[wire.AccountOut]:
    shown = [wire.AccountOut.model_validate(account) for account in found]
    if reach(_me(request), MANAGE).everything:
        return shown
    return [account.for_readers() for account in shown]


@router.post("/accounts", needs=MANAGE, response={201: wire.AccountOut})
def create_account(request: HttpRequest, payload: wire.AccountIn) -> Status[wire.AccountOut]:
    """A new account; it opens after POST /accounts/{id}/password."""
    account = actions.create_account(_me(request), payload.draft(), at=clock.now())
    return Status(201, wire.AccountOut.model_validate(account))


@router.get("/accounts/{account_id}", needs=READ, response=wire.AccountOut)
def get_account(request: HttpRequest, account_id: UUID) -> wire.AccountOut:
    account = queries.account(reach(_me(request), READ), account_id, at=clock.now())
    return _accounts(request, [account])[0]


@router.patch("/accounts/{account_id}", needs=MANAGE, response=wire.AccountOut)
def change_account(
    request: HttpRequest, account_id: UUID, payload: wire.AccountChange
) -> wire.AccountOut:
    account = actions.change_account(_me(request), account_id, payload.draft(), at=clock.now())
    return wire.AccountOut.model_validate(account)


@router.post("/accounts/{account_id}/unlock", needs=MANAGE, response=wire.AccountOut)
def unlock_account(request: HttpRequest, account_id: UUID) -> wire.AccountOut:
    return wire.AccountOut.model_validate(actions.unlock_account(_me(request), account_id))


@router.post("/accounts/{account_id}/password", needs=MANAGE, response=wire.OneTimePasswordOut)
def give_one_time_password(request: HttpRequest, account_id: UUID) -> wire.OneTimePasswordOut:
    """A password to hand over; the first sign-in must replace it. Ends every session."""
    password = actions.give_one_time_password(_me(request), account_id)
    return wire.OneTimePasswordOut(password=password)


@router.delete("/accounts/{account_id}/totp", needs=MANAGE, response={204: None})
def remove_second_factor(request: HttpRequest, account_id: UUID) -> Status[None]:
    """For somebody who lost both phone and recovery codes."""
    actions.remove_second_factor(_me(request), account_id)
    return Status(204, None)


# --- roles and permissions -----------------------------------------------------------------


@router.get("/roles", needs=READ, response=Page[wire.RoleOut])
def list_roles(request: HttpRequest, filters: Query[ShortFilters]) -> Page[wire.RoleOut]:
    items = [wire.RoleOut.model_validate(role) for role in queries.roles()]
    return short_page(items, filters)


@router.post("/roles", needs=MANAGE, response={201: wire.RoleOut})
def create_role(request: HttpRequest, payload: wire.RoleIn) -> Status[wire.RoleOut]:
    role = actions.create_role(_me(request), payload.draft())
    return Status(201, wire.RoleOut.model_validate(role))


@router.patch("/roles/{role_id}", needs=MANAGE, response=wire.RoleOut)
def change_role(request: HttpRequest, role_id: UUID, payload: wire.RoleChange) -> wire.RoleOut:
    role = actions.change_role(_me(request), role_id, payload.draft(), at=clock.now())
    return wire.RoleOut.model_validate(role)


@router.delete("/roles/{role_id}", needs=MANAGE, response={204: None})
def delete_role(request: HttpRequest, role_id: UUID) -> Status[None]:
    actions.delete_role(_me(request), role_id)
    return Status(204, None)


@router.get("/permissions", needs=READ, response=Page[wire.PermissionOut])
def list_permissions(
    request: HttpRequest, filters: Query[ShortFilters]
) -> Page[wire.PermissionOut]:
    """Everything that can be permitted, by room."""
    items = [
        wire.PermissionOut(key=key, label=key.label, room=key.partition(".")[0])
        for key in permissions()
    ]
    return short_page(items, filters)
