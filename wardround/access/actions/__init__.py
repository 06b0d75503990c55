"""The writes of `access`, a module per subject; every one is one transaction with its audit line.

A refused sign-in is a write too (it counts), so those actions commit first and raise afterwards.
"""

from __future__ import annotations

from wardround.access.actions.accounts import (
    change_account,
    create_account,
    ensure_first_account,
    give_one_time_password,
    lock_administration,
    remove_second_factor,
    unlock_account,
)
from wardround.access.actions.carrying import carry_over
from wardround.access.actions.grants import respell_grants
from wardround.access.actions.own import add_view, change_me, change_password, remove_view
from wardround.access.actions.recognise import by_session, by_token
from wardround.access.actions.roles import (
    change_role,
    create_role,
    declare_roles,
    delete_role,
    rename_declared_roles,
    ship_built_in,
    withdraw_roles,
)
from wardround.access.actions.second_factor import confirm_totp, drop_totp, offer_totp
from wardround.access.actions.sign_in import clear_away, end_session, open_wall, sign_in, sign_out
from wardround.access.actions.tokens import create_token, issue_token, revoke_token

__all__ = [
    "add_view",
    "by_session",
    "by_token",
    "carry_over",
    "change_account",
    "change_me",
    "change_password",
    "change_role",
    "clear_away",
    "confirm_totp",
    "create_account",
    "create_role",
    "create_token",
    "declare_roles",
    "delete_role",
    "drop_totp",
    "end_session",
    "ensure_first_account",
    "give_one_time_password",
    "issue_token",
    "lock_administration",
    "offer_totp",
    "open_wall",
    "remove_second_factor",
    "remove_view",
    "rename_declared_roles",
    "respell_grants",
    "revoke_token",
    "ship_built_in",
    "sign_in",
    "sign_out",
    "unlock_account",
    "withdraw_roles",
]
