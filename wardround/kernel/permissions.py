"""The registry of permissions: every room declares its own, `access` puts them into roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Permission(str):
    """A permission's key, `room.verb`, that also knows its label."""

    __slots__ = ("label",)
    label: StrOrPromise


_registry: dict[str, Permission] = {}


def permission(key: str, label: StrOrPromise) -> Permission:
    """Declare a permission. Its key must be new and begin with the room's name."""
    if key in _registry:
        message = f"permission {key} is declared twice"
        raise ValueError(message)
    declared = Permission(key)
    declared.label = label
    _registry[key] = declared
    return declared


def permissions() -> Iterator[Permission]:
    """Every permission declared so far, by key."""
    return iter(sorted(_registry.values()))


def _special(key: str) -> Permission:
    marker = Permission(key)
    marker.label = key
    return marker


PUBLIC = _special("public")
"""For a route that needs no sign-in."""

SIGNED_IN = _special("signed-in")
"""For a route that every signed-in person may use on what is their own."""
