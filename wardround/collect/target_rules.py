"""What makes a target sound. Pure: the template and the known keys are arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as _

from wardround.collect.templates import SHORTEST_INTERVAL

if TYPE_CHECKING:
    from wardround.collect.types import MonitorTemplate, Parameter

LONGEST_INTERVAL = 86_400.0
HIDDEN = "••••••"
"""Shown in place of a secret; given back, it means that the secret stays."""

Wrong = tuple[str, str, Mapping[str, object]]
"""A field, what is wrong with it (an English template) and what fills the template."""


NO_SIGN_IN = _("holds no user name or password: give them as parameters, where they are sealed")


_USER_INFO = re.compile(r"^((?:[^/?#@\s]*://)?)[^/?#\s]*@")
"""In `scheme://user:password@host/…`, with a scheme or without."""
_PASSWORD = re.compile(
    r"""((?:^|[\s?&;])\w*passw(?:or)?d\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&;]+)""", re.IGNORECASE
)
"""In `host=h password='p'` and in `…?password=p`."""


def signs_in(address: str) -> bool:
    """Whether an address carries a user name or a password of its own."""
    return bool(_USER_INFO.match(address) or _PASSWORD.search(address))


def without_sign_in(address: str) -> str:
    """An address as it may be shown: what it signs in with is hidden."""
    shown = _USER_INFO.sub(rf"\g<1>{HIDDEN}@", address)
    return _PASSWORD.sub(rf"\g<1>{HIDDEN}", shown)


def wrong_times(interval: float, timeout: float) -> Iterator[Wrong]:
    if not SHORTEST_INTERVAL <= interval <= LONGEST_INTERVAL:
        yield "interval_s", _("must lie between 1 s and one day"), {}
    if not 0 < timeout <= interval:
        yield "timeout_s", _("must be above 0 and not above the interval"), {}


def wrong_parameters(template: MonitorTemplate, given: Mapping[str, Any]) -> Iterator[Wrong]:
    known = {parameter.name: parameter for parameter in template.parameters}
    for name, value in given.items():
        field = f"parameters.{name}"
        if name not in known:
            names = ", ".join(known) or "-"
            yield (
                field,
                _("the template has no such parameter; it has: %(names)s"),
                {"names": names},
            )
        elif value is not None and not _fits(known[name], value):
            yield field, _("must be of the type %(type)s"), {"type": known[name].type}
    for parameter in template.parameters:
        if parameter.required and given.get(parameter.name) in (None, "", []):
            yield f"parameters.{parameter.name}", _("is required by the template"), {}


def _fits(parameter: Parameter, value: Any) -> bool:
    if parameter.type == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    expected = {"boolean": bool, "list": list}.get(parameter.type, str)
    return isinstance(value, expected)


def without_secrets(template: MonitorTemplate | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as they may be shown. Of an unknown template nothing is known to be harmless."""
    if template is None:
        return dict.fromkeys(given, HIDDEN)
    return {
        name: HIDDEN if name in template.secrets and value else value
        for name, value in given.items()
    }
