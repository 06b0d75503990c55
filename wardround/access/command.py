"""`wardround token` and `wardround account`: the way in for whoever owns the machine.

Runs as the platform itself, so it also helps when nobody can sign in any more.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

# Imports wait until a command runs: `wardround --help` answers without Django.

Subparsers = Any
_TEXTS = {
    "token": "print a new API token of a user / 为用户签发接口令牌",
    "account": "accounts, when nobody can sign in / 账号维护",
    "create": "a new account with a one-time password / 新建账号",
    "password": "a new one-time password / 重置为一次性密码",
    "unlock": "forget failed sign-ins / 解除锁定",
}


def add_commands(subparsers: Subparsers) -> None:
    """Add this room's commands to the program's parser."""
    token = _command(subparsers, "token", run_token)
    token.add_argument("--name", default="command line", help="how it is called in the list")
    token.add_argument("--days", type=int, default=365, help="how long it opens")
    token.add_argument(
        "--permission", action="append", metavar="KEY", help="only this; may be repeated"
    )
    accounts = subparsers.add_parser("account", help=_TEXTS["account"])
    verbs = accounts.add_subparsers(dest="verb", required=True)
    create = _command(verbs, "create", run_create)
    create.add_argument("--name", default="", help="as shown on screens")
    create.add_argument("--role", action="append", default=[], help="held everywhere; repeatable")
    _command(verbs, "password", run_password)
    _command(verbs, "unlock", run_unlock)


def _command(
    subparsers: Subparsers, name: str, run: Callable[[argparse.Namespace], dict[str, str]]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = subparsers.add_parser(name, help=_TEXTS[name])
    parser.add_argument("user", metavar="USER")
    parser.add_argument("--data", metavar="DIR", help="the data folder")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.set_defaults(run=lambda given: _answer(given, run), needs_stores=True)
    return parser


def _answer(given: argparse.Namespace, run: Callable[[argparse.Namespace], dict[str, str]]) -> int:
    """Print the one thing asked for; with --json what it belongs to as well."""
    from django.db import OperationalError  # noqa: PLC0415

    from wardround.access.errors import NotRunning  # noqa: PLC0415

    try:
        answer = run(given)
    except OperationalError as error:
        raise NotRunning from error
    text = json.dumps(answer, ensure_ascii=False) if given.json else next(iter(answer.values()), "")
    if text:
        sys.stdout.write(f"{text}\n")
    return 0


def run_token(given: argparse.Namespace) -> dict[str, str]:
    from wardround.access import actions, queries  # noqa: PLC0415
    from wardround.access.types import TokenDraft  # noqa: PLC0415
    from wardround.kernel import clock  # noqa: PLC0415

    now = clock.now()
    account = queries.account_by_user_name(given.user)
    chosen = frozenset(given.permission) if given.permission else None
    draft = TokenDraft(given.name, chosen, now + timedelta(days=given.days))
    made = actions.issue_token(_operator(), account.id, draft, at=now)
    return {
        "token": made.secret,
        "user_name": account.user_name,
        "expires_at": made.token.expires_at.isoformat(),
    }


def run_create(given: argparse.Namespace) -> dict[str, str]:
    from wardround.access import actions  # noqa: PLC0415
    from wardround.access.types import AccountDraft, RoleGiven  # noqa: PLC0415
    from wardround.kernel import clock  # noqa: PLC0415
    from wardround.kernel.types import EVERYWHERE  # noqa: PLC0415

    draft = AccountDraft(
        user_name=given.user,
        display_name=given.name,
        roles=tuple(RoleGiven(role, EVERYWHERE) for role in given.role),
    )
    account = actions.create_account(_operator(), draft, at=clock.now())
    password = actions.give_one_time_password(_operator(), account.id)
    return {"password": password, "user_name": account.user_name}


def run_password(given: argparse.Namespace) -> dict[str, str]:
    from wardround.access import actions, queries  # noqa: PLC0415

    account = queries.account_by_user_name(given.user)
    password = actions.give_one_time_password(_operator(), account.id)
    return {"password": password, "user_name": account.user_name}


def run_unlock(given: argparse.Namespace) -> dict[str, str]:
    from wardround.access import actions, queries  # noqa: PLC0415

    account = queries.account_by_user_name(given.user)
    actions.unlock_account(_operator(), account.id)
    return {"user_name": account.user_name} if given.json else {}


def _operator() -> Any:
    from wardround.kernel.types import system_actor  # noqa: PLC0415

    return system_actor("command line")
