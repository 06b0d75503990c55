"""The people that definitions name, and who wrote and retired them, as a reader may see them.

Sign-in names are for those who may look at people. Of a text, they are for those too who may write
definitions everywhere: what they save must be what stands there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from wardround.access import queries as access
from wardround.kernel.reach import reach
from wardround.kernel.types import Actor
from wardround.schema import cache, documents, kinds, models, texts
from wardround.schema.names import Places
from wardround.schema.permissions import EDIT, IMPORT
from wardround.schema.types import Path, StoredDefinition

ACCOUNT = "account"

Shown = Mapping[str, str]
"""By name as it is kept, what the reader sees of it."""


def stored(actor: Actor, rows: Sequence[models.Definition]) -> list[StoredDefinition]:
    """Versions of definitions as the actor may see them; at most two questions, whatever their
    number.
    """
    places = {row.id: _accounts_in(row) for row in rows}
    named = {name for found in places.values() for name in found or ()}
    shown = named_accounts(actor, named)
    authors = access.called(actor, {by for row in rows for by in (row.created_by, row.retired_by)})
    return [_stored(row, places[row.id], shown, authors) for row in rows]


def named_accounts(actor: Actor, names: set[str]) -> Shown:
    """What the reader sees of accounts that definitions name."""
    if any(reach(actor, writing).everything for writing in (EDIT, IMPORT)):
        return {name: name for name in names}
    return access.shown_user_names(actor, names)


def _accounts_in(row: models.Definition) -> Places | None:
    """Where it names accounts; None where it might and can no longer be read."""
    kind = kinds.kind_named(row.kind)
    if kind is None or not kind.may_name(ACCOUNT):
        return {}
    try:
        value = cache.parsed(row.kind, row.body)
    except ValueError:
        return None
    found: dict[str, list[Path]] = {}
    for reference in kind.references(value):
        if reference.kind == ACCOUNT:
            found.setdefault(reference.name, []).append(reference.path)
    return found


def _stored(
    row: models.Definition, places: Places | None, shown: Shown, authors: Shown
) -> StoredDefinition:
    body = kinds.plain(row.body)
    kind = kinds.kind_named(row.kind)
    text, seen = _seen(row, body, places, shown)
    return StoredDefinition(
        kind=row.kind,
        name=row.name,
        version=row.version,
        pack=row.pack,
        file=row.file,
        label=kind.label_of(body) if kind else None,
        text=text,
        body=seen,
        created_at=row.created_at,
        created_by=authors.get(row.created_by, ""),
        current=row.current,
        retired_at=row.retired_at,
        retired_by=authors.get(row.retired_by, ""),
    )


def _seen(
    row: models.Definition, body: dict[str, Any], places: Places | None, shown: Shown
) -> tuple[str, dict[str, Any]]:
    """Text and body with what the reader sees in the places of names; nothing of a version that
    nobody can read any more.
    """
    if places is None:
        return "", {}
    other = {name: paths for name, paths in places.items() if shown[name] != name}
    if not other:
        return row.text, body
    seen = deepcopy(body)
    for name, paths in other.items():
        for path in paths:
            _put(seen, path, shown[name])
    return _text_seen(row, seen, other, shown), seen


def _put(body: Any, path: Path, name: str) -> None:
    for step in path[:-1]:
        body = body[step]
    body[path[-1]] = name


def _text_seen(
    row: models.Definition, seen: Mapping[str, Any], places: Places, shown: Shown
) -> str:
    """The text with its remarks; written anew where a name stands there in a way of its own (an
    alias, a text with escapes).
    """
    found = documents.read(row.text.encode(), "").documents
    if len(found) == 1:
        document = found[0]
        anew = texts.with_names(document, places, shown)
        text = row.text[: document.start] + anew + row.text[document.end :]
        again = documents.read(text.encode(), "").documents
        if len(again) == 1 and all(
            again[0].root.at(path).value == shown[name]
            for name, paths in places.items()
            for path in paths
        ):
            return text
    return texts.written(row.kind, seen)
