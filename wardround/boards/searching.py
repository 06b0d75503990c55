"""One search over everything that rooms let be searched, each as far as the reader's reach goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wardround.kernel import finding
from wardround.kernel.finding import Asked, Found, Searched
from wardround.kernel.types import Actor


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one sort."""

    searched: Searched
    found: Found


@dataclass(frozen=True, slots=True)
class Answered:
    """What was looked for, and where, and what was found: no group without hits."""

    q: str
    scope: str
    scopes: tuple[str, ...]
    """What this reader can narrow a search to."""
    groups: tuple[Group, ...]


def search(actor: Actor, typed: str, scope: str, *, limit: int, at: datetime) -> Answered:
    """What the reader finds, narrowed by a scope or by what the text begins with."""
    open_to = [each for each in finding.groups() if actor.holds(each.needs)]
    q, wanted = finding.scoped(typed, scope)
    asked = Asked.of(q)
    groups = (
        Group(each, each.find(actor, asked, limit, at))
        for each in open_to
        if wanted in ("", each.scope)
    )
    return Answered(
        q=q,
        scope=wanted,
        scopes=tuple(dict.fromkeys(each.scope for each in open_to)),
        groups=tuple(group for group in groups if group.found.hits),
    )
