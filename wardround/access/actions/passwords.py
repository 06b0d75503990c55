"""Judging a new password, with the reasons in the reader's language."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from wardround.access import keys, models, rules
from wardround.access.errors import PasswordRefused
from wardround.access.rules import PasswordFault
from wardround.kernel.errors import FieldProblem

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_REASONS: Mapping[PasswordFault, StrOrPromise] = {
    PasswordFault.TOO_SHORT: _("Use at least 10 characters."),
    PasswordFault.COMMON: _("This password is on every attacker's list. Choose another."),
    PasswordFault.TOO_PLAIN: _(
        "Mix at least three of: small letters, capitals, digits, other characters; or use at least"
        " 16 characters."
    ),
    PasswordFault.LIKE_THE_ACCOUNT: _("It is too much like the user name, name, mail or phone."),
    PasswordFault.SAME_AS_BEFORE: _("It is the same as the old one."),
}


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """The 20,000 most used ones, from the list that Django carries."""
    file = Path(password_validation.__file__).with_name("common-passwords.txt.gz")
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return frozenset(line.strip() for line in lines)


def refuse_weak(password: str, account: models.Account, *, field: str) -> None:
    """Raise `PasswordRefused` with every reason at once."""
    about = (account.user_name, account.display_name, account.email, account.phone)
    faults = rules.password_faults(password, common=common_passwords(), about=about)
    if keys.password_matches(password, account.password):
        faults.append(PasswordFault.SAME_AS_BEFORE)
    if faults:
        problems = [FieldProblem(field, str(_REASONS[fault])) for fault in faults]
        raise PasswordRefused(field=field, problems=problems)
