"""How acts on accounts, roles, tokens and views are told in the audit chain."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from wardround.access import models, queries
from wardround.access.permissions import READ
from wardround.kernel import audit_words
from wardround.kernel.audit_rules import AuditLine
from wardround.kernel.audit_words import Detail, Lookup, Said, Subject, of
from wardround.kernel.permissions import permissions
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.kernel.wording import Label, Wording, untranslated

ACCOUNT, ROLE = "account", "role"
_EVERYWHERE = Wording(untranslated("everywhere"))


def _accounts(actor: Actor, ids: Collection[str]) -> Mapping[str, Said]:
    found = queries.names(reach(actor, READ), audit_words.ids(ids))
    return {str(id_): name for id_, name in found.items()}


def _roles(actor: Actor, names: Collection[str]) -> Mapping[str, Said]:
    """By id, and by the name under which accounts are given them."""
    if not actor.holds(READ):
        return {}
    rows = list(models.Role.objects.all())
    found = {key: row for row in rows for key in (str(row.id), row.name)}
    return {
        key: Label(found[key].label_zh, found[key].label_en).text() or found[key].name
        for key in names
        if key in found
    }


def _tokens(actor: Actor, ids: Collection[str]) -> Mapping[str, Said]:
    """One's own; those of others have the name that their lines keep."""
    rows = models.Token.objects.filter(id__in=audit_words.ids(ids), account=actor.id)
    return {str(row.id): row.name for row in rows}


def _given(value: Any, called: Lookup, _line: AuditLine) -> object:
    """Roles with where they hold: `Duty (LIS, PACS)`."""
    return [
        Wording(
            _GIVEN,
            {
                "role": called(ROLE, given["role"]),
                "where": _where(given, called),
            },
        )
        for given in value
    ]


_GIVEN = untranslated("%(role)s (%(where)s)")


def _where(given: Mapping[str, Any], called: Lookup) -> list[object]:
    if given["everything"]:
        return [_EVERYWHERE]
    named = [called("item", id_) for id_ in (*given["systems"], *given["organisations"])]
    return [*named, *filter(None, (given.get("where"),))]


def _rights(value: Any, _called: Lookup, _line: AuditLine) -> object:
    labels = {str(key): key.label for key in permissions()}
    return [str(labels.get(key, key)) for key in value]


def _fields(value: Any, _called: Lookup, _line: AuditLine) -> object:
    return [
        Wording(_DETAILS[name].label) if name in _DETAILS and _DETAILS[name].label else name
        for name in value
    ]


_LANGUAGES = {"zh-hans": "中文", "en": "English"}
_THEMES = {
    "light": untranslated("light"),
    "dark": untranslated("dark"),
    "system": untranslated("as the system"),
}


def _language(value: Any, _called: Lookup, _line: AuditLine) -> object:
    return _LANGUAGES.get(value, value)


def _theme(value: Any, _called: Lookup, _line: AuditLine) -> object:
    return Wording(_THEMES[value]) if value in _THEMES else value


_DETAILS = {
    "user_name": Detail(untranslated("User name")),
    "display_name": Detail(untranslated("Full name")),
    "email": Detail(untranslated("E-mail")),
    "phone": Detail(untranslated("Phone")),
    "active": Detail(untranslated("Active")),
    "language": Detail(untranslated("Language"), _language),
    "theme": Detail(untranslated("Theme"), _theme),
    "person_item": Detail(untranslated("Person in the CMDB"), of("item")),
    "roles": Detail(untranslated("Roles"), _given),
    "fields": Detail(untranslated("Changed"), _fields),
    "address": Detail(untranslated("From address")),
    "locked_until": Detail(untranslated("Locked until"), audit_words.moment),
    "expires_at": Detail(untranslated("Expires"), audit_words.moment),
    "session": Detail(),
    "token": Detail(),
    "account": Detail(untranslated("Account"), of(ACCOUNT)),
    "permissions": Detail(untranslated("Permissions"), _rights),
    "excluded": Detail(untranslated("Without"), _rights),
    "added": Detail(untranslated("Added"), _rights),
    "removed": Detail(untranslated("Removed"), _rights),
    "name": Detail(untranslated("Name")),
    "page": Detail(untranslated("Page")),
    "role": Detail(untranslated("Role"), of(ROLE)),
    "where": Detail(untranslated("Items where")),
    "old": Detail(untranslated("Was called")),
    "new": Detail(untranslated("Is called")),
    "problems": Detail(untranslated("Mistakes")),
}
_ACTS = {
    "account.close_grant": untranslated("A role given by a condition reaches nothing any more"),
    "account.respell_grant": untranslated("A role given by a condition follows new names"),
    "account.change": untranslated("Changed an account"),
    "account.change_own": untranslated("Changed their own details"),
    "account.change_password": untranslated("Changed their own password"),
    "account.create": untranslated("Created an account"),
    "account.create_first": untranslated("Created the first account"),
    "account.follow_item": untranslated("Follows an item that was merged into another"),
    "account.one_time_password": untranslated("Gave a one-time password"),
    "account.password_failed": untranslated("Gave a wrong old password"),
    "account.session_ended": untranslated("Ended a session of their own"),
    "account.sign_in": untranslated("Signed in"),
    "account.sign_in_failed": untranslated("Sign-in refused"),
    "account.sign_out": untranslated("Signed out"),
    "account.totp_failed": untranslated("Gave a wrong code"),
    "account.totp_off": untranslated("Turned their second factor off"),
    "account.totp_offered": untranslated("Began to set up a second factor"),
    "account.totp_on": untranslated("Turned their second factor on"),
    "account.totp_removed": untranslated("Removed somebody's second factor"),
    "account.unlock": untranslated("Unlocked an account"),
    "account.wall_opened": untranslated("Opened a wall screen"),
    "installation.new_key": untranslated("Began with a new key; the former one was lost"),
    "role.change": untranslated("Changed a role"),
    "role.create": untranslated("Created a role"),
    "role.declare": untranslated("Declared a role in a pack"),
    "role.delete": untranslated("Deleted a role"),
    "role.move": untranslated("A role gave its name to one that the product ships"),
    "role.rename": untranslated("Gave a role of a pack another name"),
    "role.withdraw": untranslated("Withdrew a role of a pack"),
    "token.create": untranslated("Created an API token"),
    "token.revoke": untranslated("Revoked an API token"),
    "view.remove": untranslated("Removed a saved view"),
    "view.save": untranslated("Saved a view"),
}


def declare() -> None:
    audit_words.declare(
        _ACTS,
        subjects=[
            Subject(ACCOUNT, Wording("Account"), _accounts),
            Subject("user_name", Wording("User name")),
            Subject(ROLE, Wording("Role"), _roles),
            Subject("token", Wording("API token"), _tokens),
            Subject("view", Wording("Saved view")),
            Subject("installation", Wording("Installation")),
        ],
        details=_DETAILS,
        parts={
            "start": untranslated("First start"),
            "access": untranslated("Sign-in"),
            "command line": untranslated("Command line"),
            "wardround": untranslated("The platform"),
        },
    )
