"""What this room does when a lower one gives a new name: definitions that name it follow; and what
it says before a name goes: what names it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wardround.access.signals import (
    Mention,
    Named,
    Renamed,
    meant,
    on_leaving,
    on_renamed,
)
from wardround.kernel import audit
from wardround.kernel.types import Actor
from wardround.schema import differences, documents, drafts, names, texts, writing
from wardround.schema.drafts import DefinitionDraft
from wardround.schema.packs import Loaded
from wardround.schema.permissions import READ
from wardround.schema.readable import unreadable
from wardround.schema.refusals import refuse
from wardround.schema.roles import ROLE
from wardround.schema.types import Difference


@on_renamed
@documents.read_once()
def follow_new_name(actor: Actor, renamed: Renamed, at: datetime) -> None:
    """Write the new name of an account or a role into every definition in force that names it, and
    into the one that declares it.

    Each gets a version and a line in the audit. Who may give the name needs no right to edit
    definitions: what they say stays the same. Raises BadPack where one cannot be written.
    """
    # Administration is locked: nobody changes definitions between this question and the writing.
    ready, difference = _declared(renamed) if renamed.declared else _naming(renamed)
    if difference.empty:
        return
    writing.locked_revision()
    writing.write(actor, ready, difference, at)
    writing.note_departures(difference.changes)
    for change in difference.changes:
        subject = ("definition", f"{change.kind}/{change.name}")
        audit.record(actor, "definition.follow", subject=subject, old=renamed.old, new=renamed.new)


def _naming(renamed: Renamed) -> tuple[Loaded, Difference]:
    """Every definition that names it, with the new name in its place."""
    found = names.references_to(renamed.what, renamed.meant_by)
    if not found:
        return Loaded(), Difference(())
    packs = names.OpenPacks()
    for key, places in found.items():
        packs.write_name(key, places, renamed.new)
    ready = differences.loaded(packs.sources())
    if ready.problems:
        raise refuse(ready.problems)
    return ready, differences.difference(ready)


def _declared(renamed: Renamed) -> tuple[Loaded, Difference]:
    """The definition of a role under its new name, and every one that names it."""
    row = names.stored_row((ROLE, renamed.old))
    if row is None:
        return Loaded(), Difference(())
    document = texts.find(row.text.encode(), (ROLE, renamed.old))
    text = texts.renamed(document, [("name",)], renamed.old, renamed.new) if document else row.text
    draft = DefinitionDraft(kind=ROLE, name=renamed.new, text=text, renamed_from=renamed.old)
    prepared = drafts.prepared(draft)
    if prepared.problems:
        raise refuse(prepared.problems)
    return prepared.ready, differences.difference(prepared.ready, renames=draft.renames)


@on_leaving
def naming_it(actor: Actor, what: Named, name: str) -> Sequence[Mention]:
    """The definitions in force that name an account or a role that is about to go."""
    writing.locked_revision()
    found = names.references_to(what, lambda text: meant(what, name, text))
    hidden = {(row.kind, row.name) for row in unreadable(actor)}
    return [
        Mention(
            " ".join(key) if actor.holds(READ) and key not in hidden else "",
            sum(map(len, places.values())),
        )
        for key, places in found.items()
    ]
