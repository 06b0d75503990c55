"""What access announces: new names, told inside the transaction that gives them; and what it asks
before a name goes.

A listener that fails undoes the change too: nothing goes on naming somebody who is called
otherwise by now.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wardround.access import rules
from wardround.kernel.types import Actor


class Named(StrEnum):
    """What has a name that is written down elsewhere."""

    ACCOUNT = "account"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Renamed:
    """An account, or a role, that has another name from now on.

    `declared`: a definition gives the role, and has to take the new name too.
    """

    what: Named
    old: str
    new: str
    declared: bool = False

    def meant_by(self, text: str) -> bool:
        """Whether somebody who has written this meant the old name."""
        return meant(self.what, self.old, text)


def meant(what: Named, name: str, text: str) -> bool:
    """Whether somebody who has written `text` meant this account or role."""
    return name == (rules.normal_user_name(text) if what is Named.ACCOUNT else text)


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that names an account or a role: what, as its reader may see it, and how often.

    `by` is empty where the reader may not know it.
    """

    by: str
    times: int


RenamedListener = Callable[[Actor, Renamed, datetime], None]
MentionsListener = Callable[[Actor, Named, str], Sequence[Mention]]

_listeners: list[RenamedListener] = []
_asked: list[MentionsListener] = []


def on_renamed(listener: RenamedListener) -> RenamedListener:
    """Listen to every new name, in the transaction of the actor who gives it."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def on_leaving(listener: MentionsListener) -> MentionsListener:
    """Say what names an account or a role that is about to go; nothing may come to name it before
    the transaction of the actor ends.
    """
    if listener not in _asked:
        _asked.append(listener)
    return listener


def mentions(actor: Actor, what: Named, name: str) -> list[Mention]:
    """All that names it; the actions of access ask before it goes."""
    return [mention for listener in _asked for mention in listener(actor, what, name)]


def tell(actor: Actor, renamed: Renamed, at: datetime) -> None:
    """Hand a new name to every listener; the actions of access call it."""
    for listener in _listeners:
        listener(actor, renamed, at)
