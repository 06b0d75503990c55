"""Reason classes in the reader's words, each with what to look at next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from wardround.collect.types import Reason

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REASON_TEXTS: Mapping[Reason, StrOrPromise] = {
    Reason.OK: _("Answers"),
    Reason.DNS: _("The name of the host cannot be resolved: check the address and the name server"),
    Reason.REFUSED: _("Nothing listens at the address: is the service running, is the port right?"),
    Reason.UNREACHABLE: _("The network does not reach the address: check routes and firewalls"),
    Reason.TIMEOUT: _("No answer in time: the target is overloaded, hangs, or is cut off"),
    Reason.TLS: _("No secure connection: check the certificate of the target"),
    Reason.AUTH: _("The sign-in was refused: check user and password of the target"),
    Reason.PERMISSION: _("The account may not read this: grant it the permission"),
    Reason.ANSWER: _("The target answered with an error"),
    Reason.CONTENT_TYPE: _("The answer is no page of metrics: check the path of the address"),
    Reason.FORMAT: _("The page breaks the format: the exporter has a fault"),
    Reason.ENCODING: _("The page is not UTF-8 text"),
    Reason.CUT: _("The answer broke off in the middle"),
    Reason.TOO_BIG: _("The page is larger than allowed: drop series, or raise the limit"),
    Reason.SETTINGS: _("The settings of the target are wrong: see the detail"),
    Reason.TEMPLATE: _(
        "Its monitor template is gone: it is not collected until it is given another one"
    ),
    Reason.UNDECLARED: _(
        "No definition declares it any more: it is not collected; enable it to keep it by hand,"
        " or delete it"
    ),
    Reason.INTERNAL: _("The collector itself failed: see its log"),
}
