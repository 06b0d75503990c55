"""The roles every installation has, as data.

They choose permissions by pattern, so that a permission that comes with the next version finds its
roles by itself. `room.read` is what a room calls looking at things.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from wardround.access import rules
from wardround.kernel.permissions import permissions

_NAMESPACE = UUID("0f4b7c1e-52c9-4d0c-8d0f-0c2f6f3b9a55")

ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class BuiltInRole:
    name: str
    zh: str
    en: str
    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()

    @property
    def id(self) -> UUID:
        return uuid5(_NAMESPACE, self.name)

    @property
    def permissions(self) -> frozenset[str]:
        """As far as the rooms have declared them."""
        return chosen_by(self.include, self.exclude)


_READ = ("*.read",)
_HANDLE_TICKETS = ("tickets.*",)
_ASK_WHAT_IF = "impact.scenarios"
_ADMINISTER = ("access.manage", "access.audit", "*.manage", "alerts.raise", "tickets.retarget")
"""What those who do the daily work are not given; setting a time limit anew is for who answers for
the result."""

BUILT_IN: tuple[BuiltInRole, ...] = (
    BuiltInRole(ADMINISTRATOR, "系统管理员", "Administrator", ("*",)),
    BuiltInRole(
        "director",
        "主任",
        "Director",
        (*_READ, "boards.*", "reports.*", "access.audit", "tickets.retarget", _ASK_WHAT_IF),
    ),
    BuiltInRole(
        "duty-engineer",
        "值班工程师",
        "Duty engineer",
        (
            *_READ,
            *_HANDLE_TICKETS,
            "alerts.*",
            "collect.*",
            "cmdb.*",
            "worktime.*",
            "boards.*",
            _ASK_WHAT_IF,
        ),
        _ADMINISTER,
    ),
    BuiltInRole(
        "engineer",
        "工程师",
        "Engineer",
        (*_READ, *_HANDLE_TICKETS, "alerts.*", "collect.*", "cmdb.*", "boards.*", _ASK_WHAT_IF),
        _ADMINISTER,
    ),
    BuiltInRole(
        "vendor-engineer",
        "厂商工程师",
        "Vendor engineer",
        (*_READ, "tickets.comment", "tickets.work"),
        ("access.*",),
    ),
    BuiltInRole(
        "service-desk",
        "服务台",
        "Service desk",
        (*_READ, *_HANDLE_TICKETS, _ASK_WHAT_IF),
        _ADMINISTER,
    ),
    BuiltInRole("reader", "只读", "Reader", _READ, ("access.*",)),
    BuiltInRole("wall-screen", "大屏", "Wall screen", ("boards.read",)),
    BuiltInRole("auditor", "审计员", "Auditor", (*_READ, "access.audit")),
)

_by_name = {role.name: role for role in BUILT_IN}


def chosen_by(include: Sequence[str], exclude: Sequence[str] = ()) -> frozenset[str]:
    """Of the permissions that rooms have declared, those that patterns choose."""
    return rules.chosen(permissions(), include=include, exclude=exclude)


def permissions_of(name: str, stored: Iterable[str], *, built_in: bool) -> frozenset[str]:
    """What a role gives: computed for a built-in one, as stored for any other."""
    if built_in:
        known = _by_name.get(name)
        return known.permissions if known else frozenset()
    return frozenset(stored)
