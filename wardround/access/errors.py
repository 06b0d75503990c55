"""What can go wrong at this door. Messages tell a person what to do next, an attacker nothing."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wardround.kernel.errors import BadInput, Conflict, Forbidden, Unavailable, WardroundError


class SignInFailed(WardroundError):
    status = 401
    code = "sign_in_failed"
    message = _("User name or password is wrong.")


class SecondFactorNeeded(WardroundError):
    status = 401
    code = "second_factor_needed"
    message = _("Enter the six-digit code of your authenticator, or a recovery code.")


class SecondFactorWrong(WardroundError):
    status = 401
    code = "second_factor_wrong"
    message = _(
        "This code is wrong or was used already. Wait for the next one; check the clock of your"
        " phone."
    )


class CodeMissing(BadInput):
    """For somebody who is signed in already: 401 would say that the session is over."""

    code = "second_factor_needed"
    message = SecondFactorNeeded.message


class CodeWrong(BadInput):
    code = "second_factor_wrong"
    message = SecondFactorWrong.message


class LockedOut(WardroundError):
    status = 423
    code = "locked_out"
    message = _(
        "Too many failed sign-ins. Try again in %(minutes)s min, or ask an administrator to unlock"
        " the account."
    )


class TokenRefused(WardroundError):
    status = 401
    code = "token_refused"
    message = _("This API token is unknown, expired or revoked. Create a new one.")


class NotForTokens(Forbidden):
    code = "not_for_tokens"
    message = _("This can only be done signed in with a password, not with an API token.")


class OwnAccount(Forbidden):
    code = "own_account"
    message = _(
        "This is for other people's accounts. Your own password and second factor are changed under"
        " “My account”, where you prove that it is you."
    )


class PasswordToReplace(Forbidden):
    code = "password_to_replace"
    message = _(
        "This account has a one-time password. Choose a password of your own first; tokens and a"
        " second factor come after it."
    )


class NotForWalls(Forbidden):
    code = "not_for_walls"
    message = _(
        "A wall screen opens only with a token that holds board permissions and nothing else."
    )


class MoreThanYouHave(Forbidden):
    code = "more_than_you_have"
    message = _("You cannot hand out or take over what you do not hold yourself: %(permissions)s.")


class LastAdministrator(Conflict):
    code = "last_administrator"
    message = _(
        "This would leave nobody who can manage accounts. Give somebody else the role first."
    )


class BuiltInRole(Conflict):
    code = "built_in_role"
    message = _("A built-in role cannot be changed. Make a copy and change that.")


class RoleIsDefined(Conflict):
    code = "role_is_defined"
    message = _("This role is a definition. Change it on the page of definitions.")


class RoleInUse(Conflict):
    code = "role_in_use"
    message = _("%(count)s account(s) still have this role. Take it from them first.")


class RoleNamed(Conflict):
    code = "role_named"
    message = _(
        "Definitions name this role in %(count)s place(s); see which. Let them name another role"
        " first. Nothing was changed."
    )


class NameTaken(Conflict):
    code = "name_taken"
    message = _("The name “%(name)s” is taken already. Choose another.")


class PasswordRefused(BadInput):
    code = "password_refused"
    message = _("The new password is not good enough; see what is missing.")


class PasswordWrong(BadInput):
    code = "password_wrong"
    message = _("The present password is wrong.")


class NotRunning(Unavailable):
    """Only commands say this; the edge has its own words."""

    code = "not_running"
    message = _(
        "The database of this installation does not answer. Start the platform first (wardround"
        " up), or name its folder with --data."
    )
