"""The registry of permissions: every room declares its own, `access` puts them into roles."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Permission(str):
    """A permission's key, `room.verb`, that also knows its label."""

    __slots__ = ("label", "needs")
    label: StrOrPromise
    needs: tuple[str, ...]
    """Permissions without which it is of no use."""


_registry: dict[str, Permission] = {}


def permission(key: str, label: StrOrPromise, *, needs: tuple[str, ...] = ()) -> Permission:
    """Declare a permission. Its key must be new and begin with the room's name; `needs` are those
    without which it is of no use.
    """
    if key in _registry:
        message = f"permission {key} is declared twice"
        raise ValueError(message)
    declared = Permission(key)
    declared.label = label
    declared.needs = needs
    _registry[key] = declared
    return declared


def permissions() -> Iterator[Permission]:
    """Every permission declared so far, by key."""
    return iter(sorted(_registry.values()))


def lacking(given: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Of these permissions those that are of no use, with what they need beside."""
    wanting = (known for known in permissions() if known in given)
    found = {
        str(known): tuple(need for need in known.needs if need not in given) for known in wanting
    }
    return {known: needs for known, needs in found.items() if needs}


def _special(key: str) -> Permission:
    marker = Permission(key)
    marker.label = key
    marker.needs = ()
    return marker


PUBLIC = _special("public")
"""For a route that needs no sign-in."""

SIGNED_IN = _special("signed-in")
"""For a route that every signed-in person may use on what is their own."""
