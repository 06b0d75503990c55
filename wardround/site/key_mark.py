"""Whether the key of this process is the one that the secrets in the database are sealed with.

A mark of the key, from which nobody can tell it, lies in the database. A process with another key
could read no secret, would seal new ones that the others cannot read, and go on with an audit chain
that nobody can prove; so it does not start.
"""

from __future__ import annotations

import hashlib
from typing import Any, Protocol

from wardround.kernel.wording import Wording, untranslated
from wardround.site.errors import AnotherKey

LOST = "WARDROUND_KEY_LOST"
"""The setting that says `yes`: the former key is lost, and with it what it has sealed."""
_ANOTHER = untranslated(
    "The key of this installation (secret.key in its data folder, or WARDROUND_SECRET_KEY) is not"
    " the one that its secrets are sealed with. Put that one back from a backup; nothing was"
    " changed. If it is lost for good, set WARDROUND_SECRET_KEY to a new one and WARDROUND_KEY_LOST"
    " to yes for one start; all secrets have to be entered anew then, and what the audit holds can"
    " no longer be proved."
)


class Cursor(Protocol):
    """Of Django's connection, or of psycopg's."""

    def execute(self, _query: Any, _params: Any = ..., /) -> Any: ...

    def fetchone(self) -> Any: ...


def look(cursor: Cursor, key: str, *, lost: bool) -> None:
    """Raise `AnotherKey` where what is in the database was sealed with another key."""
    known = _known(cursor)
    if known is not None and known != _mark(key) and not lost:
        raise AnotherKey(Wording(_ANOTHER))


def leave(cursor: Cursor, key: str, *, lost: bool) -> bool:
    """Look, and leave the mark of this key where there is none, or where the former one is lost;
    whether it was.
    """
    look(cursor, key, lost=lost)
    known, own = _known(cursor), _mark(key)
    if known == own:
        return False
    cursor.execute("CREATE TABLE IF NOT EXISTS site_key (mark text NOT NULL)")
    cursor.execute("DELETE FROM site_key")
    cursor.execute("INSERT INTO site_key VALUES (%s)", [own])
    return known is not None


def _known(cursor: Cursor) -> str | None:
    cursor.execute("SELECT to_regclass('site_key') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return None
    cursor.execute("SELECT mark FROM site_key")
    row = cursor.fetchone()
    return str(row[0]) if row else None


def _mark(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=16, person=b"mark").hexdigest()
